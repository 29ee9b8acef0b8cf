#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace penstock::ir {

enum class TypeKind : std::uint8_t {
  unknown,  ///< Nobody declared it and nothing proves it. Unknown never blocks.
  null,     ///< The type of a bare NULL; it fits everywhere.
  boolean,
  int16,
  int32,
  int64,
  decimal,
  float32,
  float64,
  text,
  varchar,
  bytes,
  date,
  time,
  timestamp,    ///< Wall clock, microseconds.
  timestamptz,  ///< Instant, microseconds; sessions are pinned to UTC.
  interval,
  json,
  uuid,
  array,
};

/// The type of a column or an expression. A value; cheap to copy.
struct Type {
  TypeKind kind = TypeKind::unknown;
  std::uint16_t precision = 0;          ///< decimal: 1 to 38.
  std::uint16_t scale = 0;              ///< decimal: 0 to 37.
  std::uint32_t length = 0;             ///< varchar: characters.
  std::shared_ptr<const Type> element;  ///< array.

  static Type of(TypeKind kind) { return Type{kind, 0, 0, 0, nullptr}; }
  static Type decimal(int precision, int scale) {
    return Type{TypeKind::decimal, static_cast<std::uint16_t>(precision), static_cast<std::uint16_t>(scale), 0, nullptr};
  }
  static Type varchar(std::uint32_t length) { return Type{TypeKind::varchar, 0, 0, length, nullptr}; }
  static Type array_of(Type element) { return Type{TypeKind::array, 0, 0, 0, std::make_shared<const Type>(std::move(element))}; }

  bool is_unknown() const { return kind == TypeKind::unknown; }
  bool is_integer() const { return kind == TypeKind::int16 || kind == TypeKind::int32 || kind == TypeKind::int64; }
  bool is_exact_number() const { return is_integer() || kind == TypeKind::decimal; }
  bool is_float() const { return kind == TypeKind::float32 || kind == TypeKind::float64; }
  bool is_number() const { return is_exact_number() || is_float(); }
  bool is_text() const { return kind == TypeKind::text || kind == TypeKind::varchar; }
  bool is_temporal() const { return kind == TypeKind::date || kind == TypeKind::timestamp || kind == TypeKind::timestamptz; }
};

bool operator==(const Type& left, const Type& right);

/// The largest precision of a portable decimal; its largest scale is one less.
inline constexpr int kMaxDecimalPrecision = 38;

/// As a person writes it in YAML and SQL: "int64", "decimal(12,2)", "varchar(10)", "array(text)".
std::string to_string(const Type& type);

/// Understands Penstock's own names and PostgreSQL's ("bigint", "numeric(12,2)", "double precision", "text[]"). Empty when it is no type.
std::optional<Type> parse_type(std::string_view text);

/// Whether a claim about types holds. Unknown never blocks.
enum class Verdict { proven, refuted, unknown };

/// Can a value of `from` be used where `to` is wanted without writing a cast (PostgreSQL's implicit casts)?
Verdict is_assignable(const Type& from, const Type& to);

/// Can an explicit cast turn `from` into `to`?
Verdict is_castable(const Type& from, const Type& to);

/// Quotients and averages of exact numbers have at least so many fraction digits.
inline constexpr int kQuotientScale = 16;
/// A product whose digits do not all fit keeps at least so many fraction digits.
inline constexpr int kProductScale = 24;

/// The decimal with just the digits of a whole number: 1 is a decimal(1,0).
Type decimal_of(std::int64_t number);

/// The type that both sides take in a comparison, CASE, COALESCE or UNION, as PostgreSQL resolves it. Empty where there is none.
std::optional<Type> common_type(const Type& left, const Type& right);

}  // namespace penstock::ir
