#pragma once

#include <tl/expected.hpp>

#include "pipelines/base/error.h"

namespace penstock {

/// The outcome of an operation that can fail: a value or one Error. Compilation, which finds many faults at once, reports Diagnostics.
template <typename T>
using Result = tl::expected<T, Error>;

using Failure = tl::unexpected<Error>;

/// Wraps an Error for return from a function with a Result.
inline Failure fail(Error error) { return Failure(std::move(error)); }

inline Failure fail(ErrorKind kind, std::string message, std::string hint = {}) {
  Error error;
  error.kind = kind;
  error.message = std::move(message);
  error.hint = std::move(hint);
  return Failure(std::move(error));
}

}  // namespace penstock
