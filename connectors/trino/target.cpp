#include "connectors/trino/target.h"

#include <algorithm>
#include <array>
#include <sstream>
#include <vector>

#include "connectors/http/client_credentials.h"

namespace penstock::trino {

namespace {

using connectors::Settings;
using connectors::text_of;
using connectors::wrong;

/// One way to log in: the key that chooses it, and those that belong to it alone.
struct Login {
  std::string_view key;
  std::string_view name;
  std::vector<std::string_view> with;
};

const std::array<Login, 3>& logins() {
  static const std::array<Login, 3> all = {{{"password", "a password", {}},
                                            {"token", "a token", {}},
                                            {"token_url", "client credentials", {"client_id", "client_secret", "scope"}}}};
  return all;
}

std::string quoted(std::string_view key) { return "`" + std::string(key) + "`"; }

/// Null where nothing is to be proved, or a client certificate does it.
Result<const Login*> chosen_login(const Settings& settings) {
  const Login* chosen = nullptr;
  for (const Login& login : logins()) {
    if (text_of(settings, login.key).empty()) {
      for (const std::string_view key : login.with) {
        if (!text_of(settings, key).empty()) {
          return wrong(settings, quoted(key) + " has no " + quoted(login.key) + " beside it",
                       "set " + quoted(login.key) + ", too, or neither");
        }
      }
      continue;
    }
    if (chosen != nullptr) {
      return wrong(settings, quoted(chosen->key) + " and " + quoted(login.key) + " are two ways to log in", "keep one of them");
    }
    chosen = &login;
  }
  return chosen;
}

std::vector<std::string> parts_of(const std::string& list) {
  std::vector<std::string> parts;
  std::istringstream text(list);
  for (std::string part; std::getline(text, part, ',');) {
    const std::size_t first = part.find_first_not_of(' ');
    if (first != std::string::npos) parts.push_back(part.substr(first, part.find_last_not_of(' ') - first + 1));
  }
  return parts;
}

/// "etl", or "etl,lake=writer": of the whole system, and of catalogues.
Result<std::string> roles_of(const Settings& settings) {
  std::string header;
  for (const std::string& part : parts_of(text_of(settings, "role"))) {
    const std::size_t equals = part.find('=');
    const std::string catalog = equals == std::string::npos ? "system" : part.substr(0, equals);
    std::string role = equals == std::string::npos ? part : part.substr(equals + 1);
    if (catalog.empty() || role.empty())
      return wrong(settings, "`role` is not understood", "expected a role, or catalog=role, with commas");
    std::string upper;
    for (const char c : role) upper += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    const std::string value = upper == "ALL" || upper == "NONE" ? upper : "ROLE{" + role + "}";
    header += (header.empty() ? "" : ",") + http::percent_encoded(catalog) + "=" + http::percent_encoded(value);
  }
  return header;
}

Result<std::string> session_properties_of(const Settings& settings) {
  std::optional<std::string> header = session_header(text_of(settings, "session_properties"));
  if (!header) return wrong(settings, "`session_properties` is not understood", "expected name=value or catalog.name=value, with commas");
  return *std::move(header);
}

/// The token service, and with it the credential.
Result<void> fetch_tokens(const Settings& settings, const connectors::LookUp& look_up, const http::Environment& environment,
                          Target& target) {
  http::ClientLogin login{text_of(settings, "client_id"), text_of(settings, "client_secret"), text_of(settings, "scope")};
  for (const char* key : {"client_id", "client_secret"}) {
    if (text_of(settings, key).empty()) return wrong(settings, "`token_url` has no " + quoted(key) + " beside it", "set it, too");
  }
  http::Wanted service;
  service.name = "the token service";
  service.url_key = "token_url";
  service.has_login = true;
  service.trusts_system_too = true;
  Result<http::Endpoint> endpoint = http::make_endpoint(settings, service, look_up, environment);
  if (!endpoint) return fail(endpoint.error());
  target.token_service = std::make_shared<const http::Endpoint>(*std::move(endpoint));
  target.credential = http::make_client_credentials(target.token_service, std::move(login));
  return {};
}

constexpr std::array<std::string_view, 11> kOwnSettings = {
    "url", "user", "password", "token", "token_url", "client_id", "client_secret", "scope", "role", "client_tags", "session_properties"};

}  // namespace

std::optional<std::string> session_header(const std::string& properties) {
  std::string header;
  for (const std::string& part : parts_of(properties)) {
    const std::size_t equals = part.find('=');
    if (equals == std::string::npos || equals == 0) return std::nullopt;
    header += (header.empty() ? "" : ",") + part.substr(0, equals) + "=" + http::percent_encoded(part.substr(equals + 1));
  }
  return header;
}

Result<Target> make_target(const Settings& settings, const connectors::LookUp& look_up, const http::Environment& environment) {
  std::vector<std::string_view> known(kOwnSettings.begin(), kOwnSettings.end());
  known.insert(known.end(), http::kSettings.begin(), http::kSettings.end());
  if (const Result<void> keys = connectors::check_keys(settings, known); !keys) return fail(keys.error());
  const Result<const Login*> login = chosen_login(settings);
  if (!login) return fail(login.error());

  http::Wanted coordinator;
  coordinator.name = "Trino";
  coordinator.has_login = *login != nullptr;
  Result<http::Endpoint> endpoint = http::make_endpoint(settings, coordinator, look_up, environment);
  if (!endpoint) return fail(endpoint.error());
  if (endpoint->url.path.size() > 1) return wrong(settings, "`url` has more than scheme, host and port", "expected https://host:port");
  const bool has_certificate = !text_of(settings, "client_certificate").empty();
  endpoint->login_hint = *login == nullptr ? has_certificate
                                                 ? "the server lets nobody in with `client_certificate` alone, or not as `user`"
                                                 : "the server wants a login: `password`, `token`, `token_url` or `client_certificate`"
                                           : "check `user` and " + quoted((*login)->key) + " of the connection";
  Target target;
  target.login = *login != nullptr ? std::string((*login)->name) : has_certificate ? "a client certificate" : "nothing but a name";
  target.user = text_of(settings, "user", "penstock");
  const std::string password = text_of(settings, "password");
  const std::string token = text_of(settings, "token");
  if (!text_of(settings, "token_url").empty()) {
    if (const Result<void> fetched = fetch_tokens(settings, look_up, environment, target); !fetched) return fail(fetched.error());
  } else {
    target.credential = http::make_fixed(!password.empty() ? http::basic_authorization(target.user, password)
                                         : !token.empty()  ? "Bearer " + token
                                                           : std::string());
  }
  target.endpoint = std::make_shared<const http::Endpoint>(*std::move(endpoint));
  Result<std::string> roles = roles_of(settings);
  if (!roles) return fail(roles.error());
  target.roles = *std::move(roles);
  Result<std::string> properties = session_properties_of(settings);
  if (!properties) return fail(properties.error());
  target.session_properties = *std::move(properties);
  target.client_tags = text_of(settings, "client_tags");
  target.catalog = settings.catalog;
  target.schema = settings.schema;
  target.read_only = settings.read_only;
  return target;
}

}  // namespace penstock::trino
