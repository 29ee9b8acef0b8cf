#include "connectors/duckdb/duckdb.h"

#include <array>
#include <mutex>
#include <nlohmann/json.hpp>
#include <random>

#include "connectors/duckdb/session.h"
#include "connectors/settlement.h"

namespace penstock::duckdb {

namespace {

using connectors::Found;
using connectors::TableDescription;

constexpr std::chrono::seconds kCancelPatience{30};
constexpr std::array<const char*, 5> kConfigKeys = {"memory_limit", "threads", "temp_directory", "max_temp_directory_size",
                                                    "extension_directory"};

std::string random_name() {
  std::random_device random;
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz234567";
  std::string name;
  for (int i = 0; i < 16; ++i) name += kLetters[random() % kLetters.size()];
  return name;
}

std::string quoted(const std::string& name) {
  std::string text = "\"";
  for (char c : name) text += c == '"' ? "\"\"" : std::string(1, c);
  return text + "\"";
}

/// Sums what EXPLAIN expects the scans to read. The shape is that of EXPLAIN (FORMAT JSON) in DuckDB 1.5.6.
void add_scans(const nlohmann::json& node, std::optional<std::int64_t>& rows) {
  if (node.value("name", "").find("SCAN") != std::string::npos && node.contains("extra_info")) {
    const auto& info = node["extra_info"];
    const auto found = info.find("Estimated Cardinality");
    if (found != info.end() && found->is_string()) rows = rows.value_or(0) + std::strtoll(found->get<std::string>().c_str(), nullptr, 10);
  }
  for (const auto& child : node.value("children", nlohmann::json::array())) add_scans(child, rows);
}

class DuckdbConnector : public connectors::Connector {
 public:
  explicit DuckdbConnector(connectors::Settings settings) : settings_(std::move(settings)), redact_(settings_), instance_(random_name()) {}

  Result<std::unique_ptr<connectors::Session>> open() override {
    Result<std::unique_ptr<DuckdbSession>> session = open_session();
    if (!session) return fail(session.error());
    return std::unique_ptr<connectors::Session>(*std::move(session));
  }

  Result<void> cancel(const connectors::Handle& handle) override {
    const std::shared_ptr<const Shared> used = shared();
    // Without an open database nothing runs in this process, and a statement of another process ended with it.
    if (used == nullptr) return {};
    return used->running->cancel(token_of(handle), kCancelPatience);
  }

  Result<Found> find(const connectors::Token& token, const connectors::Unit& unit) override;
  bool token_suffices(const connectors::Unit& unit) const override { return connectors::settles_without_handle(unit); }
  Result<TableDescription> describe(const std::string& catalog, const std::string& schema, const std::string& name) override;
  Result<connectors::Dependants> dependants(const connectors::DependedOn&) override { return connectors::Dependants{}; }
  Result<std::vector<connectors::Trace>> traces(const std::vector<std::string>& prefixes) override;
  Result<Estimate> estimate(const std::string& statement) override;

  Result<std::string> version() override {
    Result<std::unique_ptr<DuckdbSession>> session = open_session();
    if (!session) return fail(session.error());
    return std::string("DuckDB ") + shared()->api->library_version();
  }

 private:
  Result<std::unique_ptr<DuckdbSession>> open_session() {
    Result<std::shared_ptr<const Shared>> shared = open_shared();
    if (!shared) return fail(shared.error());
    return DuckdbSession::open(*std::move(shared));
  }

  std::shared_ptr<const Shared> shared() const {
    const std::lock_guard lock(mutex_);
    return shared_;
  }

  Result<std::shared_ptr<const Shared>> open_shared();

