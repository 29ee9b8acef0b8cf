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
  read,    ///< Look: no engine is started; somebody else may own the store.
  change,  ///< Start, cancel or retry: an engine is started here, unless a daemon owns the store.
};

/// The way to the project's runs: --server, or the daemon that owns the project's store, or this process. Errors: not_found where there
/// is no project; unavailable; refused where another process owns the store without serving it.
Result<std::unique_ptr<Transport>> open_transport(Invocation& invocation, Access access);

/// Why --detach is refused where the run or backfill would end with this process.
Error no_daemon(std::string_view what);

}  // namespace penstock::cli
