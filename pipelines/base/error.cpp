#include "pipelines/base/error.h"

namespace penstock {

std::string_view name_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid_input:
      return "invalid_input";
    case ErrorKind::not_found:
      return "not_found";
    case ErrorKind::conflict:
      return "conflict";
    case ErrorKind::refused:
      return "refused";
    case ErrorKind::unauthenticated:
      return "unauthenticated";
    case ErrorKind::permission:
      return "permission";
    case ErrorKind::unavailable:
      return "unavailable";
    case ErrorKind::transient:
      return "transient";
    case ErrorKind::throttled:
      return "throttled";
    case ErrorKind::resource:
      return "resource";
    case ErrorKind::permanent:
      return "permanent";
    case ErrorKind::in_doubt:
      return "in_doubt";
    case ErrorKind::cancelled:
      return "cancelled";
    case ErrorKind::timed_out:
      return "timed_out";
    case ErrorKind::storage:
      return "storage";
  }
  return "unknown";
}

bool is_retryable(ErrorKind kind) {
  return kind == ErrorKind::transient || kind == ErrorKind::throttled || kind == ErrorKind::resource || kind == ErrorKind::unavailable;
}

}  // namespace penstock
