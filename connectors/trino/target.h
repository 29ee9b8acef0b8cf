#pragma once

#include <memory>
#include <optional>
#include <string>

#include "connectors/http/credential.h"
#include "connectors/http/endpoint.h"
#include "connectors/settings.h"

namespace penstock::trino {

/// How to reach a coordinator and as whom, from the settings of a connection. Shared by the connector and its sessions; any thread.
struct Target {
  std::shared_ptr<const http::Endpoint> endpoint;
  std::shared_ptr<http::Credential> credential;
  std::shared_ptr<const http::Endpoint> token_service;  ///< Null where no token is fetched.
  std::string login;                                    ///< In words, for people: "password", "client credentials", ...
  std::string user;
  std::string catalog;
  std::string schema;
  std::string roles;               ///< As X-Trino-Role has it.
  std::string client_tags;         ///< With commas.
  std::string session_properties;  ///< As X-Trino-Session has it.
  bool read_only = false;
};

/// "name=value, catalog.name=value" as X-Trino-Session has it; nothing where it is not understood.
std::optional<std::string> session_header(const std::string& properties);

/// Looks a host up where a login would go to it without TLS. Errors: invalid_input, also for two ways to log in at once.
Result<Target> make_target(const connectors::Settings& settings, const connectors::LookUp& look_up = connectors::look_up,
                           const http::Environment& environment = http::environment);

}  // namespace penstock::trino
