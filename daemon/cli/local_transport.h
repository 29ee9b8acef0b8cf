#pragma once

#include <memory>
#include <string_view>

#include "daemon/api/context.h"
#include "daemon/cli/invocation.h"
#include "daemon/cli/transport.h"
#include "daemon/run/project_folder.h"

namespace penstock::cli {

/// What a command wants to do.
enum class Access {
  read,    ///< Look: no engine is started; somebody else may own the store. What lies there is said, and left.
  end,     ///< Look for what `open_to_cancel` is to end.
  change,  ///< Start or retry: an engine is started here, unless a daemon serves the project, and goes on with what lies there.
};

/// The way to the project's runs: --server, or the daemon that serves the wanted environment, or this process. Errors: not_found where
/// there is no project; invalid_input for an unknown environment; unavailable; refused where another process owns the store without
/// serving it.
Result<std::unique_ptr<Transport>> open_transport(Invocation& invocation, Access access);

/// Where no daemon works: an engine in this process that cancels the open run or backfill, and touches nothing else that lies there.
Result<std::unique_ptr<Transport>> open_to_cancel(Invocation& invocation, const std::string& id, const std::string& note);

/// Why --detach is refused where the run or backfill would end with this process.
Error no_daemon(std::string_view what);

}  // namespace penstock::cli
