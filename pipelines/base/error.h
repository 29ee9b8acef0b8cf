#pragma once

#include <string>
#include <string_view>

namespace penstock {

/// What a caller can do about a failure. A kind exists only because some caller reacts to it.
enum class ErrorKind {
  invalid_input,    ///< The person who asked has to change the request or the file.
  not_found,        ///< The named thing does not exist.
  conflict,         ///< The world moved: a version, a state or an idempotency key does not match.
  refused,          ///< A rule, a limit or a missing confirmation forbids it.
  unauthenticated,  ///< No or wrong credentials.
  permission,       ///< Known, but not allowed.
  unavailable,      ///< The engine or the server cannot be reached; nothing was sent.
  transient,        ///< The engine says that the same statement may succeed if it is sent again.
  throttled,        ///< The engine asks for a pause first.
  resource,         ///< Memory, disk or slots ran out at the engine; later may be better.
  permanent,        ///< The same statement will fail again.
  in_doubt,         ///< It is not known whether the statement took effect. Never resubmit; ask the engine.
  cancelled,        ///< Stopped on request.
  timed_out,        ///< Stopped by our own limit.
  storage,          ///< Our own store failed: full disk, corrupt file.
};

/// One failure, as a person should read it. It never holds a secret: whoever builds it from foreign text passes that text through
/// connectors' redaction first.
struct Error {
  ErrorKind kind = ErrorKind::permanent;
  std::string message;      ///< What happened, one sentence without a final full stop.
  std::string hint;         ///< What to do about it; may be empty.
  std::string sqlstate;     ///< Five characters where the engine gave one.
  std::string vendor_code;  ///< The engine's own code or name of the error.
  /// Byte offset into the statement's text where the engine put the error, or -1.
  long statement_offset = -1;
};

/// The kind's name in snake_case, as the API, the store and the logs spell it.
std::string_view name_of(ErrorKind kind);

/// True for the kinds that the run engine retries by itself: transient, throttled, resource, unavailable.
bool is_retryable(ErrorKind kind);

}  // namespace penstock
