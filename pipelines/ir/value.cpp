#include "pipelines/ir/value.h"

#include <date/date.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <utility>

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

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\n\r\f\v";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return result;
}

/// Reads a text from left to right.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  std::string_view rest() const { return rest_; }
  bool take(char c) {
    if (peek() != c || at_end()) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::string_view digits() {
    return take_while([](char c) { return c >= '0' && c <= '9'; });
  }
  std::string_view letters() {
    return take_while([](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
  }
  void blanks() {
    take_while([](char c) { return c == ' ' || c == '\t' || c == '\n'; });
  }

 private:
  template <typename Accept>
  std::string_view take_while(const Accept& accept) {
    std::size_t length = 0;
    while (length < rest_.size() && accept(rest_[length])) ++length;
    const std::string_view taken = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return taken;
  }

  std::string_view rest_;
};

std::optional<std::int64_t> to_number(std::string_view digits) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

std::optional<std::int64_t> take_number(Cursor& cursor, std::size_t fewest, std::size_t most) {
  const std::string_view digits = cursor.digits();
  if (digits.size() < fewest || digits.size() > most) return std::nullopt;
  return to_number(digits);
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

Failure no_value(std::string_view text, const Type& type, std::string hint = {}) {
  std::string shown(text.substr(0, 60));
  if (text.size() > 60) shown += "...";
  return fail(ErrorKind::invalid_input, "\"" + shown + "\" is no " + to_string(type), std::move(hint));
}

Result<Value> parse_boolean(std::string_view text, const Type& type) {
  const std::string word = lower(trimmed(text));
  const auto begins = [&word](std::string_view whole, std::size_t fewest) {
    return word.size() >= fewest && whole.substr(0, word.size()) == word;
  };
  if (begins("true", 1) || begins("yes", 1) || word == "on" || word == "1") return Value(true);
  if (begins("false", 1) || begins("no", 1) || begins("off", 2) || word == "0") return Value(false);
  return no_value(text, type, "write true or false");
}

Result<Value> parse_integer(std::string_view text, const Type& type) {
  std::string_view digits = trimmed(text);
  if (digits.starts_with('+') && digits.size() > 1 && digits[1] != '-') digits.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || end != digits.data() + digits.size()) return no_value(text, type);
  const std::int64_t most = type.kind == TypeKind::int16 ? INT16_MAX : type.kind == TypeKind::int32 ? INT32_MAX : INT64_MAX;
  if (error != std::errc() || number > most || number < -most - 1) return no_value(text, type, "the number is out of range");
  return Value(number);
}

/// A number without its sign and point: value = digits * 10^-scale.
struct Digits {
  bool negative = false;
  std::string digits;
  int scale = 0;
};

std::optional<Digits> read_digits(std::string_view text) {
  Cursor cursor(text);
  Digits number;
  number.negative = cursor.take('-');
  if (!number.negative) cursor.take('+');
  number.digits = cursor.digits();
  if (cursor.take('.')) {
    const std::string_view fraction = cursor.digits();
    number.digits += fraction;
    number.scale = static_cast<int>(std::min<std::size_t>(fraction.size(), 100'000));
  }
  if (number.digits.empty() || number.digits.size() > 2000) return std::nullopt;
  if (cursor.take('e') || cursor.take('E')) {
    const bool negative = cursor.take('-');
    if (!negative) cursor.take('+');
    const auto exponent = take_number(cursor, 1, 4);
    if (!exponent) return std::nullopt;
    number.scale += static_cast<int>(negative ? *exponent : -*exponent);
  }
  if (!cursor.at_end()) return std::nullopt;
  if (number.scale < 0) {
    number.digits.append(static_cast<std::size_t>(-number.scale), '0');
    number.scale = 0;
  }
  return number;
}

// Half away from zero.
void round_to(Digits& number, int scale) {
  if (number.scale <= scale) {
    number.digits.append(static_cast<std::size_t>(scale - number.scale), '0');
    number.scale = scale;
    return;
  }
  const auto dropped = static_cast<std::size_t>(number.scale - scale);
  if (dropped >= number.digits.size()) number.digits.insert(0, dropped - number.digits.size() + 1, '0');
  const std::size_t kept = number.digits.size() - dropped;
  bool carry = number.digits[kept] >= '5';
  number.digits.resize(kept);
  for (std::size_t i = kept; carry && i > 0; --i) {
    carry = number.digits[i - 1] == '9';
    number.digits[i - 1] = carry ? '0' : static_cast<char>(number.digits[i - 1] + 1);
  }
  if (carry) number.digits.insert(0, 1, '1');
  number.scale = scale;
}

std::string plain(const Digits& number) {
  const auto scale = static_cast<std::size_t>(number.scale);
  std::string digits = number.digits;
  if (digits.size() <= scale) digits.insert(0, scale - digits.size() + 1, '0');
  std::string whole = digits.substr(0, digits.size() - scale);
  whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size() - 1));
  std::string text = scale == 0 ? whole : whole + "." + digits.substr(digits.size() - scale);
  const bool zero = text.find_first_of("123456789") == std::string::npos;
  return number.negative && !zero ? "-" + text : text;
}

Result<Value> parse_decimal(std::string_view text, const Type& type) {
  auto number = read_digits(trimmed(text));
  if (!number) return no_value(text, type);
  round_to(*number, type.scale);
  const std::string digits = plain(*number);
  const auto significant = static_cast<int>(digits.size()) - (number->scale > 0 ? 1 : 0) - (digits.front() == '-' ? 1 : 0);
  const bool bare_fraction = digits.starts_with("0.") || digits.starts_with("-0.");
  if (significant - (bare_fraction ? 1 : 0) > type.precision && digits != "0")
    return no_value(text, type, "the number has too many digits");
  return Value(DecimalText{digits});
}

Result<Value> parse_float(std::string_view text, const Type& type) {
  std::string word = lower(trimmed(text));
  if (word.starts_with('+')) word.erase(0, 1);
  if (word == "nan" || word.find("inf") != std::string::npos || word.find('x') != std::string::npos) {
    return no_value(text, type, "infinity and NaN are not portable");
  }
  double number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (word.empty() || end != word.data() + word.size()) return no_value(text, type);
  const bool too_large = type.kind == TypeKind::float32 && std::fabs(number) > 3.4028235677973366e38;
  if (error != std::errc() || too_large) return no_value(text, type, "the number is out of range");
  return Value(number);
}

Result<Value> parse_uuid(std::string_view text, const Type& type) {
  std::string digits = lower(trimmed(text));
  if (digits.size() > 2 && digits.front() == '{' && digits.back() == '}') digits = digits.substr(1, digits.size() - 2);
  std::erase(digits, '-');
  const bool hexadecimal = digits.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (digits.size() != 32 || !hexadecimal) return no_value(text, type);
  for (const std::size_t at : {8U, 13U, 18U, 23U}) digits.insert(at, 1, '-');
  return Value(std::move(digits));
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

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

std::string signed_part(std::int64_t number, std::string_view unit) {
  if (number == 0) return {};
  return std::to_string(number) + " " + std::string(unit) + (number == 1 || number == -1 ? " " : "s ");
}

}  // namespace

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

Result<Value> parse_value(std::string_view text, const Type& type) {
  switch (type.kind) {
    case TypeKind::boolean:
      return parse_boolean(text, type);
    case TypeKind::int16:
    case TypeKind::int32:
    case TypeKind::int64:
      return parse_integer(text, type);
    case TypeKind::decimal:
      return parse_decimal(text, type);
    case TypeKind::float32:
    case TypeKind::float64:
      return parse_float(text, type);
    case TypeKind::varchar:
      if (characters(text) > type.length) return no_value(text, type, "the text is too long");
      return Value(std::string(text));
    case TypeKind::unknown:
    case TypeKind::null:
    case TypeKind::text:
    case TypeKind::json:
      return Value(std::string(text));
    case TypeKind::date:
    case TypeKind::time:
    case TypeKind::timestamp:
    case TypeKind::timestamptz:
      return parse_temporal(text, type);
    case TypeKind::interval:
      return parse_interval(text, type);
    case TypeKind::uuid:
      return parse_uuid(text, type);
    case TypeKind::bytes:
    case TypeKind::array:
      break;
  }
  return fail(ErrorKind::invalid_input, "a constant of type " + to_string(type) + " cannot be written");
}

}  // namespace penstock::ir
