#include "daemon/cli/exit_code.h"

namespace penstock::cli {

ExitCode exit_code_for(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid_input:
    case ErrorKind::not_found:
      return kInvalid;
    case ErrorKind::conflict:
    case ErrorKind::refused:
      return kRefused;
    case ErrorKind::unauthenticated:
    case ErrorKind::permission:
      return kNotAllowed;
    case ErrorKind::unavailable:
      return kUnreachable;
    case ErrorKind::timed_out:
      return kTimedOut;
    case ErrorKind::cancelled:
      return kInterrupted;
    case ErrorKind::transient:
    case ErrorKind::throttled:
    case ErrorKind::resource:
    case ErrorKind::permanent:
    case ErrorKind::in_doubt:
    case ErrorKind::storage:
      return kFailed;
  }
  return kFailed;
}

}  // namespace penstock::cli
