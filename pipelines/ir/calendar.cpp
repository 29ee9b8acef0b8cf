#include "pipelines/ir/calendar.h"

#include <date/date.h>

namespace penstock::ir {
namespace {

constexpr std::int64_t kMicrosecondsPerDay = 86'400'000'000;
constexpr std::int64_t kMicrosecondsPerYear = 366 * kMicrosecondsPerDay;
constexpr int kYears = 10'000;

}  // namespace

std::optional<TimestampValue> later(TimestampValue moment, IntervalValue interval) {
  const bool near = std::abs(std::int64_t{interval.months}) < 12 * kYears && std::abs(std::int64_t{interval.days}) < 366 * kYears &&
                    std::abs(interval.microseconds / kMicrosecondsPerYear) < kYears &&
                    std::abs(moment.microseconds / kMicrosecondsPerYear) < kYears;
  if (!near) return std::nullopt;
  const date::sys_time<std::chrono::microseconds> start{std::chrono::microseconds(moment.microseconds)};
  const date::sys_days day = date::floor<date::days>(start);
  date::year_month_day moved = date::year_month_day(day) + date::months(interval.months);
  if (!moved.ok()) moved = moved.year() / moved.month() / date::last;
  const auto end = date::sys_days(moved) + date::days(interval.days) + (start - day) + std::chrono::microseconds(interval.microseconds);
  const int year = static_cast<int>(date::year_month_day(date::floor<date::days>(end)).year());
  if (year < 1 || year > 9999) return std::nullopt;
  return TimestampValue{end.time_since_epoch().count()};
}

std::optional<DateValue> day_starting(TimestampValue moment) {
  if (moment.microseconds % kMicrosecondsPerDay != 0) return std::nullopt;
  return DateValue{static_cast<std::int32_t>(moment.microseconds / kMicrosecondsPerDay)};
}

}  // namespace penstock::ir
