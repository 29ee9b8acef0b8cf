#include "connectors/bigquery/target.h"

#include <algorithm>
#include <array>

#include "connectors/bigquery/login.h"

namespace penstock::bigquery {

namespace {

using connectors::Settings;
using connectors::text_of;
using connectors::wrong;
using EndpointPtr = std::shared_ptr<const http::Endpoint>;

constexpr std::string_view kApi = "https://bigquery.googleapis.com";
constexpr std::size_t kShortestHeaderSecret = 8;
constexpr std::string_view kMetadataServer = "metadata.google.internal";

constexpr std::array<std::string_view, 7> kOwnSettings = {
    "url", "project", "location", "credentials", "reservation", "priority", "maximum_bytes_billed"};

/// Makes the endpoints of one connection.
struct Endpoints {
  Settings settings;  ///< All secrets of the key are among its secrets.
  const connectors::LookUp& look_up;
  const http::Environment& environment;

  Result<EndpointPtr> make(const http::Wanted& wanted, const std::string& url) const {
    Settings own = settings;
    own.values[wanted.url_key] = url;
    Result<http::Endpoint> endpoint = http::make_endpoint(own, wanted, look_up, environment);
    if (!endpoint) return fail(endpoint.error());
    if (wanted.url_key == "url") endpoint->login_hint = "check `credentials` of the connection";
    return std::make_shared<const http::Endpoint>(*std::move(endpoint));
  }

  /// Google's services beside BigQuery, which need not be of a private authority.
  Result<EndpointPtr> service(const std::string& name, const std::string& key, const std::string& url) const {
    return make({name, key, true, true}, url);
  }

  Result<EndpointPtr> metadata_server() const {
    // By its variable a machine that is none of Google Cloud's names one. It is beside the machine, where no proxy reaches.
    const std::string given = environment("GCE_METADATA_HOST");
    Endpoints direct{settings, look_up, environment};
    direct.settings.values["proxy"] = "none";
    for (const char* key : {"proxy_user", "proxy_password", "client_certificate", "client_key"}) direct.settings.values.erase(key);
    return direct.make({"the metadata server", "GCE_METADATA_HOST"}, "http://" + (given.empty() ? std::string(kMetadataServer) : given));
  }
};

Result<void> log_in_by(const ServiceAccountKey& key, const Endpoints& endpoints, Target& target) {
  const Result<EndpointPtr> service = endpoints.service("the token service", "token_uri", key.token_uri);
  if (!service) return fail(service.error());
  target.login = "the service account " + key.email;
  target.token_services = {*service};
  target.credential = make_service_account(*service, key);
  return {};
}

Result<void> log_in_by(const Federation& key, const Endpoints& endpoints, Target& target) {
  FederationWay way;
  target.login = "workload identity federation";
  const auto add = [&](EndpointPtr& to, const std::string& name, const std::string& field, const std::string& url) -> Result<void> {
    if (url.empty()) return {};
    const Result<EndpointPtr> endpoint = endpoints.service(name, field, url);
    if (!endpoint) return fail(endpoint.error());
    to = *endpoint;
    target.token_services.push_back(*endpoint);
    return {};
  };
  if (Result<void> added = add(way.source, "the identity provider", "credential_source", key.url); !added) return added;
  if (Result<void> added = add(way.exchange, "the token exchange", "token_url", key.token_url); !added) return added;
  if (Result<void> added = add(way.impersonation, "the account service", "service_account_impersonation_url", key.impersonation_url);
      !added) {
    return added;
  }
  target.credential = make_federated(std::move(way), key);
  return {};
}

Result<void> log_in(const Settings& settings, Endpoints& endpoints, Target& target) {
  const std::string text = text_of(settings, "credentials");
  if (text.empty()) {
    const Result<EndpointPtr> server = endpoints.metadata_server();
    if (!server) return fail(server.error());
    target.login = "this machine's own account";
    target.token_services = {*server};
    target.credential = make_of_machine(*server);
    return {};
  }
  const Result<Key> key = parse_key(text);
  if (!key) return wrong(settings, "`credentials` " + key.error().message, key.error().hint);
  std::vector<std::string>& secrets = endpoints.settings.secrets;
  if (const auto* account = std::get_if<ServiceAccountKey>(&*key)) secrets.push_back(account->private_key);
  if (const auto* federation = std::get_if<Federation>(&*key)) {
    for (const auto& [name, value] : federation->headers) {
      // A word such as True is none, and would be masked wherever it stands.
      if (value.size() >= kShortestHeaderSecret) secrets.push_back(value);
    }
  }
  return std::visit([&](const auto& one) { return log_in_by(one, endpoints, target); }, *key);
}

bool is_number(const std::string& text) {
  return !text.empty() && text.size() < 19 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// What goes into every job.
Result<void> read_job_settings(const Settings& settings, Target& target) {
  target.reservation = text_of(settings, "reservation");
  target.maximum_bytes_billed = text_of(settings, "maximum_bytes_billed");
  if (!target.maximum_bytes_billed.empty() && !is_number(target.maximum_bytes_billed)) {
    return wrong(settings, "`maximum_bytes_billed` is no number of bytes", "expected digits alone, such as 1000000000");
  }
  const std::string priority = text_of(settings, "priority", "interactive");
  if (priority != "interactive" && priority != "batch") {
    return wrong(settings, "`priority` is not understood", "expected interactive or batch");
  }
  target.priority = priority == "batch" ? "BATCH" : "INTERACTIVE";
  return {};
}

}  // namespace

Result<Target> make_target(const Settings& settings, const connectors::LookUp& look_up, const http::Environment& environment) {
  std::vector<std::string_view> known(kOwnSettings.begin(), kOwnSettings.end());
  known.insert(known.end(), http::kSettings.begin(), http::kSettings.end());
  if (const Result<void> keys = connectors::check_keys(settings, known); !keys) return fail(keys.error());
  Target target;
  target.project = text_of(settings, "project");
  if (target.project.empty()) return wrong(settings, "`project` is missing", "the id of the project that pays for the queries");
  target.location = text_of(settings, "location");
  target.table_project = settings.catalog.empty() ? target.project : settings.catalog;
  target.dataset = settings.schema;
  target.read_only = settings.read_only;
  if (const Result<void> read = read_job_settings(settings, target); !read) return fail(read.error());
  Endpoints endpoints{settings, look_up, environment};
  if (const Result<void> login = log_in(settings, endpoints, target); !login) return fail(login.error());
  Result<EndpointPtr> api = endpoints.make({"BigQuery", "url", true}, text_of(settings, "url", kApi));
  if (!api) return fail(api.error());
  if ((*api)->url.path.size() > 1) return wrong(settings, "`url` has more than scheme, host and port", "expected https://host");
  target.endpoint = *std::move(api);
  return target;
}

}  // namespace penstock::bigquery
