#include "connectors/bigquery/bigquery.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "connectors/bigquery/examination.h"
#include "connectors/bigquery/session.h"
#include "connectors/bigquery/value.h"
#include "connectors/json.h"

namespace penstock::bigquery {

namespace {

using connectors::Found;
using connectors::TableDescription;
using connectors::text_at;
using connectors::Trace;
using Json = nlohmann::json;

/// All pages of a list. Error unavailable where BigQuery could not ask all of its locations: then what is missing proves nothing.
Result<std::vector<Json>> list(Client& client, const std::string& path, const char* key, Client::Query query) {
  std::vector<Json> all;
  do {
    const Result<Json> page = client.get(path, query);
    if (!page) return fail(page.error());
    const Json items = page->value(key, Json::array());
    all.insert(all.end(), items.begin(), items.end());
    const Json unreachable = page->value("unreachable", Json::array());
    if (!unreachable.empty()) {
      return fail(ErrorKind::unavailable, "BigQuery cannot reach all of its locations just now: " + client.redacted(unreachable.dump()));
    }
    query["pageToken"] = text_at(*page, "nextPageToken");
  } while (!query["pageToken"].empty());
  return all;
}

/// Each call has a client of its own: they are rare, and come from any thread.
class BigqueryConnector : public connectors::Connector {
 public:
  BigqueryConnector(Target target, const connectors::Connector* before) : target_(std::make_shared<const Target>(std::move(target))) {
    if (const auto* known = dynamic_cast<const BigqueryConnector*>(before)) knowledge_ = known->knowledge_;
  }

  Result<std::unique_ptr<connectors::Session>> open() override {
    return std::unique_ptr<connectors::Session>(std::make_unique<BigquerySession>(target_, knowledge_));
  }

  Result<void> cancel(const connectors::Handle& handle) override;
  Result<Found> find(const connectors::Token& token, const connectors::Unit& unit) override;

  /// The ids of a unit's jobs follow from its token, and a job that is not there is made by the same id, so that none runs twice.
  bool token_suffices(const connectors::Unit&) const override { return true; }

  Result<TableDescription> describe(const std::string& catalog, const std::string& schema, const std::string& name) override;
  Result<connectors::Dependants> dependants(const connectors::DependedOn&) override { return connectors::Dependants{}; }
  Result<std::vector<Trace>> traces(const std::vector<std::string>& prefixes) override;
  Result<Estimate> estimate(const std::string& statement) override;
  Result<std::string> version() override;
  std::vector<connectors::Observation> examine() override { return bigquery::examine(*target_); }

 private:
  Result<void> add_tables(Client& client, const std::vector<std::string>& prefixes, std::vector<Trace>& to) const;
  Result<void> add_jobs(Client& client, std::vector<Trace>& to) const;

