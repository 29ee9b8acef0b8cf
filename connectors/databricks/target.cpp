#include "connectors/databricks/target.h"

#include <algorithm>
#include <array>
#include <vector>

#include "connectors/http/client_credentials.h"

namespace penstock::databricks {

namespace {

using connectors::Settings;
using connectors::text_of;
using connectors::wrong;

constexpr std::array<std::string_view, 6> kOwnSettings = {"host", "warehouse", "token", "client_id", "client_secret", "history_lag"};

Result<void> check_login(const Settings& settings) {
  const bool has_token = !text_of(settings, "token").empty();
  const bool has_client = !text_of(settings, "client_id").empty();
  if (has_client != !text_of(settings, "client_secret").empty()) {
    return wrong(settings, "`client_id` and `client_secret` belong together", "set both, or neither");
  }
  if (has_token && has_client) return wrong(settings, "`token` and `client_id` are two ways to log in", "keep one of them");
  if (!has_token && !has_client) return wrong(settings, "it has no login", "set `token`, or `client_id` and `client_secret`");
  return {};
}

}  // namespace

std::optional<std::string> warehouse_id(const std::string& text) {
  std::string id = text.substr(text.rfind('/') + 1);
  const bool is_id = !id.empty() && std::all_of(id.begin(), id.end(), [](unsigned char c) { return std::isalnum(c) != 0; });
  return is_id ? std::optional<std::string>(std::move(id)) : std::nullopt;
}

Result<Target> make_target(const Settings& given, const connectors::LookUp& look_up, const http::Environment& environment) {
  std::vector<std::string_view> known(kOwnSettings.begin(), kOwnSettings.end());
  known.insert(known.end(), http::kSettings.begin(), http::kSettings.end());
  if (const Result<void> keys = connectors::check_keys(given, known); !keys) return fail(keys.error());
  if (const Result<void> login = check_login(given); !login) return fail(login.error());
  const std::optional<std::string> warehouse = warehouse_id(text_of(given, "warehouse"));
  if (!warehouse) {
    return wrong(given, "`warehouse` is no id of a SQL warehouse", "expected 1a2b3c4d5e6f7a8b, or the HTTP path that ends in it");
  }

  Settings settings = given;
  std::string& host = settings.values["host"];
  if (host.find("://") == std::string::npos) host = "https://" + host;
  http::Wanted workspace{"Databricks", "host", true, false};
  Result<http::Endpoint> endpoint = http::make_endpoint(settings, workspace, look_up, environment);
  if (!endpoint) return fail(endpoint.error());
  if (endpoint->url.path.size() > 1) return wrong(settings, "`host` is more than a host", "expected acme.cloud.databricks.com");

  Target target;
  target.warehouse = *warehouse;
  const std::string token = text_of(settings, "token");
  if (!token.empty()) {
    target.login = "a personal access token";
    endpoint->login_hint = "check `token` of the connection: it may have been revoked, or belong to another workspace";
    target.credential = http::make_fixed("Bearer " + token);
  } else {
    target.login = "OAuth of the service principal " + text_of(settings, "client_id");
    endpoint->login_hint = "check `client_id` and `client_secret` of the connection, and that the service principal is of this workspace";
    settings.values["host"] = endpoint->url.origin() + "/oidc/v1/token";
    workspace.name = "Databricks' token service";
    Result<http::Endpoint> service = http::make_endpoint(settings, workspace, look_up, environment);
    if (!service) return fail(service.error());
    target.token_service = std::make_shared<const http::Endpoint>(*std::move(service));
    target.credential = http::make_client_credentials(target.token_service,
                                                      {text_of(settings, "client_id"), text_of(settings, "client_secret"), "all-apis"});
  }
  target.endpoint = std::make_shared<const http::Endpoint>(*std::move(endpoint));
  const auto lag = connectors::duration_of(settings, "history_lag", target.history_lag);
  if (!lag) return fail(lag.error());
  target.history_lag = *lag;
  target.catalog = settings.catalog;
  target.schema = settings.schema;
  target.read_only = settings.read_only;
  return target;
}

}  // namespace penstock::databricks
