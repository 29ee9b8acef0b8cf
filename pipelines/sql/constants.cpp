#include <algorithm>
#include <charconv>
#include <utility>

#include "pipelines/base/suggest.h"
#include "pipelines/ir/parameter.h"
#include "pipelines/sql/resolver.h"

namespace penstock::sql {
namespace {

using ir::Type;
using ir::TypeKind;

/// "12345678901" or "1.50" as PostgreSQL types it: a whole number that fits int64, otherwise a decimal.
std::optional<std::pair<ir::Value, Type>> read_number(std::string_view text) {
  std::int64_t whole = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
  if (error == std::errc() && end == text.data() + text.size()) {
    return std::pair(ir::Value(whole), Type::of(whole >= INT32_MIN && whole <= INT32_MAX ? TypeKind::int32 : TypeKind::int64));
  }
  const auto exponent_at = text.find_first_of("eE");
  const auto point = text.find('.');
  int scale = point == std::string_view::npos ? 0 : static_cast<int>(std::min(exponent_at, text.size()) - point - 1);
  if (exponent_at != std::string_view::npos) {
    int exponent = 0;
    std::string_view digits = text.substr(exponent_at + 1);
    if (digits.starts_with('+')) digits.remove_prefix(1);
    const auto [last, wrong] = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
    if (wrong != std::errc() || std::abs(exponent) > 100) return std::nullopt;
    scale = std::max(0, scale - exponent);
  }
  if (scale >= ir::kMaxDecimalPrecision) return std::nullopt;
  auto value = ir::parse_value(text, Type::decimal(ir::kMaxDecimalPrecision, scale));
  if (!value) return std::nullopt;
  const std::string& digits = std::get<ir::DecimalText>(*value).digits;
  const auto count = static_cast<int>(std::count_if(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; }));
  const int precision = std::clamp(digits.starts_with("0.") ? count - 1 : count, std::max(1, scale), ir::kMaxDecimalPrecision);
  return std::pair(std::move(*value), Type::decimal(precision, scale));
}

struct IntervalField {
  std::int64_t mask;
  std::string_view unit;
};

// interval '3' day: PostgreSQL's masks of single fields.
constexpr IntervalField kIntervalFields[] = {{4, "year"}, {2, "month"}, {8, "day"}, {1024, "hour"}, {2048, "minute"}, {4096, "second"}};

std::string written_type(Part part) {
  std::string name;
  for (const Part one : part["names"]) {
    const std::string_view text = one["String"].text("sval");
    if (text != "pg_catalog") name += (name.empty() ? "" : ".") + std::string(text);
  }
  const Part modifiers = part["typmods"];
  if (!modifiers.is_empty()) {
    std::string list;
    for (const Part modifier : modifiers) {
      const Part constant = modifier["A_Const"];
      // array(text) and the like give a name where a number stands otherwise.
      const Part word = modifier["ColumnRef"]["fields"].first()["String"];
      list += (list.empty() ? "" : ",") + (word ? std::string(word.text("sval")) : std::to_string(constant["ival"].number("ival")));
    }
    const bool zoned = name == "timestamptz";
    name += "(" + list + ")";
    if (zoned) name = "timestamp(" + list + ") with time zone";
  }
  for (const Part bound : part["arrayBounds"]) {
    static_cast<void>(bound);
    name += "[]";
  }
  return name;
}

std::vector<std::string> type_names() {
  return {"boolean", "smallint",         "integer", "bigint",  "int16", "int32", "int64", "decimal",   "numeric",     "real",     "float32",
          "float64", "double precision", "text",    "varchar", "bytes", "date",  "time",  "timestamp", "timestamptz", "interval", "json",
          "uuid"};
}

std::string type_hint(const std::string& name) {
  if (name == "timestamp" || name.starts_with("timestamp(") || name.starts_with("time("))
    return "timestamps have microseconds: write it without a precision";
  if (name == "timetz") return "use timestamptz";
  if (name == "datetime" || name == "datetime2") return "use timestamp";
  if (name.starts_with("numeric(") || name.starts_with("decimal("))
    return "a decimal has 1 to 38 digits, and at most as many of them after the point";
  return "penstock's types are boolean, int16, int32, int64, decimal(p,s), float32, float64, text, varchar(n), bytes, date, time, "
         "timestamp, "
         "timestamptz, interval, json, uuid; PostgreSQL's names of these are understood too";
}

}  // namespace

