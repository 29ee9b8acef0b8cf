#include "connectors/databricks/examination.h"

#include <nlohmann/json.hpp>

#include "connectors/databricks/client.h"
#include "connectors/http/examination.h"
#include "connectors/http/url.h"

namespace penstock::databricks {

namespace {

using connectors::Observation;

Observation warehouse_of(Client& client) {
  const Target& target = client.target();
  const auto warehouse = client.get("/api/2.0/sql/warehouses/" + target.warehouse);
  Observation seen{"warehouse", target.warehouse, std::nullopt};
  if (!warehouse) {
    seen.fault = warehouse.error();
    seen.fault->hint = "check `warehouse` of the connection, and that the login has CAN USE on it";
    return seen;
  }
  const std::string state = text_of(*warehouse, "state");
  seen.found = "\"" + text_of(*warehouse, "name") + "\", " + text_of(*warehouse, "cluster_size") + ", " + state;
  if (state == "DELETED" || state == "DELETING") {
    seen.fault = Error{ErrorKind::not_found, "the SQL warehouse is being deleted", "name another in `warehouse`", "", state, -1};
  } else if (state == "STOPPED" || state == "STOPPING") {
    seen.found += ": the first statement starts it";
  }
  return seen;
}

}  // namespace

std::vector<Observation> examine(const Target& target) {
  std::vector<Observation> observations{{"firewall", "tcp " + http::destination(*target.endpoint), std::nullopt}};
  if (!http::append(observations, http::examine_way(target.endpoint, "/"))) return observations;
  if (target.token_service != nullptr) {
    const auto token = target.credential->authorization();
    observations.push_back({"token", "the workspace gives one", token ? std::optional<Error>() : token.error()});
    if (!token) return observations;
  }
  Client client(target);
  const auto me = client.get("/api/2.0/preview/scim/v2/Me");
  observations.push_back(
      {"login", me ? text_of(*me, "userName") + " by " + target.login : target.login, me ? std::optional<Error>() : me.error()});
  if (!me) return observations;
  observations.push_back(warehouse_of(client));
  if (observations.back().fault || target.catalog.empty() || target.schema.empty()) return observations;
  const std::string name = target.catalog + "." + target.schema;
  const auto schema = client.get("/api/2.1/unity-catalog/schemas/" + http::percent_encoded(name));
  observations.push_back({"schema", name, schema ? std::optional<Error>() : schema.error()});
  return observations;
}

}  // namespace penstock::databricks
