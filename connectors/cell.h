#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace penstock::connectors {

/// The text forms of cells, the same from every engine, so that results can be compared. They are PostgreSQL's (ISO dates, hexadecimal
/// bytes, shortest floats), but booleans are "true" and "false". Sources: PostgreSQL 15's own output, compared by the conformance suite.

/// The shortest digits that read back as the same number; NaN, Infinity and -Infinity.
std::string text_of_double(double value);
std::string text_of_float(float value);

/// "2001-02-03", from days since 1970-01-01; years before 1 end in " BC".
std::string text_of_date(std::int64_t days);

/// "23:59:59.123", without trailing zeros in the fraction. `units_per_second` is a power of ten up to 10^9.
std::string text_of_time(std::int64_t units, std::int64_t units_per_second);

/// "2001-02-03 23:59:59.123", from units since 1970-01-01 00:00:00; `zone` is appended, before " BC".
std::string text_of_timestamp(std::int64_t units, std::int64_t units_per_second, std::string_view zone = {});

/// "\x00ff".
std::string text_of_bytes(std::string_view bytes);

/// GCC's and Clang's own; ISO C++ has none.
__extension__ using Int128 = __int128;

/// The unscaled 128-bit integer with its last `scale` digits behind the point: "-0.50".
std::string text_of_decimal(Int128 unscaled, unsigned scale);

/// The bytes that it stands for; the text itself where it is none.
std::string bytes_of_base64(const std::string& text);

/// "04:05:06.500" -> "04:05:06.5"; the date before it and the zone behind it stay.
std::string without_trailing_zeros(std::string text);

}  // namespace penstock::connectors