  const connectors::Settings settings_;
  const connectors::Redactor redact_;
  const std::string instance_;
  const std::shared_ptr<connectors::InDoubt> in_doubt_ = std::make_shared<connectors::InDoubt>();
  mutable std::mutex mutex_;
  std::shared_ptr<const Shared> shared_;  ///< Guarded by mutex_.
};

Result<std::shared_ptr<const Shared>> DuckdbConnector::open_shared() {
  const std::lock_guard lock(mutex_);
  if (shared_ != nullptr && !shared_->database->poisoned()) return shared_;
  shared_.reset();
  Result<std::shared_ptr<const Api>> api = load_api(connectors::text_of(settings_, "library"));
  if (!api) return fail(api.error());
  DatabaseOptions options;
  options.path = connectors::text_of(settings_, "path", ":memory:");
  options.read_only = settings_.read_only;
  for (const char* key : kConfigKeys) {
    const std::string value = connectors::text_of(settings_, key);
    if (!value.empty()) options.config[key] = value;
  }
  Result<std::shared_ptr<Database>> database = Database::open(*api, options, redact_);
  if (!database) return fail(database.error());
  auto shared = std::make_shared<Shared>();
  shared->api = *api;
  shared->database = *database;
  shared->running = std::make_shared<Running>(*api);
  shared->in_doubt = in_doubt_;
  shared->redact = redact_;
  shared->instance = instance_;
  if (!settings_.schema.empty())
    shared->use = (settings_.catalog.empty() ? "" : quoted(settings_.catalog) + ".") + quoted(settings_.schema);
  shared_ = shared;
  return shared_;
}

Result<Found> DuckdbConnector::find(const connectors::Token& token, const connectors::Unit& unit) {
  Result<std::unique_ptr<DuckdbSession>> session = open_session();
  if (!session) return fail(session.error());
  Found found;
  if (shared()->running->contains(token.id)) {
    found.state = Found::State::running;
    found.handle.text = "duckdb:" + instance_ + ":" + token.id;
    return found;
  }
  found.state = Found::State::never_arrived;
  if (unit.ledger_token.empty()) {
    if (in_doubt_->handle_of(token.id)) found.state = Found::State::unknown;
    return found;
  }
  const Result<connectors::LedgerEntry> entry = (*session)->read_ledger(unit);
  if (!entry) return fail(entry.error());
  return connectors::found_in_ledger(unit, *entry, "the process that ran the statement has ended");
}

Result<TableDescription> DuckdbConnector::describe(const std::string& catalog, const std::string& schema, const std::string& name) {
  Result<std::unique_ptr<DuckdbSession>> session = open_session();
  if (!session) return fail(session.error());
  const auto condition = [](const char* table, const char* database, const char* in_schema) {
    return " where lower(" + std::string(table) + ") = lower($1) and lower(" + database +
           ") = lower(case when $2 = '' then current_database() else $2 end) and lower(" + in_schema +
           ") = lower(case when $3 = '' then current_schema() else $3 end)";
  };
  const std::vector<std::string> parameters = {name, catalog, schema};
  const auto kinds = (*session)->ask(
      "select table_type from information_schema.tables" + condition("table_name", "table_catalog", "table_schema"), parameters);
  if (!kinds) return fail(kinds.error());
  TableDescription table;
  if (kinds->empty()) return table;
  table.kind = kinds->front()[0] == "VIEW" ? TableDescription::Kind::view : TableDescription::Kind::table;
  const auto columns = (*session)->ask("select column_name, data_type, is_nullable from duckdb_columns()" +
                                           condition("table_name", "database_name", "schema_name") + " order by column_index",
                                       parameters);
  if (!columns) return fail(columns.error());
  for (const connectors::Row& row : *columns) {
    table.columns.push_back({row[0].value_or(""), row[1].value_or(""), row[2].value_or("true") == "true"});
  }
  return table;
}

Result<std::vector<connectors::Trace>> DuckdbConnector::traces(const std::vector<std::string>& prefixes) {
  using connectors::Trace;
  if (prefixes.empty()) return std::vector<Trace>{};
  Result<std::unique_ptr<DuckdbSession>> session = open_session();
  if (!session) return fail(session.error());
  std::string begins;
  for (std::size_t i = 1; i <= prefixes.size(); ++i)
    begins += (i == 1 ? "" : " or ") + ("starts_with(table_name, $" + std::to_string(i) + ")");
  const auto tables = (*session)->ask(
      "select table_type, table_catalog, table_schema, table_name from information_schema.tables where table_catalog = current_database() "
      "and (" +
          begins + ") order by table_schema, table_name",
      prefixes);
  if (!tables) return fail(tables.error());
  std::vector<Trace> traces;
  for (const connectors::Row& row : *tables) {
    const Trace::Kind kind = row[0] == "VIEW" ? Trace::Kind::view : Trace::Kind::table;
    traces.push_back({kind, row[1].value_or(""), row[2].value_or(""), row[3].value_or(""), {}, {}});
  }
  return traces;
}

Result<connectors::Connector::Estimate> DuckdbConnector::estimate(const std::string& statement) {
  Result<std::unique_ptr<DuckdbSession>> session = open_session();
  if (!session) return fail(session.error());
  const auto rows = (*session)->ask("EXPLAIN (FORMAT JSON) " + statement, {});
  if (!rows) return fail(rows.error());
  Estimate estimate;
  if (rows->empty() || rows->front().size() < 2) return estimate;
  const nlohmann::json plan = nlohmann::json::parse(rows->front()[1].value_or(""), nullptr, false);
  if (plan.is_discarded() || !plan.is_array()) return estimate;
  for (const auto& node : plan) add_scans(node, estimate.rows);
  return estimate;
}

}  // namespace

Result<std::unique_ptr<connectors::Connector>> make_connector(const connectors::Settings& settings) {
  const Result<void> keys = connectors::check_keys(
      settings, {"path", "library", "memory_limit", "threads", "temp_directory", "max_temp_directory_size", "extension_directory"});
  if (!keys) return fail(keys.error());
  if (connectors::text_of(settings, "path").empty()) {
    return fail(ErrorKind::invalid_input, "connection \"" + settings.name + "\": a connection of type duckdb needs `path`",
                "a file such as warehouse.duckdb, or \":memory:\"");
  }
  return std::unique_ptr<connectors::Connector>(std::make_unique<DuckdbConnector>(settings));
}

}  // namespace penstock::duckdb
