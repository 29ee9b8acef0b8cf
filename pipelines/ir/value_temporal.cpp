#include <date/date.h>

#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "pipelines/ir/value_text.h"

namespace penstock::ir {
namespace {

constexpr std::int64_t kMicrosecondsPerSecond = 1'000'000;
constexpr std::int64_t kMicrosecondsPerMinute = 60 * kMicrosecondsPerSecond;
constexpr std::int64_t kMicrosecondsPerHour = 60 * kMicrosecondsPerMinute;
constexpr std::int64_t kMicrosecondsPerDay = 24 * kMicrosecondsPerHour;
/// Every target agrees on these years.
constexpr int kFirstYear = 1;
constexpr int kLastYear = 9999;

std::string padded(std::int64_t number, std::size_t width) {
  std::string digits = std::to_string(number);
  return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

// ".1234567" in microseconds: PostgreSQL reads the fraction as a double, and rounds its millionfold to the even neighbour.
std::int64_t fraction_microseconds(std::string_view digits) {
  const std::string text = "0." + std::string(digits);
  double fraction = 0;
  std::from_chars(text.data(), text.data() + text.size(), fraction);
  return static_cast<std::int64_t>(std::nearbyint(fraction * 1'000'000));
}

std::optional<std::int32_t> take_date(Cursor& cursor) {
  const std::string_view first = cursor.digits();
  std::optional<std::int64_t> year;
  std::optional<std::int64_t> month;
  std::optional<std::int64_t> day;
  if (first.size() == 8) {
    year = to_number(first.substr(0, 4));
    month = to_number(first.substr(4, 2));
    day = to_number(first.substr(6, 2));
  } else if (first.size() == 4) {
    year = to_number(first);
    if (!cursor.take('-')) return std::nullopt;
    month = take_number(cursor, 1, 2);
    if (!cursor.take('-')) return std::nullopt;
    day = take_number(cursor, 1, 2);
  }
  if (!year || !month || !day || *year < kFirstYear || *year > kLastYear) return std::nullopt;
  const date::year_month_day civil(date::year(static_cast<int>(*year)), date::month(static_cast<unsigned>(*month)),
                                   date::day(static_cast<unsigned>(*day)));
  if (!civil.ok()) return std::nullopt;
  return static_cast<std::int32_t>(date::sys_days(civil).time_since_epoch().count());
}

std::optional<std::int64_t> take_time(Cursor& cursor) {
  const auto hour = take_number(cursor, 1, 2);
  if (!hour || *hour > 24 || !cursor.take(':')) return std::nullopt;
  const auto minute = take_number(cursor, 2, 2);
  if (!minute || *minute > 59) return std::nullopt;
  std::int64_t microseconds = *hour * kMicrosecondsPerHour + *minute * kMicrosecondsPerMinute;
  if (cursor.take(':')) {
    const auto second = take_number(cursor, 2, 2);
    if (!second || *second > 60) return std::nullopt;
    microseconds += *second * kMicrosecondsPerSecond;
    if (cursor.take('.')) microseconds += fraction_microseconds(cursor.digits());
  }
  if (microseconds > kMicrosecondsPerDay) return std::nullopt;
  return microseconds;
}

struct Zone {
  bool present = false;
  std::int64_t offset_microseconds = 0;
};

std::optional<Zone> take_zone(Cursor& cursor) {
  cursor.blanks();
  if (cursor.at_end()) return Zone{};
  if (cursor.peek() == '+' || cursor.peek() == '-') {
    const bool west = cursor.take('-');
    if (!west) cursor.take('+');
    const std::string_view digits = cursor.digits();
    if (digits.empty() || digits.size() > 4) return std::nullopt;
    const std::size_t hour_digits = digits.size() > 2 ? digits.size() - 2 : digits.size();
    const std::int64_t hours = to_number(digits.substr(0, hour_digits)).value_or(0);
    std::int64_t minutes = digits.size() > 2 ? to_number(digits.substr(hour_digits)).value_or(0) : 0;
    if (cursor.take(':')) minutes = take_number(cursor, 2, 2).value_or(60);
    if (hours > 15 || minutes > 59) return std::nullopt;
    const std::int64_t offset = hours * kMicrosecondsPerHour + minutes * kMicrosecondsPerMinute;
    return Zone{true, west ? -offset : offset};
  }
  const std::string name = lower(cursor.letters());
  if (name == "z" || name == "utc" || name == "gmt") return Zone{true, 0};
  return std::nullopt;
}

struct Moment {
  std::int64_t wall_microseconds = 0;
  Zone zone;
};

std::optional<Moment> take_moment(Cursor& cursor) {
  const auto days = take_date(cursor);
  if (!days) return std::nullopt;
  Moment moment;
  moment.wall_microseconds = *days * kMicrosecondsPerDay;
  if (cursor.peek() == 'T' || cursor.peek() == 't') {
    cursor.take(cursor.peek());
  } else {
    cursor.blanks();
  }
  if (cursor.peek() >= '0' && cursor.peek() <= '9') {
    const auto time = take_time(cursor);
    if (!time) return std::nullopt;
    moment.wall_microseconds += *time;
  }
  const auto zone = take_zone(cursor);
  cursor.blanks();
  if (!zone || !cursor.at_end()) return std::nullopt;
  moment.zone = *zone;
  return moment;
}

struct IntervalUnit {
  std::string_view name;
  std::int64_t months;
  std::int64_t days;
  std::int64_t microseconds;
};

constexpr std::array kIntervalUnits{
    IntervalUnit{"microsecond", 0, 0, 1},
    IntervalUnit{"us", 0, 0, 1},
    IntervalUnit{"millisecond", 0, 0, 1000},
    IntervalUnit{"ms", 0, 0, 1000},
    IntervalUnit{"second", 0, 0, kMicrosecondsPerSecond},
    IntervalUnit{"sec", 0, 0, kMicrosecondsPerSecond},
    IntervalUnit{"s", 0, 0, kMicrosecondsPerSecond},
    IntervalUnit{"minute", 0, 0, kMicrosecondsPerMinute},
    IntervalUnit{"min", 0, 0, kMicrosecondsPerMinute},
    IntervalUnit{"m", 0, 0, kMicrosecondsPerMinute},
    IntervalUnit{"hour", 0, 0, kMicrosecondsPerHour},
    IntervalUnit{"hr", 0, 0, kMicrosecondsPerHour},
    IntervalUnit{"h", 0, 0, kMicrosecondsPerHour},
    IntervalUnit{"day", 0, 1, 0},
    IntervalUnit{"d", 0, 1, 0},
    IntervalUnit{"week", 0, 7, 0},
    IntervalUnit{"w", 0, 7, 0},
    IntervalUnit{"month", 1, 0, 0},
    IntervalUnit{"mon", 1, 0, 0},
    IntervalUnit{"year", 12, 0, 0},
    IntervalUnit{"yr", 12, 0, 0},
    IntervalUnit{"y", 12, 0, 0},
    IntervalUnit{"decade", 120, 0, 0},
    IntervalUnit{"century", 1200, 0, 0},
};

const IntervalUnit* find_unit(std::string_view name) {
  if (name == "centuries") name = "century";
  for (const IntervalUnit& unit : kIntervalUnits) {
    const bool plural = name.size() == unit.name.size() + 1 && name.ends_with('s') && name.starts_with(unit.name) && unit.name.size() > 1;
    if (name == unit.name || plural) return &unit;
  }
  return nullptr;
}

constexpr std::int64_t kMostIntervalNumber = 100'000'000;

// One "number unit" pair. A fraction goes down a unit, as PostgreSQL spreads it: months to days of 30, days to microseconds.
bool take_interval_part(Cursor& cursor, IntervalValue& interval) {
  bool negative = cursor.take('-');
  if (!negative) cursor.take('+');
  Cursor clock = cursor;
  if (const auto time = take_time(clock)) {
    cursor = clock;
    interval.microseconds += negative ? -*time : *time;
    return true;
  }
  const std::string_view whole = cursor.digits();
  std::string_view fraction;
  if (cursor.take('.')) fraction = cursor.digits();
  cursor.blanks();
  const IntervalUnit* unit = find_unit(lower(cursor.letters()));
  std::int64_t number = whole.empty() ? 0 : to_number(whole).value_or(kMostIntervalNumber + 1);
  if (!unit || (whole.empty() && fraction.empty()) || number > kMostIntervalNumber) return false;
  std::int64_t millionths = fraction_microseconds(fraction);
  if (negative) {
    number = -number;
    millionths = -millionths;
  }
  interval.months += static_cast<std::int32_t>(number * unit->months);
  interval.days += static_cast<std::int32_t>(number * unit->days);
  interval.microseconds += number * unit->microseconds;
  if (millionths == 0) return true;
  if (unit->months > 1) {
    interval.months += static_cast<std::int32_t>(std::llround(static_cast<double>(millionths * unit->months) / 1e6));
  } else if (unit->months == 1) {
    const std::int64_t day_millionths = millionths * 30;
    interval.days += static_cast<std::int32_t>(day_millionths / 1'000'000);
    interval.microseconds += day_millionths % 1'000'000 * (kMicrosecondsPerDay / 1'000'000);
  } else if (unit->days > 0) {
    const std::int64_t day_millionths = millionths * unit->days;
    interval.days += static_cast<std::int32_t>(day_millionths / 1'000'000);
    interval.microseconds += day_millionths % 1'000'000 * (kMicrosecondsPerDay / 1'000'000);
  } else {
    interval.microseconds += millionths * unit->microseconds / 1'000'000;
  }
  return true;
}

std::string signed_part(std::int64_t number, std::string_view unit) {
  if (number == 0) return {};
  return std::to_string(number) + " " + std::string(unit) + (number == 1 || number == -1 ? " " : "s ");
}

}  // namespace

Result<Value> parse_temporal(std::string_view text, const Type& type) {
  Cursor cursor(trimmed(text));
  if (type.kind == TypeKind::time) {
    const auto time = take_time(cursor);
    if (!time || !cursor.at_end()) return no_value(text, type, "write HH:MM:SS");
    return Value(TimeValue{*time});
  }
  const auto moment = take_moment(cursor);
  if (!moment) {
    return no_value(text, type, type.kind == TypeKind::date ? "write YYYY-MM-DD, a day that exists" : "write YYYY-MM-DD HH:MM:SS");
  }
  if (type.kind == TypeKind::timestamptz) return Value(TimestampValue{moment->wall_microseconds - moment->zone.offset_microseconds});
  if (moment->zone.present) return no_value(text, type, "it has a time zone; write it as a timestamptz");
  if (type.kind == TypeKind::timestamp) return Value(TimestampValue{moment->wall_microseconds});
  std::int64_t days = moment->wall_microseconds / kMicrosecondsPerDay;
  if (moment->wall_microseconds % kMicrosecondsPerDay < 0) --days;
  return Value(DateValue{static_cast<std::int32_t>(days)});
}

Result<Value> parse_interval(std::string_view text, const Type& type) {
  constexpr std::string_view kHint = "write \"3 days\", \"1 month\" or \"2 hours 30 minutes\"";
  Cursor cursor(trimmed(text));
  IntervalValue interval;
  bool any = false;
  while (!cursor.at_end()) {
    if (any && lower(cursor.rest()) == "ago") {
      return Value(IntervalValue{-interval.months, -interval.days, -interval.microseconds});
    }
    if (!take_interval_part(cursor, interval)) return no_value(text, type, std::string(kHint));
    any = true;
    cursor.blanks();
  }
  if (!any) return no_value(text, type, std::string(kHint));
  return Value(interval);
}

std::string to_string(DateValue value) {
  const date::year_month_day civil{date::sys_days(date::days(value.days))};
  return padded(static_cast<int>(civil.year()), 4) + "-" + padded(static_cast<unsigned>(civil.month()), 2) + "-" +
         padded(static_cast<unsigned>(civil.day()), 2);
}

std::string to_string(TimeValue value) {
  const std::int64_t seconds = value.microseconds / kMicrosecondsPerSecond;
  std::string text = padded(seconds / 3600, 2) + ":" + padded(seconds / 60 % 60, 2) + ":" + padded(seconds % 60, 2);
  const std::int64_t fraction = value.microseconds % kMicrosecondsPerSecond;
  if (fraction == 0) return text;
  text += "." + padded(fraction, 6);
  return text.substr(0, text.find_last_not_of('0') + 1);
}

std::string to_string(TimestampValue value) {
  std::int64_t days = value.microseconds / kMicrosecondsPerDay;
  std::int64_t time = value.microseconds % kMicrosecondsPerDay;
  if (time < 0) {
    time += kMicrosecondsPerDay;
    --days;
  }
  return to_string(DateValue{static_cast<std::int32_t>(days)}) + " " + to_string(TimeValue{time});
}

std::string to_string(IntervalValue value) {
  std::string text = signed_part(value.months, "month") + signed_part(value.days, "day") + signed_part(value.microseconds, "microsecond");
  if (text.empty()) return "0 days";
  text.pop_back();
  return text;
}

}  // namespace penstock::ir
