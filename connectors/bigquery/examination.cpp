#include "connectors/bigquery/examination.h"

#include "connectors/bigquery/client.h"
#include "connectors/http/examination.h"

namespace penstock::bigquery {

namespace {

using connectors::Observation;

Observation firewall(const Target& target) {
  std::string list = "tcp " + http::destination(*target.endpoint);
  for (const auto& service : target.token_services) {
    const std::string one = "tcp " + http::destination(*service);
    if (list.find(one) == std::string::npos) list += ", " + one;
  }
  return {"firewall", list, std::nullopt};
}

std::string quoted(const std::string& name) { return "`" + name + "`"; }

void examine_dataset(const Target& target, Client& client, const std::string& location, std::vector<Observation>& to) {
  const auto dataset = client.get(path_of({target.table_project, "datasets", target.dataset}), {{"fields", "location"}});
  Observation where{"dataset", target.table_project + "." + target.dataset, std::nullopt};
  if (!dataset) where.fault = dataset.error();
  const std::string place = dataset ? dataset->value("location", "") : "";
  where.found += place.empty() ? "" : " in " + place;
  if (!place.empty() && place != location) {
    where.fault =
        Error{ErrorKind::invalid_input, "jobs run in " + location + ", which does not see it", "set `location` to " + place, "", "", -1};
  }
  to.push_back(where);
  if (where.fault) return;
  const std::string table = quoted(target.table_project) + "." + quoted(target.dataset) + "." + quoted("penstock_examination");
  const auto made = client.analyse("create or replace table " + table + " as select 1 as n", location);
  to.push_back({"rights", "a table may be made there, as a dry run says", made ? std::optional<Error>() : made.error()});
}

}  // namespace

std::vector<Observation> examine(const Target& target) {
  std::vector<Observation> observations{firewall(target)};
  if (!http::append(observations, http::examine_way(target.endpoint, "/bigquery/v2/projects"))) return observations;
  for (const auto& service : target.token_services) {
    const std::string path = service->url.path.empty() ? "/" : service->url.path;
    if (!http::append(observations, http::examine_way(service, path), service->name.substr(service->name.find(' ') + 1) + " "))
      return observations;
  }
  const auto token = target.credential->authorization();
  observations.push_back({"token", "for " + target.login, token ? std::optional<Error>() : token.error()});
  if (!token) return observations;
  Client client(target);
  Location known;
  const auto location = known.get(target, client);
  const auto allowed = location ? client.analyse("select 1", *location) : fail(location.error());
  observations.push_back({"login", "jobs of the project " + target.project + " in " + location.value_or("?"),
                          allowed ? std::optional<Error>() : allowed.error()});
  if (allowed && !target.dataset.empty()) examine_dataset(target, client, *location, observations);
  return observations;
}

}  // namespace penstock::bigquery
