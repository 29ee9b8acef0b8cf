#pragma once

#include <functional>
#include <optional>
#include <string>

#include "connectors/http/url.h"

namespace penstock::http {

/// Where requests go first.
struct Proxy {
  std::string host;
  int port = 0;
  std::string authorization;  ///< The header's value, or empty. Secret.
  std::string password;       ///< The same secret as it was written.
  std::string named_by;       ///< The setting or variable that it comes from.
};

/// A variable of the environment; empty where it is not set.
using Environment = std::function<std::string(const char* name)>;

/// The process's own.
std::string environment(const char* name);

/// "http://user:password@host:port", or "host:port". invalid_input, with a predicate as parse_url.
Result<Proxy> parse_proxy(const std::string& text);

/// What HTTPS_PROXY or HTTP_PROXY, lower case first, name for the server, or nothing: where NO_PROXY names it (a name with all below it,
/// name:port, an address, a range such as 10.0.0.0/8, or *), and for localhost and loopback addresses, which no proxy can reach.
/// invalid_input naming the variable.
Result<std::optional<Proxy>> proxy_of_environment(const Url& server, const Environment& environment);

/// "localhost", a name below it, or a loopback address.
bool is_loopback(const std::string& host);

/// "Basic ..." of a user and a password.
std::string basic_authorization(const std::string& user, const std::string& password);

}  // namespace penstock::http