Operand Resolver::constant(Part part) {
  const std::size_t place = part.location();
  if (part.flag("isnull")) return {ir::null_literal(Type::of(TypeKind::null)), place};
  if (const Part text = part["sval"]) return {ir::literal(std::string(text.text("sval")), Type::of(TypeKind::null)), place};
  if (part["ival"]) return {ir::integer(whole_number(part)), place};
  if (const Part truth = part["boolval"]) return {ir::boolean(truth.flag("boolval")), place};
  if (const Part number = part["fval"]) {
    auto value = read_number(number.text("fval"));
    if (value) return {ir::literal(std::move(value->first), std::move(value->second)), place};
    reporter_.error(place, Code::type_mismatch, "a number has at most 38 digits");
    return {};
  }
  reporter_.unsupported(place, "bit strings are not portable", "write a number or a text");
  return {};
}

// libpg_query leaves every integer out of its JSON that is not positive, so that -4 looks like 0: the text tells them apart.
std::int64_t Resolver::whole_number(Part constant) const {
  const std::int64_t number = constant["ival"].number("ival");
  if (number != 0) return number;
  const std::string& text = reporter_.masked().text;
  std::size_t at = constant.location();
  bool negative = false;
  while (at < text.size() && (text[at] < '0' || text[at] > '9')) {
    if (text.compare(at, 2, "--") == 0) {
      at = std::min(text.find('\n', at), text.size());
    } else if (text.compare(at, 2, "/*") == 0) {
      at = std::min(text.find("*/", at), text.size() - 2) + 2;
    } else {
      if (text[at] == '-') negative = !negative;
      ++at;
    }
  }
  std::int64_t value = 0;
  if (!negative || at >= text.size()) return 0;
  std::from_chars(text.data() + at, text.data() + text.size(), value);
  return -value;
}

std::optional<Type> Resolver::type_name(Part part) {
  const std::string name = written_type(part);
  if (part.flag("setof") || part.flag("pct_type")) {
    reporter_.unsupported(part.location(), "SETOF and %TYPE are not supported");
    return std::nullopt;
  }
  auto type = ir::parse_type(name);
  if (!type) {
    const std::string bare = name.substr(0, name.find_first_of("([ "));
    reporter_.error(part.location(), Code::unknown_type, "there is no type " + name, did_you_mean(bare, type_names()), type_hint(name));
  }
  return type;
}

Operand Resolver::type_cast(Part part, const Frame& frame) {
  const Part type_part = part["typeName"];
  const Part argument = part["arg"];
  // CAST says where it stands, a typed constant such as date '2001-01-01' says where its type stands.
  const std::size_t place = part.number("location", -1) > 0 ? part.location() : type_part.location();
  const Part text = argument["A_Const"]["sval"];
  const std::string name = written_type(type_part);
  if (text && (name == "interval" || name.starts_with("interval("))) return interval_constant(text.text("sval"), type_part, place);
  Operand operand = expression(argument, frame);
  if (!operand) return {};
  const bool bare_decimal = (name == "numeric" || name == "decimal" || name == "dec");
  if (bare_decimal) {
    const Type& from = operand.expression->type;
    if (from.kind == TypeKind::decimal || from.is_unknown()) return operand;
    if (from.is_integer()) {
      const int digits = from.kind == TypeKind::int16 ? 5 : from.kind == TypeKind::int32 ? 10 : 19;
      return cast_to(std::move(operand), Type::decimal(digits, 0), place);
    }
    if (const std::string* digits = untyped_text(*operand.expression)) {
      if (auto value = read_number(*digits)) {
        const bool whole = std::holds_alternative<std::int64_t>(value->first);
        const Type type = whole ? Type::decimal(19, 0) : value->second;
        return cast_to(std::move(operand), type, place);
      }
    }
    reporter_.error(type_part.location(), Code::unknown_type, "a decimal needs its digits here", {},
                    "write decimal(38,6), or as many as there are");
    return {};
  }
  const auto type = type_name(type_part);
  return type ? cast_to(std::move(operand), *type, place) : Operand{};
}

