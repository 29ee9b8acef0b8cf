#include "connectors/postgres/session.h"

#include <algorithm>

#include "connectors/postgres/errors.h"
#include "connectors/settlement.h"

namespace penstock::postgres {

using Clock = std::chrono::steady_clock;
using connectors::Outcome;

namespace {

Wire::Deadline deadline_of(const connectors::Unit& unit) {
  return unit.timeout.count() > 0 ? Wire::Deadline(Clock::now() + unit.timeout) : std::nullopt;
}

Outcome timed_out(const connectors::Unit& unit) {
  return connectors::failed_with({ErrorKind::timed_out,
                                  "the statement did not end within its timeout of " + std::to_string(unit.timeout.count()) + " ms", "",
                                  std::string(kQueryCancelled), "", -1});
}

Outcome cancelled() {
  return connectors::failed_with({ErrorKind::cancelled, "the statement was cancelled", "", std::string(kQueryCancelled), "", -1});
}

std::string quoted(const std::string& text) {
  std::string quoted = "'";
  for (char c : text) quoted += c == '\'' ? "''" : std::string(1, c);
  return quoted + "'";
}

/// The byte at which the n-th character of UTF-8 begins.
std::size_t byte_of_character(const std::string& text, std::size_t character) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) continue;
    if (character == 0) break;
    --character;
  }
  return at;
}

/// A unit as one string, and where each statement begins in it.
struct Text {
  std::string sql = "BEGIN;\n";
  std::vector<std::size_t> begins;
};

/// Whether the unit drops its table and makes it anew. Then it goes as one transaction too, which marks the table with the unit's token: it
/// ends although this process dies, and the mark says that it was this try which made the table.
bool makes_anew(const connectors::Unit& unit) {
  return unit.idempotent && unit.ledger_token.empty() && !unit.written_table.empty() && unit.statements.size() > 1;
}

// A line break before each semicolon: a statement may end in a comment.
Text as_transaction(const connectors::Unit& unit, const std::string& token) {
  Text text;
  for (const std::string& statement : unit.statements) {
    text.begins.push_back(text.sql.size());
    text.sql += statement + "\n;\n";
  }
  if (makes_anew(unit)) text.sql += "COMMENT ON TABLE " + unit.written_table + " IS " + quoted(application_name(token)) + ";\n";
  text.sql += "COMMIT";
  return text;
}

}  // namespace

void Cancelled::add(const std::string& token) {
  const std::lock_guard lock(mutex_);
  tokens_.insert(token);
}

void Cancelled::remove(const std::string& token) {
  const std::lock_guard lock(mutex_);
  tokens_.erase(token);
}

bool Cancelled::contains(const std::string& token) const {
  const std::lock_guard lock(mutex_);
  return tokens_.count(token) > 0;
}

PostgresSession::PostgresSession(std::shared_ptr<const Target> target, std::shared_ptr<Cancelled> cancelled,
                                 std::shared_ptr<connectors::InDoubt> in_doubt, std::unique_ptr<Wire> wire)
    : target_(std::move(target)), cancelled_(std::move(cancelled)), in_doubt_(std::move(in_doubt)), wire_(std::move(wire)) {}

Result<connectors::Handle> PostgresSession::submit(const connectors::Unit& unit, const connectors::Token& token) {
  const bool had_wire = wire_ != nullptr;
  Result<void> ready = had_wire ? make_ready(unit, token.id) : Result<void>(fail(ErrorKind::unavailable, "not connected"));
  if (!ready && (!had_wire || !wire_->alive())) {
    // The connection was lost while it was idle, so nothing was under way: a new one is as good.
    Result<std::unique_ptr<Wire>> wire = Wire::connect(*target_);
    if (!wire) return fail(wire.error());
    wire_ = *std::move(wire);
    ready = make_ready(unit, token.id);
  }
  if (!ready) return fail(ready.error());
  pending_ = token.id;
  return to_handle({wire_->backend(), token.id});
}

Result<void> PostgresSession::make_ready(const connectors::Unit& unit, const std::string& token) {
  const std::string sql = "select pg_advisory_unlock_all(), set_config('application_name', " + quoted(application_name(token)) +
                          ", false), set_config('statement_timeout', '" + std::to_string(unit.timeout.count()) +
                          "', false), pg_try_advisory_lock(" + std::to_string(lock_key(token)) + ")";
  Wire::Sent sent = wire_->send(sql, std::nullopt, {true, 1, false});
  if (sent.error) {
    if (sent.connection_lost) sent.error->kind = ErrorKind::unavailable;
    return fail(*sent.error);
  }
  if (sent.data.empty() || sent.data[0][3] != "true") {
    return fail(ErrorKind::transient, "another session still works on the same try of this statement", "it is adopted by its handle");
  }
  return {};
}

Outcome PostgresSession::follow(const connectors::Handle& handle, const connectors::Unit& unit, const connectors::HandleMoved&) {
  const std::optional<UnitName> name = to_name(handle);
  if (!name) return connectors::failed_with({ErrorKind::invalid_input, "this is no handle of PostgreSQL", "", "", "", -1});
  const bool ours = !pending_.empty() && wire_ != nullptr && handle.text == to_handle({wire_->backend(), pending_}).text;
  pending_.clear();
  const auto started = Clock::now();
  Outcome outcome = ours ? run(*name, unit) : adopt(*name, unit, deadline_of(unit), "the process that sent the statement has ended");
  cancelled_->remove(name->token);
  in_doubt_->note(name->token, handle, outcome);
  outcome.engine_query_id = std::to_string(name->backend.pid);
  outcome.engine_time = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started);
  return outcome;
}

