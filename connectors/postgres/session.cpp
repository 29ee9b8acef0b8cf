#include "connectors/postgres/session.h"

#include <algorithm>

#include "connectors/postgres/errors.h"
#include "connectors/postgres/quote.h"
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

/// What goes before a unit in the same string: the session shows its token and holds its lock, or divides by zero where another session
/// holds it, and then nothing of the string happens.
std::string claim(const connectors::Unit& unit, const std::string& token) {
  return "select pg_advisory_unlock_all(), set_config('application_name', " + quoted_text(application_name(token)) +
         ", false), set_config('statement_timeout', '" + std::to_string(unit.timeout.count()) + "', false), 1 / pg_try_advisory_lock(" +
         std::to_string(lock_key(token)) + ")::int;\n";
}

/// The claim has an answer of its own, which comes first: an error before it is the claim's.
bool is_claimed_elsewhere(const Wire::Sent& sent) { return sent.error && sent.rows.empty() && sent.error->sqlstate == kDivisionByZero; }

Error claimed_elsewhere() {
  return {ErrorKind::transient, "another session still works on the same try of this statement", "it is adopted by its handle", "", "", -1};
}

/// A unit as one string, and where each statement begins in it.
struct Text {
  std::string sql;
  std::vector<std::size_t> begins;
};

// A line break before each semicolon: a statement may end in a comment.
Text as_transaction(const connectors::Unit& unit, const std::string& token) {
  Text text{claim(unit, token) + "BEGIN;\n", {}};
  for (const std::string& statement : unit.statements) {
    text.begins.push_back(text.sql.size());
    text.sql += statement + "\n;\n";
  }
  if (makes_anew(unit)) text.sql += "COMMENT ON TABLE " + unit.written_table + " IS " + quoted_text(application_name(token)) + ";\n";
  text.sql += "COMMIT";
  return text;
}

}  // namespace

bool makes_anew(const connectors::Unit& unit) {
  return unit.idempotent && unit.ledger_token.empty() && !unit.written_table.empty() && unit.statements.size() > 1;
}

PostgresSession::PostgresSession(std::shared_ptr<const Target> target, std::shared_ptr<connectors::Cancelled> cancelled,
                                 std::shared_ptr<connectors::InDoubt> in_doubt, std::unique_ptr<Wire> wire)
    : target_(std::move(target)), cancelled_(std::move(cancelled)), in_doubt_(std::move(in_doubt)), wire_(std::move(wire)) {}

Result<connectors::Handle> PostgresSession::submit(const connectors::Unit&, const connectors::Token& token) {
  if (wire_ == nullptr || !wire_->alive()) {
    // The connection was lost while it was idle, so nothing was under way: a new one is as good.
    Result<std::unique_ptr<Wire>> wire = Wire::connect(*target_);
    if (!wire) return fail(wire.error());
    wire_ = *std::move(wire);
  }
  pending_ = token.id;
  return to_handle({wire_->backend(), token.id});
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
  Wire::Sent sent = wire_->send(text.sql, deadline, {unit.wants_rows, unit.most_rows, false, true}, [&] { return still_runs(name); });
  if (is_claimed_elsewhere(sent)) return connectors::failed_with(claimed_elsewhere());
  if (sent.error) {
    if (sent.error_character >= 0) {
      const std::size_t byte = byte_of_character(text.sql, static_cast<std::size_t>(sent.error_character));
      for (std::size_t begin : text.begins) {
        if (begin <= byte) sent.error->statement_offset = static_cast<long>(byte - begin);
      }
    }
    // Behind the claim's answer and BEGIN's: whatever has an answer did not fail.
    const int failed_statement = static_cast<int>(sent.rows.size()) - 2;
    if (!sent.connection_lost) wire_->send("ROLLBACK", wire_->soon(), {});
    Outcome outcome = failed(name, unit, std::move(sent), deadline);
    if (failed_statement >= 0) outcome.failed_statement = failed_statement;
    return outcome;
  }
  Outcome outcome;
  take_rows(sent, outcome);
  // The first counts are the claim's and BEGIN's. A statement with semicolons of its own would shift them, and then there is no telling.
  const std::size_t own = makes_anew(unit) ? 4 : 3;
  if (sent.rows.size() != unit.statements.size() + own) return outcome;
  for (std::size_t i = 0; i < unit.statements.size(); ++i) {
    if (sent.rows[i + 2] && !connectors::writes_ledger(unit, unit.statements[i])) outcome.rows_written = sent.rows[i + 2];
  }
  return outcome;
}

Outcome PostgresSession::run_statements(const UnitName& name, const connectors::Unit& unit, Wire::Deadline deadline) {
  Outcome outcome;
  // What reads or may be repeated does not mind a transaction around it; some other statements refuse one.
  const bool together = unit.wants_rows || unit.idempotent;
  if (!together) {
    Wire::Sent claimed = wire_->send(claim(unit, name.token), deadline, {}, [&] { return still_runs(name); });
    if (is_claimed_elsewhere(claimed)) return connectors::failed_with(claimed_elsewhere());
    if (claimed.connection_lost) wire_.reset();
    if (claimed.error) return connectors::failed_with(*std::move(claimed.error));
  }
  for (std::size_t i = 0; i < unit.statements.size(); ++i) {
    if (cancelled_->contains(name.token)) {
      return cancelled();
    }
    const bool wants_rows = unit.wants_rows && i + 1 == unit.statements.size();
    const bool claims = together && i == 0;
    const std::string before = claims ? claim(unit, name.token) : std::string();
    Wire::Sent sent =
        wire_->send(before + unit.statements[i], deadline, {wants_rows, unit.most_rows, true, claims}, [&] { return still_runs(name); });
    if (claims && is_claimed_elsewhere(sent)) return connectors::failed_with(claimed_elsewhere());
    if (sent.error) {
      if (sent.error_character >= static_cast<long>(before.size())) {
        sent.error->statement_offset =
            static_cast<long>(byte_of_character(unit.statements[i], static_cast<std::size_t>(sent.error_character) - before.size()));
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

/// Asked over another connection, while this one says nothing. A server that answers, if only to refuse, is there, and then the network in
/// between is left to TCP; one that does not is lost.
bool PostgresSession::still_runs(const UnitName& name) const {
  const Result<std::unique_ptr<Wire>> wire = Wire::connect(*target_);
  const Result<bool> running = wire ? is_running(**wire, name) : fail(wire.error());
  return running ? *running : !running.error().sqlstate.empty();
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
  // The network may still hold the statement: only when nobody can receive it any more, what is not there will not come.
  if (const Result<void> over = end_session(**wire, name.backend); !over) return unsettled(over.error());
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
