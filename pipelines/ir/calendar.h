#pragma once

#include <optional>

#include "pipelines/ir/value.h"

namespace penstock::ir {

/// A moment and an interval after it, by the calendar: first the months, where the last day of a shorter month is taken, then the days, then
/// the microseconds. Empty where the result lies outside of the years 1 to 9999.
std::optional<TimestampValue> later(TimestampValue moment, IntervalValue interval);

/// The day that begins at the moment; empty for every other time of day.
std::optional<DateValue> day_starting(TimestampValue moment);

}  // namespace penstock::ir
