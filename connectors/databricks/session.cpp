#include "connectors/databricks/session.h"

#include <algorithm>
#include <thread>

#include "connectors/databricks/history.h"

namespace penstock::databricks {

using Clock = std::chrono::steady_clock;
using connectors::make_error;
using connectors::Outcome;
using connectors::Unit;

namespace {

// A pause is a tenth of the time that the statement has run: little of it is lost, and few questions are asked about a long one.
constexpr std::chrono::milliseconds kShortestPause{50};
constexpr std::chrono::milliseconds kLongestPause{15'000};
constexpr int kPausesPerAge = 10;
constexpr std::chrono::milliseconds kStopPause{100};
constexpr std::chrono::seconds kStopPatience{60};
// The comment at its head is a line of its own.
constexpr int kLinesBefore = 1;

Error cancelled_error() { return make_error(ErrorKind::cancelled, "the statement was cancelled"); }

bool may_be_sent_again(const Unit& unit) { return unit.idempotent || unit.wants_rows; }

std::chrono::milliseconds pause_after(Clock::duration age) {
  return std::clamp(std::chrono::duration_cast<std::chrono::milliseconds>(age / kPausesPerAge), kShortestPause, kLongestPause);
}

}  // namespace

void Known::announce(const std::string& token) {
  const std::lock_guard lock(mutex_);
  announced_.insert(token);
}

bool Known::is_announced(const std::string& token) const {
  const std::lock_guard lock(mutex_);
  return announced_.count(token) > 0;
}

bool Known::take(const std::string& token) {
  const std::lock_guard lock(mutex_);
  return announced_.erase(token) > 0;
}

void Known::note_running(const std::string& token, const std::string& id) {
  const std::lock_guard lock(mutex_);
  running_[token] = id;
}

void Known::note_ended(const std::string& token) {
  const std::lock_guard lock(mutex_);
  running_.erase(token);
}

std::optional<std::string> Known::running(const std::string& token) const {
  const std::lock_guard lock(mutex_);
  const auto found = running_.find(token);
  return found == running_.end() ? std::nullopt : std::optional<std::string>(found->second);
}

Result<Statement> stop_and_confirm(Client& client, const std::string& id) {
  if (const Result<void> told = client.cancel(id); !told) return fail(told.error());
  const auto deadline = Clock::now() + kStopPatience;
  while (true) {
    Result<Statement> statement = client.statement(id);
    if (!statement || statement->has_ended()) return statement;
    if (Clock::now() >= deadline) break;
    std::this_thread::sleep_for(kStopPause);
  }
  return fail(ErrorKind::timed_out, "Databricks has not ended statement " + id + " after it was cancelled");
}

/// The state of one `follow`.
struct DatabricksSession::Following {
  const Unit& unit;
  const connectors::HandleMoved& moved;
  Position position;
  /// An earlier process may have sent what is sent next: it is looked for first.
  bool is_adopted = false;
  connectors::Token token{};
  Clock::time_point begun = Clock::now();
  Deadline deadline{};
  Outcome outcome{};
  bool lost_login = false;

