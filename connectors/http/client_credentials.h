#pragma once

#include <memory>
#include <string>

#include "connectors/http/credential.h"
#include "connectors/http/endpoint.h"

namespace penstock::http {

/// A client of a token service (OAuth 2.0, RFC 6749 section 4.4).
struct ClientLogin {
  std::string id;
  std::string secret;  ///< Secret.
  std::string scope;   ///< Empty: what the service gives by itself.
};

/// Bearer tokens of the service at `endpoint.url` with its path, kept as fetched_token.h says. Errors: unauthenticated (the service does
/// not know the client), invalid_input (the scope), and those of Client::ask.
std::shared_ptr<Credential> make_client_credentials(std::shared_ptr<const Endpoint> endpoint, ClientLogin login);

}  // namespace penstock::http
