#pragma once

#include "pipelines/base/error.h"

namespace penstock::cli {

/// What the process says to a script. The numbers are part of the interface.
enum ExitCode : int {
  kSuccess = 0,
  kFailed = 1,       ///< A run ended, and a step or a blocking check failed.
  kInvalid = 2,      ///< A bad flag, a bad file, an unknown name.
  kRefused = 3,      ///< A rule or a missing confirmation forbids it.
  kNotAllowed = 4,   ///< Credentials or permissions.
  kUnreachable = 5,  ///< No server or target can be reached.
  kHasChanges = 6,   ///< `plan --detailed-exitcode` found changes.
  kTimedOut = 7,     ///< Waiting ended; the run goes on.
  kInterrupted = 130,
};

/// The exit code for an operation that failed.
ExitCode exit_code_for(ErrorKind kind);

}  // namespace penstock::cli
