#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "pipelines/base/result.h"
#include "pipelines/ir/type.h"

namespace penstock::ir {

/// A decimal as its digits: "-12.50". Never a float on the way.
struct DecimalText {
  std::string digits;
  friend bool operator==(const DecimalText&, const DecimalText&) = default;
};
/// Days since 1970-01-01.
struct DateValue {
  std::int32_t days = 0;
  friend bool operator==(const DateValue&, const DateValue&) = default;
};
/// Microseconds since midnight.
struct TimeValue {
  std::int64_t microseconds = 0;
  friend bool operator==(const TimeValue&, const TimeValue&) = default;
};
/// Microseconds since 1970-01-01 00:00:00, of a wall clock or (Type timestamptz) of UTC.
struct TimestampValue {
  std::int64_t microseconds = 0;
  friend bool operator==(const TimestampValue&, const TimestampValue&) = default;
};
/// Months, days and microseconds are kept apart, as PostgreSQL does: a month has no fixed length.
struct IntervalValue {
  std::int32_t months = 0;
  std::int32_t days = 0;
  std::int64_t microseconds = 0;
  friend bool operator==(const IntervalValue&, const IntervalValue&) = default;
};

/// A constant. std::monostate is NULL; text also carries uuid and json.
using Value =
    std::variant<std::monostate, bool, std::int64_t, double, DecimalText, std::string, DateValue, TimeValue, TimestampValue, IntervalValue>;

/// "2001-02-03".
std::string to_string(DateValue value);
/// "13:14:15.123456", the fraction only where it is not zero.
std::string to_string(TimeValue value);
/// "2001-02-03 13:14:15.123456", the fraction only where it is not zero.
std::string to_string(TimestampValue value);

/// "14 months 3 days 3600000000 microseconds"; a part that is zero is left out, "0 days" for nothing.
std::string to_string(IntervalValue value);

/// Reads text as a value of `type` in PostgreSQL's ISO forms; invalid_input where it is none ("2001-02-30", "1e999" for an int).
Result<Value> parse_value(std::string_view text, const Type& type);

}  // namespace penstock::ir
