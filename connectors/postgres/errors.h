#pragma once

#include <string_view>

#include "pipelines/base/error.h"

namespace penstock::postgres {

/// What a caller can do about an SQLSTATE: sorted by code, never by the text of the message. Source: PostgreSQL 15, appendix A of its
/// manual (read 2026-11-21).
ErrorKind kind_of(std::string_view sqlstate);

/// What to do about it, where the code alone tells; may be empty.
std::string_view hint_of(std::string_view sqlstate);

inline constexpr std::string_view kQueryCancelled = "57014";
inline constexpr std::string_view kUniqueViolation = "23505";
inline constexpr std::string_view kDivisionByZero = "22012";
inline constexpr std::string_view kUndefinedTable = "42P01";
inline constexpr std::string_view kStillDependedOn = "2BP01";
inline constexpr std::string_view kLockNotAvailable = "55P03";

}  // namespace penstock::postgres
