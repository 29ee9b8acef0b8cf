#include "connectors/trino/trino.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "connectors/settlement.h"
#include "connectors/trino/examination.h"
#include "connectors/trino/session.h"
#include "connectors/trino/settlement.h"

namespace penstock::trino {

namespace {

using connectors::Found;
using connectors::TableDescription;

/// What the client shows as the source of a unit's query stands before its token.
const std::string kSource = "penstock:";

std::string quoted(const std::string& name) {
  std::string text = "\"";
  for (char c : name) text += c == '"' ? "\"\"" : std::string(1, c);
  return text + "\"";
}

std::optional<std::int64_t> estimate_of(const nlohmann::json& estimate, const char* key) {
  const auto found = estimate.find(key);
  // An unknown estimate is the text "NaN".
  if (found == estimate.end() || !found->is_number() || !std::isfinite(found->get<double>())) return std::nullopt;
  return static_cast<std::int64_t>(std::min(found->get<double>(), 9e18));
}

/// Each call has a client of its own: they are rare, and come from any thread.
class TrinoConnector : public connectors::Connector {
 public:
  TrinoConnector(Target target, const connectors::Connector* before) : target_(std::make_shared<const Target>(std::move(target))) {
    if (const auto* known = dynamic_cast<const TrinoConnector*>(before)) {
      cancelled_ = known->cancelled_;
      in_doubt_ = known->in_doubt_;
    }
  }

  Result<std::unique_ptr<connectors::Session>> open() override {
    return std::unique_ptr<connectors::Session>(std::make_unique<TrinoSession>(target_, cancelled_, in_doubt_));
  }

  Result<void> cancel(const connectors::Handle& handle) override {
    const std::optional<Position> position = to_position(handle);
    if (!position) return fail(ErrorKind::invalid_input, "this is no handle of Trino");
    cancelled_->add(position->token);
    Client client(*target_);
    return stop_and_confirm(client, *position);
  }

  Result<Found> find(const connectors::Token& token, const connectors::Unit& unit) override;
  Result<TableDescription> describe(const std::string& catalog, const std::string& schema, const std::string& name) override;
  Result<connectors::Dependants> dependants(const connectors::DependedOn&) override { return connectors::Dependants{}; }
  Result<std::vector<connectors::Trace>> traces(const std::vector<std::string>& prefixes) override;
  Result<Estimate> estimate(const std::string& statement) override;

  std::vector<connectors::Observation> examine() override { return trino::examine(*target_); }

  Result<std::string> version() override {
    Client client(*target_);
    const auto rows = client.ask("select version()");
    if (!rows) return fail(rows.error());
    return "Trino " + (rows->empty() ? std::string() : rows->front()[0].value_or(""));
  }

