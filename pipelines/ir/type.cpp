#include "pipelines/ir/type.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace penstock::ir {
namespace {

struct TypeName {
  std::string_view name;
  TypeKind kind;
};

// The first name of a kind is Penstock's own.
constexpr std::array kTypeNames{
    TypeName{"unknown", TypeKind::unknown},
    TypeName{"null", TypeKind::null},
    TypeName{"boolean", TypeKind::boolean},
    TypeName{"bool", TypeKind::boolean},
    TypeName{"int16", TypeKind::int16},
    TypeName{"smallint", TypeKind::int16},
    TypeName{"int2", TypeKind::int16},
    TypeName{"int32", TypeKind::int32},
    TypeName{"integer", TypeKind::int32},
    TypeName{"int", TypeKind::int32},
    TypeName{"int4", TypeKind::int32},
    TypeName{"int64", TypeKind::int64},
    TypeName{"bigint", TypeKind::int64},
    TypeName{"int8", TypeKind::int64},
    TypeName{"float32", TypeKind::float32},
    TypeName{"real", TypeKind::float32},
    TypeName{"float4", TypeKind::float32},
    TypeName{"float64", TypeKind::float64},
    TypeName{"double precision", TypeKind::float64},
    TypeName{"double", TypeKind::float64},
    TypeName{"float", TypeKind::float64},
    TypeName{"float8", TypeKind::float64},
    TypeName{"text", TypeKind::text},
    TypeName{"varchar", TypeKind::text},
    TypeName{"character varying", TypeKind::text},
    TypeName{"string", TypeKind::text},
    TypeName{"bytes", TypeKind::bytes},
    TypeName{"bytea", TypeKind::bytes},
    TypeName{"date", TypeKind::date},
    TypeName{"time", TypeKind::time},
    TypeName{"time without time zone", TypeKind::time},
    TypeName{"timestamp", TypeKind::timestamp},
    TypeName{"timestamp without time zone", TypeKind::timestamp},
    TypeName{"timestamptz", TypeKind::timestamptz},
    TypeName{"timestamp with time zone", TypeKind::timestamptz},
    TypeName{"interval", TypeKind::interval},
    TypeName{"json", TypeKind::json},
    TypeName{"jsonb", TypeKind::json},
    TypeName{"uuid", TypeKind::uuid},
};

constexpr std::array<std::string_view, 3> kDecimalNames{"decimal", "numeric", "dec"};
constexpr std::array<std::string_view, 5> kVarcharNames{"varchar", "character varying", "char", "character", "bpchar"};
/// Deeper arrays are no column type of any target.
constexpr int kDeepestArray = 8;

template <std::size_t Size>
bool contains(const std::array<std::string_view, Size>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Lower case, single blanks, none beside parentheses, commas and brackets.
std::string normalise(std::string_view text) {
  std::string result;
  const auto is_punctuation = [](char c) { return c == '(' || c == ')' || c == ',' || c == '[' || c == ']'; };
  bool pending_blank = false;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      pending_blank = !result.empty();
      continue;
    }
    const bool after_bracket = !result.empty() && is_punctuation(result.back()) && result.back() != ')';
    if (pending_blank && !is_punctuation(c) && !after_bracket) result += ' ';
    pending_blank = false;
    result += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return result;
}

std::optional<unsigned> parse_number(std::string_view text) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<Type> parse_decimal(std::string_view arguments) {
  const auto comma = arguments.find(',');
  const auto precision = parse_number(arguments.substr(0, comma));
  const auto scale = comma == std::string_view::npos ? std::optional<unsigned>(0) : parse_number(arguments.substr(comma + 1));
  if (!precision || !scale || *precision < 1 || *precision > kMaxDecimalPrecision) return std::nullopt;
  if (*scale > *precision || *scale >= kMaxDecimalPrecision) return std::nullopt;
  return Type::decimal(static_cast<int>(*precision), static_cast<int>(*scale));
}

std::optional<Type> parse_normalised(std::string_view text, int depth);

std::optional<Type> parse_array(std::string_view element, int depth) {
  auto type = depth < kDeepestArray ? parse_normalised(element, depth + 1) : std::nullopt;
  if (!type) return std::nullopt;
  return Type::array_of(std::move(*type));
}

// "name(arguments)" and what may follow: timestamp(6) with time zone.
std::optional<Type> parse_with_arguments(std::string_view text, std::size_t open, int depth) {
  const auto close = text.rfind(')');
  if (close == std::string_view::npos || close < open) return std::nullopt;
  const std::string_view name = text.substr(0, open);
  const std::string_view arguments = text.substr(open + 1, close - open - 1);
  const std::string_view rest = text.substr(close + 1);
  if (name == "time" || name == "timestamp" || name == "timestamptz") {
    // Microseconds are the only portable precision.
    if (arguments != "6") return std::nullopt;
    return parse_normalised(rest.empty() ? std::string(name) : std::string(name) + (rest.front() == ' ' ? "" : " ") + std::string(rest),
                            depth);
  }
  if (!rest.empty()) return std::nullopt;
  if (name == "array") return parse_array(arguments, depth);
  if (contains(kDecimalNames, name)) return parse_decimal(arguments);
  if (contains(kVarcharNames, name)) {
    const auto length = parse_number(arguments);
    if (!length || *length < 1 || *length > 10'485'760) return std::nullopt;
    return Type::varchar(*length);
  }
  if (name == "float") {
    const auto bits = parse_number(arguments);
    if (!bits || *bits < 1 || *bits > 53) return std::nullopt;
    return Type::of(*bits <= 24 ? TypeKind::float32 : TypeKind::float64);
  }
  return std::nullopt;
}

std::optional<Type> parse_normalised(std::string_view text, int depth) {
  if (text.ends_with("[]")) return parse_array(text.substr(0, text.size() - 2), depth);
  if (const auto open = text.find('('); open != std::string_view::npos) return parse_with_arguments(text, open, depth);
  for (const TypeName& entry : kTypeNames) {
    if (entry.name == text && entry.kind != TypeKind::null) return Type::of(entry.kind);
  }
  return std::nullopt;
}

int whole_digits(const Type& type) {
  switch (type.kind) {
    case TypeKind::int16:
      return 5;
    case TypeKind::int32:
      return 10;
    case TypeKind::int64:
      return 19;
    default:
      return type.precision - type.scale;
  }
}

Type common_decimal(const Type& left, const Type& right) {
  const int scale = std::max(left.scale, right.scale);
  const int whole = std::max(whole_digits(left), whole_digits(right));
  // Fraction digits are kept: a number that is too large fails aloud, a rounded one would not.
  return Type::decimal(std::clamp(whole + scale, 1, kMaxDecimalPrecision), scale);
}

std::optional<Type> common_number(const Type& left, const Type& right) {
  if (left.is_integer() && right.is_integer()) return left.kind > right.kind ? left : right;
  if (left.is_exact_number() && right.is_exact_number()) return common_decimal(left, right);
  if (left.kind == TypeKind::float32 && right.kind == TypeKind::float32) return left;
  return Type::of(TypeKind::float64);
}

bool decimal_holds(const Type& from, const Type& to) {
  const int from_scale = from.kind == TypeKind::decimal ? from.scale : 0;
  return to.scale >= from_scale && to.precision - to.scale >= whole_digits(from);
}

bool holds_every_value(const Type& from, const Type& to) {
  if (from.is_integer() && to.is_integer()) return from.kind <= to.kind;
  if (from.is_exact_number() && to.kind == TypeKind::decimal) return decimal_holds(from, to);
  if (from.is_exact_number() && to.is_float()) return true;
  if (from.kind == TypeKind::float32 && to.kind == TypeKind::float64) return true;
  if (from.is_text() && to.kind == TypeKind::text) return true;
  if (from.kind == TypeKind::varchar && to.kind == TypeKind::varchar) return from.length <= to.length;
  if (from.is_temporal() && to.is_temporal()) return from.kind <= to.kind;
  return false;
}

bool is_timelike(TypeKind kind) {
  return kind == TypeKind::date || kind == TypeKind::time || kind == TypeKind::timestamp || kind == TypeKind::timestamptz;
}

bool converts(const Type& from, const Type& to) {
  if (from.is_text() || to.is_text()) return true;
  if (from.is_number() && to.is_number()) return true;
  if (from.kind == TypeKind::boolean && to.kind == TypeKind::int32) return true;
  if (from.kind == TypeKind::int32 && to.kind == TypeKind::boolean) return true;
  if (is_timelike(from.kind) && is_timelike(to.kind)) {
    const bool date_and_time = (from.kind == TypeKind::date && to.kind == TypeKind::time) || from.kind == TypeKind::time;
    return !date_and_time || from.kind == to.kind;
  }
  return (from.kind == TypeKind::time && to.kind == TypeKind::interval) || (from.kind == TypeKind::interval && to.kind == TypeKind::time);
}

bool is_open(const Type& type) { return type.kind == TypeKind::unknown; }

}  // namespace

