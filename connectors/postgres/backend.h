#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "connectors/connector.h"
#include "connectors/postgres/wire.h"
#include "connectors/settlement.h"

namespace penstock::postgres {

/// By what a unit is known: "postgres:PID:STARTED:TOKEN".
struct UnitName {
  Backend backend;
  std::string token;
};
connectors::Handle to_handle(const UnitName& name);
std::optional<UnitName> to_name(const connectors::Handle& handle);

/// What a session that runs the unit shows in pg_stat_activity.
std::string application_name(const std::string& token);

/// The advisory lock that a session holds while it has the unit: its release wakes whoever waits for the unit's end.
std::int64_t lock_key(const std::string& token);

/// Questions about units that other connections run. Every function talks through `wire`, which must not be the unit's own connection.

/// Whether the very backend still works on the unit; false once it is idle or gone.
Result<bool> is_running(Wire& wire, const UnitName& name);

/// The backend that works on the token, if any.
Result<std::optional<UnitName>> find_running(Wire& wire, const std::string& token);

/// Waits until the unit has ended, woken by the release of its lock; false when the deadline passed first.
Result<bool> wait_for_end(Wire& wire, const UnitName& name, Wire::Deadline deadline);

/// Cancels the unit's statement, then ends its backend if that did not help, and returns when it no longer runs. timed_out otherwise.
Result<void> stop(Wire& wire, const UnitName& name);

/// Ends the backend, whatever it does, and returns when it is gone: what is still on its way to it cannot take effect any more. timed_out
/// otherwise.
Result<void> end_session(Wire& wire, const Backend& backend);

/// Whether the table was made by the unit with the token.
Result<bool> is_marked(Wire& wire, const std::string& table, const std::string& token);

/// What the unit's ledger says about its token; absent where there is no such table.
Result<connectors::LedgerEntry> read_ledger(Wire& wire, const connectors::Unit& unit);

}  // namespace penstock::postgres
