#include "connectors/duckdb/session.h"

#include <array>

#include "connectors/duckdb/errors.h"
#include "connectors/settlement.h"

namespace penstock::duckdb {

using connectors::Outcome;

namespace {

constexpr std::string_view kHandlePrefix = "duckdb:";
constexpr int kCatalogError = 13;

class Statement {
 public:
  Statement(const Api& api, ConnectionHandle* connection, const std::string& sql)
      : api_(api), prepared_(api.prepare(connection, sql.c_str(), &handle_) == 0) {}
  ~Statement() { api_.destroy_prepare(&handle_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  bool prepared() const { return prepared_; }
  StatementHandle* handle() const { return handle_; }

 private:
  const Api& api_;
  StatementHandle* handle_ = nullptr;
  bool prepared_;
};

/// The same query with some columns written as text by the engine.
std::string with_text_columns(const std::string& sql, Index columns, const std::vector<Index>& as_text) {
  std::string list;
  std::size_t next = 0;
  for (Index i = 0; i < columns; ++i) {
    const std::string column = "#" + std::to_string(i + 1);
    const bool text = next < as_text.size() && as_text[next] == i;
    if (text) ++next;
    list += (list.empty() ? "" : ", ") + (text ? "cast(" + column + " as varchar)" : column);
  }
  return "select " + list + " from (" + sql + "\n)";
}

Error stop_error(Running::Stop stop, std::chrono::milliseconds timeout) {
  Error error;
  if (stop == Running::Stop::timed_out) {
    error.kind = ErrorKind::timed_out;
    error.message = "the statement did not end within its timeout of " + std::to_string(timeout.count()) + " ms";
  } else {
    error.kind = ErrorKind::cancelled;
    error.message = "the statement was cancelled";
  }
  return error;
}

}  // namespace

std::string token_of(const connectors::Handle& handle) {
  const std::size_t last = handle.text.rfind(':');
  if (handle.text.rfind(kHandlePrefix, 0) != 0 || last < kHandlePrefix.size()) return {};
  return handle.text.substr(last + 1);
}

Result<std::unique_ptr<DuckdbSession>> DuckdbSession::open(const std::shared_ptr<const Shared>& shared) {
  ConnectionHandle* connection = nullptr;
  if (shared->api->connect(shared->database->handle(), &connection) != 0) {
    return fail(ErrorKind::unavailable, "DuckDB gave no connection to its database");
  }
  std::unique_ptr<DuckdbSession> session(new DuckdbSession(shared, connection));
  // A library without ICU has no time zones but UTC and refuses the setting.
  session->execute("SET TimeZone = 'UTC'", nullptr);
  if (!shared->use.empty()) {
    if (std::optional<Error> error = session->execute("USE " + shared->use, nullptr)) {
      error->kind = ErrorKind::invalid_input;
      error->hint = "create the schema first, or change `schema` of the connection";
      return fail(*std::move(error));
    }
  }
  return session;
}

DuckdbSession::DuckdbSession(std::shared_ptr<const Shared> shared, ConnectionHandle* connection)
    : shared_(std::move(shared)), connection_(connection) {}

DuckdbSession::~DuckdbSession() { shared_->api->disconnect(&connection_); }

Error DuckdbSession::error_of(QueryResult& result) {
  const int type = result.error_type();
  if (poisons_database(type)) shared_->database->poison();
  return to_error(type, result.error_text(), shared_->database->folder(), shared_->redact);
}

std::optional<Error> DuckdbSession::execute(const std::string& sql, std::int64_t* rows_written) {
  QueryResult result(*shared_->api);
  if (shared_->api->query(connection_, sql.c_str(), result.raw()) != 0) return error_of(result);
  if (rows_written != nullptr) *rows_written = result.rows_written();
  return std::nullopt;
}

// Streams, so that a preview of a large table is not computed whole. A statement that cannot be prepared is sent as a plain query, whose
// error has a type.
std::optional<Error> DuckdbSession::read(const std::string& sql, std::size_t most, Outcome& outcome) {
  QueryResult result(*shared_->api);
  const Statement statement(*shared_->api, connection_, sql);
  const int state = statement.prepared() ? shared_->api->execute_prepared_streaming(statement.handle(), result.raw())
                                         : shared_->api->query(connection_, sql.c_str(), result.raw());
  if (state != 0) return error_of(result);
  if (outcome.columns.empty()) outcome.columns = result.columns();
  const std::vector<Index> as_text = result.columns_for_the_engine();
  if (!as_text.empty() && statement.prepared() && shared_->api->prepared_statement_type(statement.handle()) == kSelectStatement) {
    return read(with_text_columns(sql, outcome.columns.size(), as_text), most, outcome);
  }
  if (!result.fetch(outcome.rows, most, outcome.more_rows)) return error_of(result);
  return std::nullopt;
}

Result<std::vector<connectors::Row>> DuckdbSession::ask(const std::string& sql, const std::vector<std::string>& parameters) {
  const Api& api = *shared_->api;
  const Statement statement(api, connection_, sql);
  QueryResult result(api);
  if (!statement.prepared()) {
    api.query(connection_, sql.c_str(), result.raw());
    return fail(error_of(result));
  }
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    api.bind_varchar_length(statement.handle(), i + 1, parameters[i].data(), parameters[i].size());
  }
  constexpr std::size_t kMostRows = 100'000;
  std::vector<connectors::Row> rows;
  bool more = false;
  if (api.execute_prepared(statement.handle(), result.raw()) != 0 || !result.fetch(rows, kMostRows, more)) return fail(error_of(result));
  return rows;
}

Result<connectors::LedgerEntry> DuckdbSession::read_ledger(const connectors::Unit& unit) {
  const std::string sql = connectors::ledger_question(unit, "?");
  const Statement statement(*shared_->api, connection_, sql);
  if (!statement.prepared()) {
    // A failed prepare has no type of error; a failed query has.
    QueryResult result(*shared_->api);
    shared_->api->query(connection_, connectors::ledger_question(unit, "''").c_str(), result.raw());
    if (result.error_type() == kCatalogError) return connectors::LedgerEntry();
  }
  Result<std::vector<connectors::Row>> rows = ask(sql, {unit.ledger_token});
  if (!rows) return fail(rows.error());
  return connectors::to_ledger_entry(*rows);
}

Result<connectors::Handle> DuckdbSession::submit(const connectors::Unit&, const connectors::Token& token) {
  if (shared_->database->poisoned()) return fail(ErrorKind::unavailable, "DuckDB gave up the database after a fatal error");
  pending_ = token.id;
  return connectors::Handle{std::string(kHandlePrefix) + shared_->instance + ":" + token.id};
}

Outcome DuckdbSession::follow(const connectors::Handle& handle, const connectors::Unit& unit, const connectors::HandleMoved&) {
  const std::string token = token_of(handle);
  const bool ours = handle.text == std::string(kHandlePrefix) + shared_->instance + ":" + pending_ && !pending_.empty();
  pending_.clear();
  if (!ours) {
    // A statement runs in the process that sent it: either it is in this one, or it has ended with the other.
    shared_->running->wait(token);
    Outcome settled = settle(unit);
    shared_->in_doubt->note(token, handle, settled);
    return settled;
  }
  const auto started = std::chrono::steady_clock::now();
  const Running::Entry entry(*shared_->running, token, connection_, unit.timeout);
  Outcome outcome = run(unit, entry);
  outcome.engine_time = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started);
  outcome.engine_query_id = token;
  shared_->in_doubt->note(token, handle, outcome);
  return outcome;
}

Outcome DuckdbSession::settle(const connectors::Unit& unit) {
  const std::string what = "the process that ran the statement has ended";
  if (unit.ledger_token.empty()) return connectors::lost(unit, what);
  const Result<connectors::LedgerEntry> entry = read_ledger(unit);
  if (!entry) return connectors::lost(unit, what + ", and the ledger cannot be read: " + entry.error().message);
  return connectors::settled_by_ledger(unit, *entry, what);
}

Outcome DuckdbSession::run(const connectors::Unit& unit, const Running::Entry& entry) {
  if (!unit.transaction) return run_statements(unit, entry);
  if (std::optional<Error> error = execute("BEGIN TRANSACTION", nullptr)) return connectors::failed_with(*std::move(error));
  Outcome outcome = run_statements(unit, entry);
  if (outcome.state == Outcome::State::succeeded) {
    std::optional<Error> error = execute("COMMIT", nullptr);
    if (!error) return outcome;
    outcome = connectors::failed_with(*std::move(error));
  }
  // Fails harmlessly where DuckDB has rolled back by itself.
  execute("ROLLBACK", nullptr);
  return outcome;
}

Outcome DuckdbSession::run_statements(const connectors::Unit& unit, const Running::Entry& entry) {
  Outcome outcome;
  for (std::size_t i = 0; i < unit.statements.size(); ++i) {
    const std::string& sql = unit.statements[i];
    std::optional<Error> error;
    if (const Running::Stop stop = entry.stop(); stop != Running::Stop::none) {
      return connectors::failed_with(stop_error(stop, unit.timeout));
    }
    if (unit.wants_rows && i + 1 == unit.statements.size()) {
      error = read(sql, unit.most_rows, outcome);
    } else {
      std::int64_t written = -1;
      error = execute(sql, &written);
      if (written >= 0 && !connectors::writes_ledger(unit, sql)) outcome.rows_written = written;
    }
    if (!error) continue;
    const Running::Stop stop = entry.stop();
    if (error->kind == ErrorKind::cancelled && stop != Running::Stop::none) return connectors::failed_with(stop_error(stop, unit.timeout));
    return connectors::failed_with(*std::move(error));
  }
  return outcome;
}

}  // namespace penstock::duckdb