bool operator==(const Type& left, const Type& right) {
  if (left.kind != right.kind || left.precision != right.precision || left.scale != right.scale || left.length != right.length) {
    return false;
  }
  if (left.element == right.element) return true;
  return left.element && right.element && *left.element == *right.element;
}

std::string to_string(const Type& type) {
  switch (type.kind) {
    case TypeKind::decimal:
      return "decimal(" + std::to_string(type.precision) + "," + std::to_string(type.scale) + ")";
    case TypeKind::varchar:
      return "varchar(" + std::to_string(type.length) + ")";
    case TypeKind::array:
      return "array(" + (type.element ? to_string(*type.element) : std::string("unknown")) + ")";
    default:
      break;
  }
  const auto* entry = std::find_if(kTypeNames.begin(), kTypeNames.end(), [&](const TypeName& name) { return name.kind == type.kind; });
  return entry == kTypeNames.end() ? "unknown" : std::string(entry->name);
}

std::optional<Type> parse_type(std::string_view text) { return parse_normalised(normalise(text), 0); }

Verdict is_assignable(const Type& from, const Type& to) {
  if (is_open(from) || is_open(to)) return Verdict::unknown;
  if (from == to || from.kind == TypeKind::null) return Verdict::proven;
  if (from.kind == TypeKind::array && to.kind == TypeKind::array && from.element && to.element) {
    return is_assignable(*from.element, *to.element);
  }
  return holds_every_value(from, to) ? Verdict::proven : Verdict::refuted;
}

