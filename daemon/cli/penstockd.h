#pragma once

#include "daemon/cli/invocation.h"

namespace penstock::cli {

/// The daemon: serves one project folder until SIGTERM. Flags are those of `penstockd --help`; returns an exit code.
int run_daemon(int argc, const char* const* argv, const Assembly& assembly);

}  // namespace penstock::cli