  bool is_last() const { return position.statement + 1 == unit.statements.size(); }
  const std::string& statement() const { return unit.statements[position.statement]; }
};

DatabricksSession::DatabricksSession(std::shared_ptr<const Target> target, std::shared_ptr<Known> known)
    : target_(std::move(target)), known_(std::move(known)), client_(*target_) {}

Result<connectors::Handle> DatabricksSession::submit(const Unit& unit, const connectors::Token& token) {
  if (const auto fits = connectors::check_single_statements(unit, target_->read_only,
                                                            "SQL warehouses have no transactions over several statements of this API");
      !fits) {
    return fail(fits.error());
  }
  if (const auto warehouse = unit.compute.find("warehouse"); warehouse != unit.compute.end() && !warehouse_id(warehouse->second)) {
    return fail(ErrorKind::invalid_input, "`warehouse` of the compute is no id of a SQL warehouse",
                "expected 1a2b3c4d5e6f7a8b, or the HTTP path that ends in it");
  }
  token_ = token;
  known_->announce(token.id);
  return to_handle({0, WallClock::now(), token.id, ""});
}

Outcome DatabricksSession::follow(const connectors::Handle& handle, const Unit& unit, const connectors::HandleMoved& moved) {
  std::optional<Position> position = to_position(handle);
  if (!position || position->statement >= unit.statements.size()) {
    return connectors::failed_with(make_error(ErrorKind::invalid_input, "this is no handle of Databricks for this unit"));
  }
  Following following{unit, moved, *std::move(position)};
  const std::string token = following.position.token;
  following.is_adopted = !known_->take(token);
  following.token.id = token;
  if (token_.id == token) following.token = token_;
  if (unit.timeout.count() > 0) following.deadline = following.begun + unit.timeout;
  Outcome outcome = follow_unit(following);
  outcome.lost_login = following.lost_login && outcome.state != Outcome::State::succeeded;
  known_->cancelled.remove(token);
  known_->note_ended(token);
  known_->in_doubt.note(token, to_handle(following.position), outcome);
  outcome.engine_query_id = following.position.id;
  return outcome;
}

Outcome DatabricksSession::follow_unit(Following& following) {
  while (true) {
    if (following.position.id.empty()) {
      if (End end = begin(following)) return *std::move(end);
    }
    if (End end = follow_statement(following)) return *std::move(end);
    if (following.is_last()) return std::move(following.outcome);
    ++following.position.statement;
    following.position.id.clear();
    following.position.since = WallClock::now();
  }
}

// There is no client's id by which a statement could be sent twice and run once: so what may have been sent is looked for first.
DatabricksSession::End DatabricksSession::begin(Following& following) {
  if (following.is_adopted && !following.unit.wants_rows) {
    const Result<bool> attached = attach(following);
    if (!attached) return settle(following, attached.error());
    if (*attached) return keep_safe(following);
    const Error cause = make_error(ErrorKind::transient, "the process that was to send the statement has ended");
    if (End end = never_arrived(following, cause, true)) return end;
  }
  return send(following);
}

DatabricksSession::End DatabricksSession::send(Following& following) {
  if (known_->cancelled.contains(following.position.token)) return connectors::failed_with(cancelled_error());
  Execution execution;
  execution.text = comment_of(following.token, following.position.statement) + following.statement();
  execution.token = &following.token;
  const auto& compute = following.unit.compute;
  if (const auto own = compute.find("warehouse"); own != compute.end()) execution.warehouse = warehouse_id(own->second).value_or("");
  if (following.unit.wants_rows && following.is_last()) execution.most_rows = following.unit.most_rows + 1;
  following.position.since = WallClock::now();
  Result<Statement> statement = client_.execute(execution);
  if (statement) {
    following.position.id = statement->id;
    return keep_safe(following);
  }
  const Error& error = statement.error();
  following.lost_login = error.kind == ErrorKind::unauthenticated;
  if (error.kind != ErrorKind::in_doubt) return connectors::failed_with(error);
  const Result<bool> attached = attach(following);
  if (!attached) return settle(following, error);
  if (*attached) return keep_safe(following);
  return never_arrived(following, error, false);
}

// False where the query history does not have it.
Result<bool> DatabricksSession::attach(Following& following) {
  const auto found = recorded_by_now(client_, following.position.token, following.position.since);
  if (!found) return fail(found.error());
  if (!*found || (*found)->statement < following.position.statement || (*found)->statement >= following.unit.statements.size())
    return false;
  following.position.statement = (*found)->statement;
  following.position.id = (*found)->id;
  return true;
}

// No trace of it in the query history. Nothing where it may be sent.
DatabricksSession::End DatabricksSession::never_arrived(Following& following, const Error& cause, bool may_send) {
  const Unit& unit = following.unit;
  Error told = cause;
  told.kind = ErrorKind::transient;
  if (!may_be_sent_again(unit)) {
    // The query history is no proof; the table's own is one.
    if (unit.written_table.empty()) return connectors::lost(unit, cause.message);
    const Result<Landed> landed = has_landed_since(client_, unit.written_table, following.position.token, following.position.since);
    if (!landed) return connectors::lost(unit, cause.message + ", and the table's history cannot be read: " + landed.error().message);
    if (landed->answer == Landed::Answer::untold) return connectors::lost(unit, cause.message);
    if (landed->answer == Landed::Answer::yes) {
      following.outcome.rows_written = landed->rows;
      return std::move(following.outcome);
    }
  }
  if (may_send) return std::nullopt;
  return connectors::failed_with(std::move(told));
}

DatabricksSession::End DatabricksSession::keep_safe(Following& following) {
  known_->note_running(following.position.token, following.position.id);
  const Result<void> safe = following.moved(to_handle(following.position));
  if (safe) return std::nullopt;
  return connectors::failed_with(make_error(ErrorKind::in_doubt, "the handle could not be made safe: " + safe.error().message));
}

// Nothing where the statement has succeeded.
DatabricksSession::End DatabricksSession::follow_statement(Following& following) {
  known_->note_running(following.position.token, following.position.id);
  const auto begun = Clock::now();
  while (true) {
    Result<Statement> statement = client_.statement(following.position.id);
    if (!statement) {
      Error cause = statement.error();
      following.lost_login = cause.kind == ErrorKind::unauthenticated;
      if (cause.kind == ErrorKind::not_found) cause = make_error(ErrorKind::transient, "Databricks has forgotten the statement");
      return settle(following, std::move(cause));
    }
    if (statement->has_ended()) return ended(following, *statement);
    auto pause = pause_after(Clock::now() - begun);
    if (following.deadline) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(*following.deadline - Clock::now());
      if (left.count() <= 0) {
        return stop(following, make_error(ErrorKind::timed_out, "the statement did not end within its timeout of " +
                                                                    std::to_string(following.unit.timeout.count()) + " ms"));
      }
      pause = std::min(pause, left);
    }
    if (known_->cancelled.wait(following.position.token, Clock::now() + pause)) return stop(following, cancelled_error());
  }
}

DatabricksSession::End DatabricksSession::ended(Following& following, Statement& statement) {
  const Unit& unit = following.unit;
  Outcome& outcome = following.outcome;
  switch (statement.state) {
    case Statement::State::failed: {
      const StatementError error = statement.error.value_or(StatementError());
      if (has_committed(error)) break;
      Error cause = to_error(client_, error, following.statement(), kLinesBefore);
      outcome.failed_statement = static_cast<int>(following.position.statement);
      if (!may_have_landed(error)) return connectors::failed_with(std::move(cause));
      return settle(following, std::move(cause));
    }
    case Statement::State::cancelled:
      return settle(following, cancelled_error());
    case Statement::State::closed:
      if (unit.wants_rows && following.is_last()) {
        return connectors::failed_with(make_error(ErrorKind::transient, "the statement's rows are gone: a result is kept for an hour"));
      }
      break;
    default:
      break;
  }
  if (const auto affected = statement.affected_rows()) outcome.rows_written = affected;
  if (!following.is_last()) return std::nullopt;
  if (unit.wants_rows) {
    if (const Result<void> taken = client_.take_rows(statement, unit.most_rows + 1); !taken) return settle(following, taken.error());
    outcome.more_rows = statement.is_truncated || statement.rows.size() > unit.most_rows;
    if (statement.rows.size() > unit.most_rows) statement.rows.resize(unit.most_rows);
    outcome.columns = std::move(statement.columns);
    outcome.rows = std::move(statement.rows);
    return std::nullopt;
  }
  if (unit.written_table.empty()) return std::nullopt;
  // CREATE TABLE AS tells no number itself.
  if (!outcome.rows_written) {
    const Result<Landed> landed = has_landed(client_, unit.written_table, following.position.id);
    if (landed) outcome.rows_written = landed->rows;
  }
  const Told history = told(client_, following.position.id);
  outcome.bytes_scanned = history.bytes;
  outcome.engine_time = history.time;
  return std::nullopt;
}

Outcome DatabricksSession::stop(Following& following, Error cause) {
  Result<Statement> statement = stop_and_confirm(client_, following.position.id);
  if (statement) {
    if (statement->state == Statement::State::cancelled) return settle(following, std::move(cause));
    // It was faster.
    if (End end = ended(following, *statement)) return *std::move(end);
    if (following.is_last()) return std::move(following.outcome);
    return connectors::failed_with(std::move(cause));
  }
  if (statement.error().kind == ErrorKind::not_found) return settle(following, std::move(cause));
  cause.message += ", and it may still run: " + statement.error().message;
  cause.kind = ErrorKind::in_doubt;
  return connectors::failed_with(std::move(cause));
}

// The statement has not told its end: what counts is whether its change is in the table.
Outcome DatabricksSession::settle(Following& following, Error cause) {
  const Unit& unit = following.unit;
  if (may_be_sent_again(unit)) {
    if (cause.kind == ErrorKind::unavailable || cause.kind == ErrorKind::not_found) cause.kind = ErrorKind::transient;
    return connectors::failed_with(std::move(cause));
  }
  const std::string what = cause.message;
  const auto in_doubt = [&](const std::string& words) {
    Outcome outcome = connectors::lost(unit, words);
    outcome.error.vendor_code = cause.vendor_code;
    return outcome;
  };
  if (unit.written_table.empty() || !following.is_last() || following.position.id.empty()) return in_doubt(what);
  // A statement that has been forgotten ended hours ago; of one that cannot be asked about nothing is known.
  Result<Statement> statement = client_.statement(following.position.id);
  if (statement && !statement->has_ended()) statement = stop_and_confirm(client_, following.position.id);
  if (!statement && statement.error().kind != ErrorKind::not_found) return in_doubt(what);
  const Result<Landed> landed = has_landed(client_, unit.written_table, following.position.id);
  if (!landed) return in_doubt(what + ", and the table's history cannot be read: " + landed.error().message);
  if (landed->answer == Landed::Answer::untold) return in_doubt(what);
  if (landed->answer == Landed::Answer::yes) {
    following.outcome.rows_written = landed->rows;
    return std::move(following.outcome);
  }
  if (cause.kind == ErrorKind::unavailable || cause.kind == ErrorKind::not_found) cause.kind = ErrorKind::transient;
  return connectors::failed_with(std::move(cause));
}

}  // namespace penstock::databricks
