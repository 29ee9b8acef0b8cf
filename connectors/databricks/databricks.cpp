#include "connectors/databricks/databricks.h"

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <tuple>

#include "connectors/databricks/examination.h"
#include "connectors/databricks/history.h"
#include "connectors/databricks/session.h"
#include "connectors/http/url.h"

namespace penstock::databricks {

namespace {

using connectors::Found;
using connectors::TableDescription;
using Json = nlohmann::json;

constexpr int kMostPages = 10'000;
// Whoever wants a session tries again later by itself.
constexpr std::chrono::milliseconds kRepeatedFor{2'000};

/// In the pattern's own language _ is any character: too many names come back, and none is missing.
std::string pattern_of(const std::string& prefix) { return http::percent_encoded(prefix + "%"); }

connectors::Trace trace_of(const Json& table) {
  connectors::Trace trace;
  trace.kind = text_of(table, "table_type") == "VIEW" ? connectors::Trace::Kind::view : connectors::Trace::Kind::table;
  const std::string name = text_of(table, "full_name");
  const std::size_t first = name.find('.');
  const std::size_t second = name.find('.', first + 1);
  trace.catalog = name.substr(0, first);
  trace.schema = name.substr(first + 1, second - first - 1);
  trace.name = name.substr(second + 1);
  return trace;
}

/// "5.0 KiB" in bytes.
std::optional<std::int64_t> bytes_of(const std::string& number, const std::string& unit) {
  double bytes = std::strtod(number.c_str(), nullptr);
  for (const char* larger : {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}) {
    if (unit == larger) return bytes < 9e18 ? std::optional<std::int64_t>(static_cast<std::int64_t>(bytes)) : std::nullopt;
    bytes *= 1024;
  }
  return std::nullopt;
}

/// Adds what EXPLAIN COST says of the tables that the plan reads: "Relation c.s.t[n#1L] parquet, Statistics(sizeInBytes=5.0 KiB,
/// rowCount=9)".
void add_scanned(const std::string& plan, connectors::Connector::Estimate& estimate) {
  static const std::regex kRelation(R"(^[ :+|-]*Relation .*Statistics\(sizeInBytes=([0-9.E+]+) ([A-Za-z]+)(?:, rowCount=([0-9.E+]+))?)");
  std::istringstream lines(plan);
  for (std::string line; std::getline(lines, line);) {
    std::smatch found;
    if (!std::regex_search(line, found, kRelation)) continue;
    if (const auto bytes = bytes_of(found[1], found[2])) estimate.bytes = estimate.bytes.value_or(0) + *bytes;
    const double rows = found[3].matched ? std::strtod(found[3].str().c_str(), nullptr) : 9e18;
    if (rows < 9e18) estimate.rows = estimate.rows.value_or(0) + static_cast<std::int64_t>(rows);
  }
}

/// Each call has a client of its own: they are rare, and come from any thread.
class DatabricksConnector : public connectors::Connector {
 public:
  DatabricksConnector(Target target, const connectors::Connector* before) : target_(std::make_shared<const Target>(std::move(target))) {
    if (const auto* other = dynamic_cast<const DatabricksConnector*>(before)) known_ = other->known_;
  }

  Result<std::unique_ptr<connectors::Session>> open() override {
    // Who may not come in is told here, before anything is sent; whoever may not look at the warehouse may still use it.
    Client client(*target_);
    const auto warehouse = client.get("/api/2.0/sql/warehouses/" + target_->warehouse, kRepeatedFor);
    if (!warehouse && warehouse.error().kind != ErrorKind::permission) return fail(warehouse.error());
    return std::unique_ptr<connectors::Session>(std::make_unique<DatabricksSession>(target_, known_));
  }

  Result<void> cancel(const connectors::Handle& handle) override;
  Result<Found> find(const connectors::Token& token, const connectors::Unit& unit) override;
  Result<TableDescription> describe(const std::string& catalog, const std::string& schema, const std::string& name) override;
  Result<connectors::Dependants> dependants(const connectors::DependedOn&) override { return connectors::Dependants{}; }
  Result<std::vector<connectors::Trace>> traces(const std::vector<std::string>& prefixes) override;
  Result<Estimate> estimate(const std::string& statement) override;
  Result<std::string> version() override;
  std::vector<connectors::Observation> examine() override { return databricks::examine(*target_); }

 private:
  const std::shared_ptr<const Target> target_;
  std::shared_ptr<Known> known_ = std::make_shared<Known>();
};

Result<void> DatabricksConnector::cancel(const connectors::Handle& handle) {
  const std::optional<Position> position = to_position(handle);
  if (!position) return fail(ErrorKind::invalid_input, "this is no handle of Databricks");
  known_->cancelled.add(position->token);
  Client client(*target_);
  std::string id = known_->running(position->token).value_or(position->id);
  if (id.empty()) {
    // What has only been announced here will not be sent any more.
    if (known_->is_announced(position->token)) return {};
    const auto found = recorded_by_now(client, position->token, position->since);
    if (!found) return fail(found.error());
    if (!*found) return {};
    id = (*found)->id;
  }
  const Result<Statement> stopped = stop_and_confirm(client, id);
  if (!stopped && stopped.error().kind != ErrorKind::not_found) return fail(stopped.error());
  return {};
}

Result<Found> DatabricksConnector::find(const connectors::Token& token, const connectors::Unit& unit) {
  Client client(*target_);
  Found found;
  if (const std::optional<connectors::Handle> handle = known_->in_doubt.handle_of(token.id)) {
    DatabricksSession session(target_, known_);
    return connectors::followed_again(session, *handle, unit);
  }
  // Nothing is sent before the handle is safe: what has none has not begun. What has one is in the history for as long as it is asked for.
  constexpr std::chrono::hours kLookBack{24};
  const auto seen = recorded(client, token.id, WallClock::now() - kLookBack);
  if (!seen) return fail(seen.error());
  found.state = Found::State::never_arrived;
  if (!*seen) return found;
  found.handle = to_handle({(*seen)->statement, WallClock::now(), token.id, (*seen)->id});
  found.state = Found::State::running;
  if ((*seen)->is_running) return found;
  DatabricksSession session(target_, known_);
  found.outcome = session.follow(found.handle, unit, [](const connectors::Handle&) { return Result<void>(); });
  found.state = Found::State::ended;
  return found;
}

Result<TableDescription> DatabricksConnector::describe(const std::string& catalog, const std::string& schema, const std::string& name) {
  const std::string in_catalog = catalog.empty() ? target_->catalog : catalog;
  const std::string in_schema = schema.empty() ? target_->schema : schema;
  if (in_catalog.empty() || in_schema.empty()) {
    return fail(ErrorKind::invalid_input, "the table " + name + " has no catalogue or schema, and neither has the connection");
  }
  Client client(*target_);
  TableDescription table;
  // Unity Catalog answers without a warehouse, so that none is started by a look.
  const auto json = client.get("/api/2.1/unity-catalog/tables/" + http::percent_encoded(in_catalog + "." + in_schema + "." + name));
  if (!json && json.error().kind == ErrorKind::not_found) return table;
  if (!json) return fail(json.error());
  table.kind = text_of(*json, "table_type") == "VIEW" ? TableDescription::Kind::view : TableDescription::Kind::table;
  const auto columns = json->find("columns");
  if (columns == json->end() || !columns->is_array()) return table;
  for (const Json& column : *columns) {
    const auto nullable = column.find("nullable");
    table.columns.push_back({text_of(column, "name"), text_of(column, "type_text"), nullable == column.end() || *nullable != false});
  }
  return table;
}

Result<std::vector<connectors::Trace>> DatabricksConnector::traces(const std::vector<std::string>& prefixes) {
  using connectors::Trace;
  Client client(*target_);
  std::vector<Trace> traces;
  for (const std::string& prefix : target_->catalog.empty() ? std::vector<std::string>() : prefixes) {
    std::string page;
    for (int count = 0; count < kMostPages; ++count) {
      const auto json =
          client.get("/api/2.1/unity-catalog/table-summaries?max_results=0&catalog_name=" + http::percent_encoded(target_->catalog) +
                     "&table_name_pattern=" + pattern_of(prefix) + (page.empty() ? "" : "&page_token=" + http::percent_encoded(page)));
      if (!json) return fail(json.error());
      const auto tables = json->find("tables");
      for (const Json& table : tables != json->end() && tables->is_array() ? *tables : Json::array()) {
        Trace trace = trace_of(table);
        if (trace.name.rfind(prefix, 0) == 0) traces.push_back(std::move(trace));
      }
      page = text_of(*json, "next_page_token");
      if (page.empty()) break;
    }
  }
  std::sort(traces.begin(), traces.end(),
            [](const Trace& a, const Trace& b) { return std::tie(a.schema, a.name) < std::tie(b.schema, b.name); });
  const auto statements = running(client);
  if (!statements) return fail(statements.error());
  for (const Recorded& one : *statements) {
    Trace& trace = traces.emplace_back();
    trace.kind = Trace::Kind::session;
    trace.name = one.id;
    trace.token = one.token;
    trace.handle = to_handle({one.statement, WallClock::now(), one.token, one.id});
  }
  return traces;
}

Result<connectors::Connector::Estimate> DatabricksConnector::estimate(const std::string& statement) {
  Client client(*target_);
  Estimate estimate;
  // A look starts no warehouse.
  const auto warehouse = client.get("/api/2.0/sql/warehouses/" + target_->warehouse);
  if (!warehouse) return fail(warehouse.error());
  if (text_of(*warehouse, "state") != "RUNNING") return estimate;
  const Result<Statement> plan = client.ask("explain cost " + statement);
  if (!plan) return fail(plan.error());
  for (const connectors::Row& row : plan->rows) add_scanned(row[0].value_or(""), estimate);
  return estimate;
}

Result<std::string> DatabricksConnector::version() {
  Client client(*target_);
  const auto warehouse = client.get("/api/2.0/sql/warehouses/" + target_->warehouse);
  if (!warehouse) return fail(warehouse.error());
  return "Databricks SQL warehouse \"" + text_of(*warehouse, "name") + "\" (" + text_of(*warehouse, "state") + ")";
}

Result<std::unique_ptr<connectors::Connector>> make(const connectors::Settings& settings, const connectors::Connector* before) {
  Result<Target> target = make_target(settings);
  if (!target) return fail(target.error());
  return std::unique_ptr<connectors::Connector>(std::make_unique<DatabricksConnector>(*std::move(target), before));
}

}  // namespace

Result<std::unique_ptr<connectors::Connector>> make_connector(const connectors::Settings& settings) { return make(settings, nullptr); }

Result<std::unique_ptr<connectors::Connector>> make_again(const connectors::Settings& settings, const connectors::Connector& before) {
  return make(settings, &before);
}

}  // namespace penstock::databricks