  const std::shared_ptr<const Target> target_;
  std::shared_ptr<Knowledge> knowledge_ = std::make_shared<Knowledge>();
};

Result<void> BigqueryConnector::cancel(const connectors::Handle& handle) {
  const std::optional<Position> position = to_position(handle);
  if (!position) return fail(ErrorKind::invalid_input, "this is no handle of BigQuery");
  knowledge_->cancelled.add(position->token);
  Client client(*target_);
  const auto newest = newest_of(client, *position);
  if (!newest) return fail(newest.error());
  if (!*newest || (*newest)->job.has_ended) return {};
  return stop_and_confirm(client, (*newest)->position.job());
}

Result<Found> BigqueryConnector::find(const connectors::Token& token, const connectors::Unit& unit) {
  Found found;
  BigquerySession session(target_, knowledge_);
  if (const std::optional<connectors::Handle> handle = knowledge_->in_doubt.handle_of(token.id)) {
    return connectors::followed_again(session, *handle, unit);
  }
  Client client(*target_);
  const Result<std::string> location = knowledge_->location.get(*target_, client);
  if (!location) return fail(location.error());
  const auto newest = newest_of(client, {0, 0, token.id, *location, target_->project});
  if (!newest) return fail(newest.error());
  found.state = Found::State::never_arrived;
  if (!*newest) return found;
  Position position = (*newest)->position;
  const Job& job = (*newest)->job;
  const bool is_last = position.statement + 1 >= unit.statements.size();
  found.state = job.has_ended && (job.error || is_last) ? Found::State::ended : Found::State::running;
  if (found.state == Found::State::ended) {
    found.handle = to_handle(position);
    found.outcome = session.adopt(position, unit);
    return found;
  }
  if (job.has_ended) {
    ++position.statement;
    position.tries = 0;
  }
  found.handle = to_handle(position);
  return found;
}

Result<TableDescription> BigqueryConnector::describe(const std::string& catalog, const std::string& schema, const std::string& name) {
  const std::string project = catalog.empty() ? target_->table_project : catalog;
  const std::string dataset = schema.empty() ? target_->dataset : schema;
  if (dataset.empty())
    return fail(ErrorKind::invalid_input, "the table " + name + " has no schema (dataset), and neither has the connection");
  Client client(*target_);
  const Result<Json> found = client.get(path_of({project, "datasets", dataset, "tables", name}), {{"fields", "type,schema"}});
  TableDescription table;
  if (!found && found.error().kind == ErrorKind::not_found) return table;
  if (!found) return fail(found.error());
  const std::string type = text_at(*found, "type");
  table.kind = type == "VIEW" || type == "MATERIALIZED_VIEW" ? TableDescription::Kind::view : TableDescription::Kind::table;
  table.columns = columns_of(found->value("schema", Json::object()).value("fields", Json::array()));
  return table;
}

Result<std::vector<Trace>> BigqueryConnector::traces(const std::vector<std::string>& prefixes) {
  Client client(*target_);
  std::vector<Trace> traces;
  if (!prefixes.empty()) {
    if (const Result<void> added = add_tables(client, prefixes, traces); !added) return fail(added.error());
  }
  if (const Result<void> added = add_jobs(client, traces); !added) return fail(added.error());
  return traces;
}

Result<void> BigqueryConnector::add_tables(Client& client, const std::vector<std::string>& prefixes, std::vector<Trace>& to) const {
  const std::string& project = target_->table_project;
  const auto datasets = list(client, path_of({project, "datasets"}), "datasets", {{"maxResults", "1000"}});
  if (!datasets) return fail(datasets.error());
  const std::size_t first = to.size();
  for (const Json& dataset : *datasets) {
    const std::string schema = text_at(dataset.value("datasetReference", Json::object()), "datasetId");
    const auto tables = list(client, path_of({project, "datasets", schema, "tables"}), "tables", {{"maxResults", "1000"}});
    // Another may have dropped the dataset meanwhile.
    if (!tables && tables.error().kind == ErrorKind::not_found) continue;
    if (!tables) return fail(tables.error());
    for (const Json& table : *tables) {
      const std::string name = text_at(table.value("tableReference", Json::object()), "tableId");
      const bool is_ours =
          std::any_of(prefixes.begin(), prefixes.end(), [&](const std::string& prefix) { return name.rfind(prefix, 0) == 0; });
      if (is_ours) to.push_back({text_at(table, "type") == "VIEW" ? Trace::Kind::view : Trace::Kind::table, project, schema, name, {}, {}});
    }
  }
  std::sort(to.begin() + static_cast<std::ptrdiff_t>(first), to.end(),
            [](const Trace& a, const Trace& b) { return std::pair(a.schema, a.name) < std::pair(b.schema, b.name); });
  return {};
}

Result<void> BigqueryConnector::add_jobs(Client& client, std::vector<Trace>& to) const {
  for (const char* state : {"pending", "running"}) {
    const auto jobs = list(client, path_of({target_->project, "jobs"}), "jobs", {{"stateFilter", state}, {"maxResults", "1000"}});
    if (!jobs) return fail(jobs.error());
    for (const Json& job : *jobs) {
      const Json reference = job.value("jobReference", Json::object());
      std::optional<Position> position = position_of_id(text_at(reference, "jobId"));
      if (!position) continue;
      position->project = target_->project;
      position->location = text_at(reference, "location");
      to.push_back({Trace::Kind::session, {}, {}, position->job().text(), position->token, to_handle(*position)});
    }
  }
  return {};
}

Result<connectors::Connector::Estimate> BigqueryConnector::estimate(const std::string& statement) {
  Client client(*target_);
  const Result<std::string> location = knowledge_->location.get(*target_, client);
  if (!location) return fail(location.error());
  const Result<Json> analysed = client.analyse(statement, *location);
  if (!analysed) return fail(analysed.error());
  Estimate estimate;
  const std::string bytes = text_at(analysed->value("statistics", Json::object()), "totalBytesProcessed");
  if (!bytes.empty()) estimate.bytes = std::strtoll(bytes.c_str(), nullptr, 10);
  return estimate;
}

Result<std::string> BigqueryConnector::version() {
  Client client(*target_);
  const Result<std::string> location = knowledge_->location.get(*target_, client);
  if (!location) return fail(location.error());
  const Result<Json> analysed = client.analyse("select 1", *location);
  if (!analysed) return fail(analysed.error());
  return "BigQuery v2, " + target_->project + " in " + *location;
}

Result<std::unique_ptr<connectors::Connector>> make(const connectors::Settings& settings, const connectors::Connector* before) {
  Result<Target> target = make_target(settings);
  if (!target) return fail(target.error());
  return std::unique_ptr<connectors::Connector>(std::make_unique<BigqueryConnector>(*std::move(target), before));
}

}  // namespace

Result<std::unique_ptr<connectors::Connector>> make_connector(const connectors::Settings& settings) { return make(settings, nullptr); }

Result<std::unique_ptr<connectors::Connector>> make_again(const connectors::Settings& settings, const connectors::Connector& before) {
  return make(settings, &before);
}

}  // namespace penstock::bigquery