Verdict is_castable(const Type& from, const Type& to) {
  if (is_open(from) || is_open(to)) return Verdict::unknown;
  if (from == to || from.kind == TypeKind::null) return Verdict::proven;
  if (from.kind == TypeKind::array && to.kind == TypeKind::array && from.element && to.element) {
    return is_castable(*from.element, *to.element);
  }
  return converts(from, to) ? Verdict::proven : Verdict::refuted;
}

Type decimal_of(std::int64_t number) {
  const std::string digits = std::to_string(number);
  return Type::decimal(static_cast<int>(digits.size()) - (number < 0 ? 1 : 0), 0);
}

std::optional<Type> common_type(const Type& left, const Type& right) {
  if (left == right || right.kind == TypeKind::null) return left;
  if (left.kind == TypeKind::null) return right;
  if (is_open(left) || is_open(right)) return Type{};
  if (left.is_number() && right.is_number()) return common_number(left, right);
  if (left.kind == TypeKind::varchar && right.kind == TypeKind::varchar) return Type::varchar(std::max(left.length, right.length));
  if (left.is_text() && right.is_text()) return Type::of(TypeKind::text);
  if (left.is_temporal() && right.is_temporal()) return left.kind > right.kind ? left : right;
  if (left.kind == TypeKind::array && right.kind == TypeKind::array && left.element && right.element) {
    auto element = common_type(*left.element, *right.element);
    if (element) return Type::array_of(std::move(*element));
  }
  return std::nullopt;
}

}  // namespace penstock::ir