Operand Resolver::cast_to(Operand operand, const Type& type, std::size_t place) {
  const Type& from = operand.expression->type;
  if (is_castable(from, type) == ir::Verdict::refuted) {
    reporter_.error(place, Code::type_mismatch, to_string(from) + " cannot be cast to " + to_string(type));
    return {};
  }
  if (type.is_text()) warn_of_open_digits(*operand.expression, place);
  // A cast cuts text that is too long; only what is written for a varchar in another place must fit.
  const std::string* text = untyped_text(*operand.expression);
  if (text && type.kind == TypeKind::varchar) return {ir::cast(ir::text(*text), type), place};
  if (type.kind == TypeKind::varchar && !from.is_text() && !from.is_unknown() && from.kind != TypeKind::null) {
    return {ir::cast(ir::cast(std::move(operand.expression), Type::of(TypeKind::text)), type), place};
  }
  if (from.is_unknown() || from.is_float() || (from.kind == TypeKind::decimal && type.kind != TypeKind::decimal))
    return {ir::cast(std::move(operand.expression), type), place};
  ir::ExpressionPtr result = coerced(std::move(operand.expression), type, operand.place);
  return {std::move(result), place};
}

Operand Resolver::interval_constant(std::string_view text, Part type, std::size_t place) {
  std::string written(text);
  const Part field = type["typmods"].first();
  if (field) {
    const std::int64_t mask = field["A_Const"]["ival"].number("ival");
    const auto* known =
        std::find_if(std::begin(kIntervalFields), std::end(kIntervalFields), [mask](const IntervalField& one) { return one.mask == mask; });
    const bool bare_number = written.find_first_not_of("+-0123456789. ") == std::string::npos;
    if (known == std::end(kIntervalFields) || !bare_number || type["typmods"].size() > 1) {
      reporter_.unsupported(place, "intervals of several fields are written as text", "write interval '1 day 2 hours'");
      return {};
    }
    written += " " + std::string(known->unit);
  }
  auto value = ir::parse_value(written, Type::of(TypeKind::interval));
  if (value) return {ir::literal(std::move(*value), Type::of(TypeKind::interval)), place};
  reporter_.failure(place, value.error());
  return {};
}

ir::ExpressionPtr Resolver::coerced(ir::ExpressionPtr expression, const Type& type, std::size_t place) {
  if (!expression) return nullptr;
  if (type.is_unknown()) return expression->type.kind == TypeKind::null ? coerced(expression, Type::of(TypeKind::text), place) : expression;
  if (expression->type == type || expression->type.is_unknown()) return expression;
  const auto* constant = std::get_if<ir::Literal>(&expression->node);
  if (!constant) return ir::cast(std::move(expression), type);
  if (std::holds_alternative<std::monostate>(constant->value)) return ir::null_literal(type);
  if (const std::string* text = untyped_text(*expression)) {
    if (type.kind == TypeKind::bytes || type.kind == TypeKind::array) return ir::cast(ir::text(*text), type);
    auto value = ir::parse_value(*text, type);
    if (value) return ir::literal(std::move(*value), type);
    if (value.error().hint.empty()) {
      value.error().hint = "its place wants " + to_string(type) + ": write such a value, or cast what it stands beside to text";
    }
    reporter_.failure(place, value.error());
    return nullptr;
  }
  const bool exact =
      (expression->type.is_exact_number() && type.is_number()) || (expression->type.kind == TypeKind::date && type.is_temporal());
  if (exact) {
    auto value = ir::convert_value({constant->value, expression->type}, type);
    if (value) return ir::literal(std::move(*value), type);
  }
  return ir::cast(std::move(expression), type);
}

}  // namespace penstock::sql