 private:
  const std::shared_ptr<const Target> target_;
  std::shared_ptr<connectors::Cancelled> cancelled_ = std::make_shared<connectors::Cancelled>();
  std::shared_ptr<connectors::InDoubt> in_doubt_ = std::make_shared<connectors::InDoubt>();
};

Result<Found> TrinoConnector::find(const connectors::Token& token, const connectors::Unit& unit) {
  Client client(*target_);
  Found found;
  if (const std::optional<connectors::Handle> handle = in_doubt_->handle_of(token.id)) {
    TrinoSession session(target_, cancelled_, in_doubt_);
    return connectors::followed_again(session, *handle, unit);
  }
  const auto queries = client.ask("select query_id, state from system.runtime.queries where source = " + literal(kSource + token.id) +
                                  " order by created desc limit 1");
  if (!queries) return fail(queries.error());
  found.state = Found::State::never_arrived;
  // A statement starts with its first page, which is asked for after the handle is safe: without a trace it has not begun.
  if (queries->empty()) return found;
  const Position position{unit.statements.empty() ? 0 : unit.statements.size() - 1, true, queries->front()[0].value_or(""), "", token.id};
  found.handle = to_handle(position);
  const std::string state = queries->front()[1].value_or("");
  found.state = state == "FINISHED" || state == "FAILED" ? Found::State::ended : Found::State::running;
  if (found.state == Found::State::running) return found;
  if (state == "FINISHED" && !unit.wants_rows && unit.statements.size() == 1) return found;
  TrinoSession session(target_, cancelled_, in_doubt_);
  found.outcome = session.follow(found.handle, unit, [](const connectors::Handle&) { return Result<void>(); });
  return found;
}

Result<TableDescription> TrinoConnector::describe(const std::string& catalog, const std::string& schema, const std::string& name) {
  Client client(*target_);
  const std::string in_catalog = catalog.empty() ? target_->catalog : catalog;
  const std::string in_schema = schema.empty() ? target_->schema : schema;
  if (in_catalog.empty() || in_schema.empty()) {
    return fail(ErrorKind::invalid_input, "the table " + name + " has no catalogue or schema, and neither has the connection");
  }
  const std::string from = " from " + quoted(in_catalog) + ".information_schema.";
  const std::string where = " where table_schema = " + literal(in_schema) + " and table_name = " + literal(name);
  const auto kinds = client.ask("select table_type" + from + "tables" + where);
  if (!kinds) return fail(kinds.error());
  TableDescription table;
  if (kinds->empty()) return table;
  table.kind = kinds->front()[0] == "VIEW" ? TableDescription::Kind::view : TableDescription::Kind::table;
  const auto columns = client.ask("select column_name, data_type, is_nullable" + from + "columns" + where + " order by ordinal_position");
  if (!columns) return fail(columns.error());
  for (const connectors::Row& row : *columns) table.columns.push_back({row[0].value_or(""), row[1].value_or(""), row[2] != "NO"});
  return table;
}

Result<std::vector<connectors::Trace>> TrinoConnector::traces(const std::vector<std::string>& prefixes) {
  using connectors::Trace;
  Client client(*target_);
  std::vector<Trace> traces;
  if (!target_->catalog.empty() && !prefixes.empty()) {
    std::string where;
    for (const std::string& prefix : prefixes)
      where += (where.empty() ? "" : " or ") + ("starts_with(table_name, " + literal(prefix) + ")");
    const auto tables = client.ask("select table_type, table_schema, table_name from " + quoted(target_->catalog) +
                                   ".information_schema.tables where " + where + " order by table_schema, table_name");
    if (!tables) return fail(tables.error());
    for (const connectors::Row& row : *tables) {
      const Trace::Kind kind = row[0] == "VIEW" ? Trace::Kind::view : Trace::Kind::table;
      traces.push_back({kind, target_->catalog, row[1].value_or(""), row[2].value_or(""), {}, {}});
    }
  }
  const auto queries = client.ask("select query_id, substr(source, length(" + literal(kSource) +
                                  ") + 1) from system.runtime.queries where starts_with(source, " + literal(kSource) +
                                  ") and state not in ('FINISHED', 'FAILED') order by query_id");
  if (!queries) return fail(queries.error());
  for (const connectors::Row& row : *queries) {
    Trace& trace = traces.emplace_back();
    trace.kind = Trace::Kind::session;
    trace.name = row[0].value_or("");
    trace.token = row[1].value_or("");
    trace.handle = to_handle({0, true, trace.name, "", trace.token});
  }
  return traces;
}

Result<connectors::Connector::Estimate> TrinoConnector::estimate(const std::string& statement) {
  Client client(*target_);
  const auto rows = client.ask("EXPLAIN (TYPE IO, FORMAT JSON) " + statement);
  if (!rows) return fail(rows.error());
  Estimate estimate;
  const nlohmann::json plan = rows->empty() ? nlohmann::json() : nlohmann::json::parse(rows->front()[0].value_or(""), nullptr, false);
  if (!plan.is_object()) return estimate;
  for (const auto& input : plan.value("inputTableColumnInfos", nlohmann::json::array())) {
    const auto one = input.value("estimate", nlohmann::json::object());
    if (const auto count = estimate_of(one, "outputRowCount")) estimate.rows = estimate.rows.value_or(0) + *count;
    if (const auto bytes = estimate_of(one, "outputSizeInBytes")) estimate.bytes = estimate.bytes.value_or(0) + *bytes;
  }
  return estimate;
}

Result<std::unique_ptr<connectors::Connector>> make(const connectors::Settings& settings, const connectors::Connector* before) {
  Result<Target> target = make_target(settings);
  if (!target) return fail(target.error());
  return std::unique_ptr<connectors::Connector>(std::make_unique<TrinoConnector>(*std::move(target), before));
}

}  // namespace

Result<std::unique_ptr<connectors::Connector>> make_connector(const connectors::Settings& settings) { return make(settings, nullptr); }

Result<std::unique_ptr<connectors::Connector>> make_again(const connectors::Settings& settings, const connectors::Connector& before) {
  return make(settings, &before);
}

}  // namespace penstock::trino
