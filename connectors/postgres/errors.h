#pragma once

#include <string_view>

#include "connectors/vendor_error.h"
#include "pipelines/base/error.h"

namespace penstock::postgres {

/// PostgreSQL's errors by SQLSTATE, and by its class, the first two characters.
const connectors::ErrorCatalogue& error_catalogue();

/// What a caller can do about an SQLSTATE: sorted by code, never by the text of the message.
ErrorKind kind_of(std::string_view sqlstate);

/// What to do about it, where the code alone tells; may be empty.
std::string_view hint_of(std::string_view sqlstate);

/// Whether another session dropped or altered an object while this statement looked at it: it had no effect and may be sent again. The
/// server has no code of its own for that, so this alone goes by text; these texts are never translated.
/// Source: elog() in PostgreSQL 15, access/common/relation.c, utils/cache and access/heap/heapam.c (read 2026-11-30).
bool changed_at_once(std::string_view sqlstate, std::string_view message);

inline constexpr std::string_view kInternalError = "XX000";
inline constexpr std::string_view kQueryCancelled = "57014";
inline constexpr std::string_view kUniqueViolation = "23505";
inline constexpr std::string_view kDivisionByZero = "22012";
inline constexpr std::string_view kUndefinedTable = "42P01";
inline constexpr std::string_view kStillDependedOn = "2BP01";
inline constexpr std::string_view kLockNotAvailable = "55P03";

}  // namespace penstock::postgres
