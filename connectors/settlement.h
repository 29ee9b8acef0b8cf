#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "connectors/connector.h"

namespace penstock::connectors {

/// The outcome of a unit of which the engine has lost the end and that has no ledger: a read or an idempotent unit has failed and may be
/// sent again (kind transient); of any other nobody knows (kind in_doubt). `what` is one sentence without a final full stop.
Outcome lost(const Unit& unit, const std::string& what);

/// Whether a unit needs no handle to be settled where a running one is found by its token: its ledger tells, or it may be sent again.
bool settles_without_handle(const Unit& unit);

/// What a ledger says about a unit.
struct LedgerEntry {
  bool present = false;
  std::optional<std::int64_t> rows;
};

/// The statement that asks for it; its only parameter, written as `parameter`, is the token. It returns one row or none.
std::string ledger_question(const Unit& unit, const std::string& parameter);
LedgerEntry to_ledger_entry(const std::vector<Row>& rows);

/// The outcome of a unit whose end the ledger tells. A unit that wanted rows has failed: they are gone.
Outcome settled_by_ledger(const Unit& unit, const LedgerEntry& entry, const std::string& what);

/// What the ledger tells a search for a unit that does not run: that it has ended, or never arrived; unknown where its row may have been
/// removed.
Found found_in_ledger(const Unit& unit, const LedgerEntry& entry, const std::string& what);

/// An error of which no more is known than its kind and what happened.
Error make_error(ErrorKind kind, std::string message);

/// Whether a target takes such a unit that runs one statement after the other, each for itself. Errors: invalid_input (`no_transactions`
/// says why, for more statements than one), refused (a write over a read-only connection).
Result<void> check_single_statements(const Unit& unit, bool read_only, const std::string& no_transactions);

/// What a search for a unit in doubt finds where its handle can be followed once more.
Found followed_again(Session& session, const Handle& handle, const Unit& unit);

/// An outcome that failed with that error; cancelled and in_doubt errors become the states of their name.
Outcome failed_with(Error error);

/// True for a statement that only writes the unit's token into its ledger; its count is not the unit's.
bool writes_ledger(const Unit& unit, const std::string& statement);

/// The units whose `follow` ended in `unknown`, by token: of them the engine's silence proves nothing, so `find` must not say that they
/// never arrived. Any thread.
class InDoubt {
 public:
  /// Keeps the handle of an unknown outcome, and forgets the unit with any other.
  void note(const std::string& token, const Handle& handle, const Outcome& outcome);
  std::optional<Handle> handle_of(const std::string& token) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Handle> handles_;  ///< Guarded by mutex_.
};

}  // namespace penstock::connectors