Outcome PostgresSession::run(const UnitName& name, const connectors::Unit& unit) {
  const Wire::Deadline deadline = deadline_of(unit);
  return unit.transaction || makes_anew(unit) ? run_transaction(name, unit, deadline) : run_statements(name, unit, deadline);
}

// One string: it then commits even if this process dies on the way, and its end is the ledger's to tell.
Outcome PostgresSession::run_transaction(const UnitName& name, const connectors::Unit& unit, Wire::Deadline deadline) {
  const Text text = as_transaction(unit, name.token);
  Wire::Sent sent = wire_->send(text.sql, deadline, {unit.wants_rows, unit.most_rows, false});
  if (sent.error) {
    if (sent.error_character >= 0) {
      const std::size_t byte = byte_of_character(text.sql, static_cast<std::size_t>(sent.error_character));
      for (std::size_t begin : text.begins) {
        if (begin <= byte) sent.error->statement_offset = static_cast<long>(byte - begin);
      }
    }
    if (!sent.connection_lost) wire_->send("ROLLBACK", std::nullopt, {});
    return failed(name, unit, std::move(sent), deadline);
  }
  Outcome outcome;
  take_rows(sent, outcome);
  // The first count is BEGIN's. A statement with semicolons of its own would shift them, and then there is no telling.
  const std::size_t own = makes_anew(unit) ? 3 : 2;
  if (sent.rows.size() != unit.statements.size() + own) return outcome;
  for (std::size_t i = 0; i < unit.statements.size(); ++i) {
    if (sent.rows[i + 1] && !connectors::writes_ledger(unit, unit.statements[i])) outcome.rows_written = sent.rows[i + 1];
  }
  return outcome;
}

Outcome PostgresSession::run_statements(const UnitName& name, const connectors::Unit& unit, Wire::Deadline deadline) {
  Outcome outcome;
  for (std::size_t i = 0; i < unit.statements.size(); ++i) {
    if (cancelled_->contains(name.token)) {
      return cancelled();
    }
    const bool wants_rows = unit.wants_rows && i + 1 == unit.statements.size();
    Wire::Sent sent = wire_->send(unit.statements[i], deadline, {wants_rows, unit.most_rows, true});
    if (sent.error) {
      if (sent.error_character >= 0) {
        sent.error->statement_offset =
            static_cast<long>(byte_of_character(unit.statements[i], static_cast<std::size_t>(sent.error_character)));
      }
      return failed(name, unit, std::move(sent), deadline);
    }
    for (const std::optional<std::int64_t>& rows : sent.rows) {
      if (rows && !connectors::writes_ledger(unit, unit.statements[i])) outcome.rows_written = rows;
    }
    if (wants_rows) take_rows(sent, outcome);
  }
  return outcome;
}

void PostgresSession::take_rows(Wire::Sent& sent, Outcome& outcome) {
  if (sent.columns.empty()) return;
  wire_->name_types(sent);
  outcome.columns = std::move(sent.columns);
  outcome.rows = std::move(sent.data);
  outcome.more_rows = sent.more_data;
}

Outcome PostgresSession::failed(const UnitName& name, const connectors::Unit& unit, Wire::Sent sent, Wire::Deadline deadline) {
  if (!sent.connection_lost) {
    const bool late = deadline && Clock::now() >= *deadline;
    if (sent.timed_out || (late && sent.error->sqlstate == kQueryCancelled)) return timed_out(unit);
    return connectors::failed_with(*std::move(sent.error));
  }
  wire_.reset();
  // A server that says why it ends the connection (57P01) has rolled back, unless the words were COMMIT's: so the ledger decides.
  if (sent.timed_out) deadline = Clock::now();
  return adopt(name, unit, deadline, sent.error->message);
}

Outcome PostgresSession::adopt(const UnitName& name, const connectors::Unit& unit, Wire::Deadline deadline, const std::string& what) {
  // Its own connection: the session's may be the very one that is waited for.
  Result<std::unique_ptr<Wire>> wire = Wire::connect(*target_);
  const auto unsettled = [&](const Error& error) {
    Outcome outcome;
    outcome.state = Outcome::State::unknown;
    outcome.error = {ErrorKind::in_doubt, what + ", and PostgreSQL cannot be asked how it ended: " + error.message,
                     error.hint,          error.sqlstate,
                     error.vendor_code,   -1};
    return outcome;
  };
  if (!wire) return unsettled(wire.error());
  const Result<bool> ended = wait_for_end(**wire, name, deadline);
  if (!ended) return unsettled(ended.error());
  if (!*ended) {
    if (const Result<void> stopped = stop(**wire, name); !stopped) return unsettled(stopped.error());
  }
  if (makes_anew(unit)) {
    const Result<bool> made = is_marked(**wire, unit.written_table, name.token);
    if (!made) return unsettled(made.error());
    if (*made) return Outcome();
  }
  if (unit.ledger_token.empty()) {
    if (!unit.idempotent && !unit.wants_rows) return connectors::lost(unit, what);
    if (cancelled_->contains(name.token)) return cancelled();
    return *ended ? connectors::lost(unit, what) : timed_out(unit);
  }
  const Result<connectors::LedgerEntry> entry = read_ledger(**wire, unit);
  if (!entry) return unsettled(entry.error());
  if (!*ended && !entry->present) return timed_out(unit);
  if (!entry->present && cancelled_->contains(name.token)) return cancelled();
  return connectors::settled_by_ledger(unit, *entry, what);
}

}  // namespace penstock::postgres
