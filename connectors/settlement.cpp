#include "connectors/settlement.h"

#include <cstdlib>

namespace penstock::connectors {

Outcome lost(const Unit& unit, const std::string& what) {
  Outcome outcome;
  outcome.error.message = what;
  if (unit.idempotent || unit.wants_rows) {
    outcome.state = Outcome::State::failed;
    outcome.error.kind = ErrorKind::transient;
    outcome.error.hint = "it may be sent again";
    return outcome;
  }
  outcome.state = Outcome::State::unknown;
  outcome.error.kind = ErrorKind::in_doubt;
  outcome.error.hint = unit.written_table.empty() ? "look at what it writes" : "look at " + unit.written_table;
  return outcome;
}

bool settles_without_handle(const Unit& unit) { return !unit.ledger_token.empty() || unit.idempotent || unit.wants_rows; }

std::string ledger_question(const Unit& unit, const std::string& parameter) {
  return "select \"rows\" from " + unit.ledger_table + " where token = " + parameter;
}

LedgerEntry to_ledger_entry(const std::vector<Row>& rows) {
  LedgerEntry entry;
  if (rows.empty() || rows.front().empty()) return entry;
  entry.present = true;
  if (rows.front()[0]) entry.rows = std::strtoll(rows.front()[0]->c_str(), nullptr, 10);
  return entry;
}

Outcome settled_by_ledger(const Unit& unit, const LedgerEntry& entry, const std::string& what) {
  if (!entry.present && unit.ledger_may_forget) return lost(unit, what + "; the ledger does not keep rows for as long as that is ago");
  Outcome outcome;
  outcome.rows_written = entry.rows;
  if (entry.present && !unit.wants_rows) return outcome;
  outcome.state = Outcome::State::failed;
  outcome.error.kind = ErrorKind::transient;
  outcome.error.message = what;
  outcome.error.hint = entry.present ? "it took effect, but its rows are gone" : "the ledger says that it had no effect";
  return outcome;
}

Found found_in_ledger(const Unit& unit, const LedgerEntry& entry, const std::string& what) {
  Found found;
  found.state = unit.ledger_may_forget ? Found::State::unknown : Found::State::never_arrived;
  if (!entry.present) return found;
  found.state = Found::State::ended;
  found.outcome = settled_by_ledger(unit, entry, what);
  return found;
}

Error make_error(ErrorKind kind, std::string message) { return {kind, std::move(message), "", "", "", -1}; }

Result<void> check_single_statements(const Unit& unit, bool read_only, const std::string& no_transactions) {
  if (unit.statements.empty()) return fail(ErrorKind::invalid_input, "a unit without statements");
  if (unit.transaction && unit.statements.size() > 1) return fail(ErrorKind::invalid_input, no_transactions);
  if (read_only && !unit.wants_rows) return fail(ErrorKind::refused, "the connection is read-only");
  return {};
}

Found followed_again(Session& session, const Handle& handle, const Unit& unit) {
  Found found;
  found.outcome = session.follow(handle, unit, [](const Handle&) { return Result<void>(); });
  found.state = found.outcome.state == Outcome::State::unknown ? Found::State::unknown : Found::State::ended;
  return found;
}

Outcome failed_with(Error error) {
  Outcome outcome;
  outcome.state = Outcome::State::failed;
  if (error.kind == ErrorKind::cancelled) outcome.state = Outcome::State::cancelled;
  if (error.kind == ErrorKind::in_doubt) outcome.state = Outcome::State::unknown;
  outcome.error = std::move(error);
  return outcome;
}

bool writes_ledger(const Unit& unit, const std::string& statement) {
  return !unit.ledger_token.empty() && statement.find(unit.ledger_token) != std::string::npos;
}

void InDoubt::note(const std::string& token, const Handle& handle, const Outcome& outcome) {
  const std::lock_guard lock(mutex_);
  if (outcome.state == Outcome::State::unknown) {
    handles_[token] = handle;
  } else {
    handles_.erase(token);
  }
}

std::optional<Handle> InDoubt::handle_of(const std::string& token) const {
  const std::lock_guard lock(mutex_);
  const auto found = handles_.find(token);
  return found == handles_.end() ? std::nullopt : std::optional<Handle>(found->second);
}

}  // namespace penstock::connectors
