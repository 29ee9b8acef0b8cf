#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "daemon/cli/interruption.h"
#include "daemon/cli/invocation.h"
#include "daemon/cli/options.h"
#include "daemon/cli/transport.h"

namespace penstock::cli {

/// How long a command waits for what it started; nothing: to its end.
using Timeout = std::optional<std::chrono::milliseconds>;

/// Declares --timeout.
Option add_timeout(Options& command, Timeout& timeout);

/// Follows a run to its end, shows it, prints its report and returns the exit code. `interruption` says what signals do meanwhile. The end
/// of the timeout leaves the run and says how to cancel it: the process ends with kTimedOut.
int watch_run(Invocation& invocation, Transport& transport, Interruption& interruption, const std::string& run_id, Timeout timeout);

/// A backfill with a row per interval. `detail` is the API's BackfillDetail.
void print_backfill(Invocation& invocation, const Json& detail);

/// The same for a backfill: a line per run, then a table of its intervals.
int watch_backfill(Invocation& invocation, Transport& transport, Interruption& interruption, const std::string& backfill_id, Timeout timeout);

}  // namespace penstock::cli
