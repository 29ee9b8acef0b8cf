#include "pipelines/ir/value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <utility>

#include "pipelines/base/utf8.h"
#include "pipelines/ir/value_text.h"

namespace penstock::ir {
namespace {

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
  number.digits.erase(kept);
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

}  // namespace

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

Failure no_value(std::string_view text, const Type& type, std::string hint) {
  return fail(ErrorKind::invalid_input, "\"" + shortened(text, 60) + "\" is no " + to_string(type), std::move(hint));
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
