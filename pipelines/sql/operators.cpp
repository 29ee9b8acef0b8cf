#include <algorithm>
#include <utility>

#include "pipelines/ir/calendar.h"
#include "pipelines/ir/value.h"
#include "pipelines/sql/resolver.h"

namespace penstock::sql {
namespace {

std::string_view operator_name(Part part) { return part["name"].first()["String"].text("sval"); }

struct Refusal {
  std::string_view name;
  std::string_view message;
  std::string_view help;
};

constexpr Refusal kRefused[] = {
    {"~*", "regular expressions that ignore case are not portable", "compare lower(x) ~ 'pattern'"},
    {"!~*", "regular expressions that ignore case are not portable", "compare not lower(x) ~ 'pattern'"},
    {"->", "a part of a JSON value as JSON is not portable", "end the path with ->> to get text: x -> 'a' ->> 'b'"},
    {"#>>", "JSON paths as arrays are not portable", "write x -> 'a' ->> 'b'"},
    {"#>", "JSON paths as arrays are not portable", "write x -> 'a' ->> 'b'"},
    {"@>", "containment is not portable", ""},
    {"<@", "containment is not portable", ""},
    {"?", "tests for a JSON key are not portable", "write x ->> 'key' is not null"},
    {"==", "equality is written =", ""},
    {"#", "# is no operator here, and begins no comment", "a comment is written -- to the end of the line, or /* ... */"},
    {"&&", "overlap is not portable", "write AND between conditions"},
};

bool is_interval(const Operand& operand) { return operand.expression->type.kind == ir::TypeKind::interval; }

bool may_be_moment(const Operand& operand) { return operand.expression->type.is_temporal() || operand.expression->type.is_unknown(); }

bool is_integer_like(const Operand& operand) {
  return operand.expression->type.is_integer() || operand.expression->type.kind == ir::TypeKind::null;
}

bool is_counted(const Operand& operand) {
  return is_interval(operand) || is_integer_like(operand) || operand.expression->type.is_unknown();
}

const ir::IntervalValue* interval_of(const ir::Expression& expression) {
  const auto* constant = std::get_if<ir::Literal>(&expression.node);
  return constant ? std::get_if<ir::IntervalValue>(&constant->value) : nullptr;
}

// A date before the midnight that begins a day is a date before that day: a cast of the column would hide it from the engine.
void compare_as_days(std::string_view name, Operand& left, Operand& right) {
  constexpr std::string_view kComparisons[] = {"=", "<>", "!=", "<", "<=", ">", ">="};
  if (std::find(std::begin(kComparisons), std::end(kComparisons), name) == std::end(kComparisons)) return;
  const auto as_day = [](const Operand& day, Operand& midnight) {
    const auto* constant = std::get_if<ir::Literal>(&midnight.expression->node);
    const bool moment = constant != nullptr && midnight.expression->type.kind == ir::TypeKind::timestamp;
    const auto* value = moment ? std::get_if<ir::TimestampValue>(&constant->value) : nullptr;
    if (value == nullptr || day.expression->type.kind != ir::TypeKind::date) return;
    if (const auto start = ir::day_starting(*value)) midnight.expression = ir::literal(*start, day.expression->type);
  };
  as_day(left, right);
  as_day(right, left);
}

ir::ExpressionPtr interval_literal(ir::IntervalValue value) { return ir::literal(value, ir::Type::of(ir::TypeKind::interval)); }

// left + right * times, as a constant; null where one of them is none, or it does not fit.
ir::ExpressionPtr constant_interval(const ir::IntervalValue& left, const ir::IntervalValue& right, std::int64_t times) {
  std::int64_t months = 0;
  std::int64_t days = 0;
  ir::IntervalValue sum;
  const bool fits = !__builtin_mul_overflow(std::int64_t{right.months}, times, &months) &&
                    !__builtin_mul_overflow(std::int64_t{right.days}, times, &days) &&
                    !__builtin_mul_overflow(right.microseconds, times, &sum.microseconds) &&
                    !__builtin_add_overflow(sum.microseconds, left.microseconds, &sum.microseconds) &&
                    !__builtin_add_overflow(left.months, months, &sum.months) && !__builtin_add_overflow(left.days, days, &sum.days);
  return fits ? interval_literal(sum) : nullptr;
}

bool is_moment(ir::TypeKind kind) { return kind == ir::TypeKind::timestamp || kind == ir::TypeKind::timestamptz; }

bool is_number_beside_moment(std::string_view name, const Operand& left, const Operand& right) {
  const ir::Type& first = left.expression->type;
  const ir::Type& second = right.expression->type;
  if (name == "-") return is_moment(first.kind) && second.is_integer();
  return name == "+" && ((is_moment(first.kind) && second.is_integer()) || (first.is_integer() && is_moment(second.kind)));
}

// placed_at - '1 day', placed_on + '1 day': PostgreSQL takes the text for a moment, or for a number of days.
bool is_interval_as_text(std::string_view name, const Operand& left, const Operand& right) {
  const std::string* text = untyped_text(*right.expression);
  const bool other = name == "-" ? left.expression->type.is_temporal() : name == "+" && left.expression->type.kind == ir::TypeKind::date;
  if (!other || text == nullptr) return false;
  const bool has_unit = std::any_of(text->begin(), text->end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
  return has_unit && ir::parse_value(*text, ir::Type::of(ir::TypeKind::interval)).has_value();
}

}  // namespace

Operand Resolver::operator_expression(Part part, const Frame& frame) {
  const std::string_view kind = part.text("kind");
  const std::string_view name = operator_name(part);
  const std::size_t place = part.location();
  if (kind == "AEXPR_IN") return in_list(part, frame, place);
  if (kind == "AEXPR_LIKE" || kind == "AEXPR_ILIKE") return like(part, frame, place);
  if (kind.starts_with("AEXPR_BETWEEN") || kind.starts_with("AEXPR_NOT_BETWEEN")) return between(part, frame, place);
  if (kind == "AEXPR_SIMILAR") {
    reporter_.unsupported(place, "SIMILAR TO is not portable", "use LIKE, or a regular expression: x ~ '^(a|b)$'");
    return {};
  }
  if (kind == "AEXPR_OP_ANY" || kind == "AEXPR_OP_ALL") {
    reporter_.unsupported(place, "ANY and ALL over an array are not portable", "write x in (1, 2, 3)");
    return {};
  }
  if (name == "->>") return json_path(part, frame, place);
  for (const Refusal& refusal : kRefused) {
    if (refusal.name == name) {
      reporter_.unsupported(place, std::string(refusal.message), std::string(refusal.help));
      return {};
    }
  }
  Operand right = expression(part["rexpr"], frame);
  if (!part["lexpr"]) {
    if (!right) return {};
    if (name == "+") return right;
    if (name == "-") return negated(std::move(right));
    reporter_.unsupported(place, "there is no operator " + std::string(name));
    return {};
  }
  Operand left = expression(part["lexpr"], frame);
  if (!left || !right) return {};
  if (kind == "AEXPR_DISTINCT") return apply(ir::Function::is_distinct_from, {std::move(left), std::move(right)}, place);
  if (kind == "AEXPR_NOT_DISTINCT") return apply(ir::Function::is_not_distinct_from, {std::move(left), std::move(right)}, place);
  if (kind == "AEXPR_NULLIF") return apply(ir::Function::null_if, {std::move(left), std::move(right)}, place);
  return binary(name, std::move(left), std::move(right), place);
}

Operand Resolver::negated(Operand operand) {
  const std::size_t place = operand.place;
  if (const auto* interval = interval_of(*operand.expression)) {
    if (ir::ExpressionPtr turned = constant_interval({}, *interval, -1)) return {std::move(turned), place};
  }
  // So many times an interval stay so many times one.
  const auto* product = std::get_if<ir::Call>(&operand.expression->node);
  if (product != nullptr && product->function == ir::Function::multiply && is_interval(operand)) {
    Operand turned = negated({product->arguments[0], place});
    return apply(ir::Function::multiply, {std::move(turned), {product->arguments[1], place}}, place);
  }
  if (const auto* constant = std::get_if<ir::Literal>(&operand.expression->node)) {
    if (const auto* number = std::get_if<std::int64_t>(&constant->value); number && *number != INT64_MIN) {
      return {ir::literal(-*number, operand.expression->type), place};
    }
    if (const auto* number = std::get_if<ir::DecimalText>(&constant->value)) {
      const bool negative = number->digits.starts_with('-');
      return {ir::literal(ir::DecimalText{negative ? number->digits.substr(1) : "-" + number->digits}, operand.expression->type), place};
    }
  }
  return apply(ir::Function::negate, {std::move(operand)}, place);
}

Operand Resolver::binary(std::string_view name, Operand left, Operand right, std::size_t place) {
  if (is_interval_as_text(name, left, right)) {
    reporter_.error(right.place, Code::type_mismatch, "this text is no interval until it says so", {},
                    "write interval '" + *untyped_text(*right.expression) + "'");
    return {};
  }
  if ((name == "*" || name == "/") && (is_interval(left) || is_interval(right)) &&
      (name == "/" || !is_counted(left) || !is_counted(right))) {
    reporter_.unsupported(place, "an interval is multiplied by whole numbers only",
                          "write so many of a smaller unit: n * interval '1 minute', or interval '36 hours'");
    return {};
  }
  if (is_number_beside_moment(name, left, right)) {
    reporter_.error(place, Code::type_mismatch, "a number says no unit of time beside a moment", {},
                    "write x " + std::string(name) + " n * interval '1 day'");
    return {};
  }
  if (Operand dates = arithmetic_on_dates(name, left, right, place)) return dates;
  if (name == "~" || name == "!~") {
    Operand match = apply(ir::Function::regexp_like, {std::move(left), std::move(right)}, place);
    if (!match || name == "~") return match;
    return {ir::call(ir::Function::logical_not, {std::move(match.expression)}), place};
  }
  if (name == "^") return apply(ir::Function::power, {std::move(left), std::move(right)}, place);
  const ir::TypeKind left_kind = left.expression->type.kind;
  const ir::TypeKind right_kind = right.expression->type.kind;
  if (name == "-" && ((is_moment(left_kind) && (is_moment(right_kind) || right_kind == ir::TypeKind::date)) ||
                      (left_kind == ir::TypeKind::date && is_moment(right_kind)))) {
    reporter_.unsupported(place, "the difference of two timestamps as an interval is not portable",
                          "write extract(epoch from a - b) for seconds, or cast(a as date) - cast(b as date) for days");
    return {};
  }
  compare_as_days(name, left, right);
  if (name == "/" && (left.expression->type.is_unknown() || right.expression->type.is_unknown())) {
    reporter_.warning(place, Code::untyped_column, "the types of this division are not known, so it is computed in floats", {},
                      "declare the columns of the source, or cast both sides");
    return apply(ir::Function::divide_floats, {std::move(left), std::move(right)}, place);
  }
  return apply(name, {std::move(left), std::move(right)}, place);
}

Operand Resolver::arithmetic_on_dates(std::string_view name, const Operand& left, const Operand& right, std::size_t place) {
  const bool minus = name == "-";
  if (name == "*" && (is_interval(left) || is_interval(right))) {
    const Operand& interval = is_interval(left) ? left : right;
    const Operand& factor = is_interval(left) ? right : left;
    const auto* value = interval_of(*interval.expression);
    const auto* constant = std::get_if<ir::Literal>(&factor.expression->node);
    const auto* number = constant ? std::get_if<std::int64_t>(&constant->value) : nullptr;
    if (value && number) {
      if (ir::ExpressionPtr product = constant_interval({}, *value, *number)) return {std::move(product), place};
    }
    return apply(name, {interval, factor}, place);
  }
  if (!minus && name != "+") return {};
  if (is_interval(left) && is_interval(right)) {
    const auto* first = interval_of(*left.expression);
    const auto* second = interval_of(*right.expression);
    return first && second ? Operand{constant_interval(*first, *second, minus ? -1 : 1), place} : Operand{};
  }
  const ir::TypeKind left_kind = left.expression->type.kind;
  if (!minus && is_interval(left) && may_be_moment(right)) return apply(ir::Function::add_interval, {right, left}, place);
  if (!minus && is_interval(right) && may_be_moment(left)) return apply(ir::Function::add_interval, {left, right}, place);
  if (!minus && is_integer_like(left) && right.expression->type.is_temporal()) return apply(name, {right, left}, place);
  if (minus && may_be_moment(left) && is_interval(right)) {
    return apply(ir::Function::add_interval, {left, negated(right)}, place);
  }
  if (minus && left_kind == ir::TypeKind::date && right.expression->type.is_integer()) {
    return apply(ir::Function::add_days, {left, negated(right)}, place);
  }
  return {};
}

Operand Resolver::in_list(Part part, const Frame& frame, std::size_t place) {
  Operand operand = expression(part["lexpr"], frame);
  auto options = expressions(part["rexpr"]["List"]["items"], frame);
  if (!operand || !options) return {};
  std::vector<ir::ExpressionPtr> coerced_options;
  // The list as PostgreSQL compares it: all take the one type that fits everywhere.
  ir::Type type = operand.expression->type;
  for (const Operand& option : *options) {
    const auto common = common_type(type, option.expression->type);
    if (!common) {
      reporter_.error(option.place, Code::type_mismatch,
                      "cannot compare " + to_string(type) + " with " + to_string(option.expression->type), {},
                      "cast one side: cast(x as type)");
      return {};
    }
    if (!option.expression->type.is_unknown() && !type.is_unknown()) type = *common;
  }
  if (type.kind == ir::TypeKind::null) type = ir::Type::of(ir::TypeKind::text);
  bool nullable = operand.expression->nullable;
  const auto keeps = [&type](const ir::Expression& expression) {
    return !is_untyped(expression) &&
           ((expression.type.is_exact_number() && type.is_exact_number()) || (expression.type.is_text() && type.is_text()));
  };
  for (const Operand& option : *options) {
    ir::ExpressionPtr value = keeps(*option.expression) ? option.expression : coerced(option.expression, type, option.place);
    if (!value) return {};
    nullable = nullable || value->nullable;
    coerced_options.push_back(std::move(value));
  }
  ir::ExpressionPtr subject = keeps(*operand.expression) ? operand.expression : coerced(operand.expression, type, operand.place);
  if (!subject) return {};
  ir::ExpressionPtr in = std::make_shared<const ir::Expression>(
      ir::Expression{ir::InList{std::move(subject), std::move(coerced_options)}, ir::Type::of(ir::TypeKind::boolean), nullable});
  if (operator_name(part) == "<>") in = ir::call(ir::Function::logical_not, {std::move(in)});
  return {std::move(in), place};
}

Operand Resolver::between(Part part, const Frame& frame, std::size_t place) {
  const std::string_view kind = part.text("kind");
  Operand operand = expression(part["lexpr"], frame);
  auto bounds = expressions(part["rexpr"]["List"]["items"], frame);
  if (!operand || !bounds || bounds->size() != 2) return {};
  const auto range = [&](const Operand& low, const Operand& high) -> ir::ExpressionPtr {
    Operand above = binary(">=", operand, low, low.place);
    Operand below = above ? binary("<=", operand, high, high.place) : Operand{};
    if (!above || !below) return nullptr;
    return ir::call(ir::Function::logical_and, {std::move(above.expression), std::move(below.expression)});
  };
  ir::ExpressionPtr inside = range((*bounds)[0], (*bounds)[1]);
  if (inside && kind.ends_with("_SYM")) {
    ir::ExpressionPtr turned = range((*bounds)[1], (*bounds)[0]);
    inside = turned ? ir::call(ir::Function::logical_or, {std::move(inside), std::move(turned)}) : nullptr;
  }
  if (!inside) return {};
  if (kind.starts_with("AEXPR_NOT")) inside = ir::call(ir::Function::logical_not, {std::move(inside)});
  return {std::move(inside), place};
}

Operand Resolver::like(Part part, const Frame& frame, std::size_t place) {
  const bool insensitive = part.text("kind") == "AEXPR_ILIKE";
  const bool negative = operator_name(part).starts_with('!');
  Part pattern = part["rexpr"];
  Operand escape{ir::text("\\"), place};
  if (pattern.tag() == "FuncCall") {
    Part last;
    for (const Part name : pattern.inside()["funcname"]) last = name;
    if (last["String"].text("sval") == "like_escape") {
      const Part arguments = pattern.inside()["args"];
      Part second;
      for (const Part argument : arguments) second = argument;
      escape = expression(second, frame);
      pattern = arguments.first();
    }
  }
  Operand operand = expression(part["lexpr"], frame);
  Operand written = expression(pattern, frame);
  if (!operand || !written || !escape) return {};
  escape.expression = settled(std::move(escape.expression));
  const auto* constant = std::get_if<ir::Literal>(&escape.expression->node);
  const auto* character = constant ? std::get_if<std::string>(&constant->value) : nullptr;
  const bool one_character = character && std::count_if(character->begin(), character->end(),
                                                        [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }) <= 1;
  if (!one_character) {
    reporter_.unsupported(escape.place, "ESCAPE wants one character as a constant");
    return {};
  }
  const ir::Function function = negative ? (insensitive ? ir::Function::not_ilike : ir::Function::not_like)
                                         : (insensitive ? ir::Function::ilike : ir::Function::like);
  return apply(function, {std::move(operand), std::move(written), std::move(escape)}, place);
}

Operand Resolver::json_path(Part part, const Frame& frame, std::size_t place) {
  // x -> 'a' -> 'b' ->> 'c' is one path: down the left side to the JSON value.
  std::vector<Part> keys{part["rexpr"]};
  Part value = part["lexpr"];
  while (value.tag() == "A_Expr" && operator_name(value.inside()) == "->" && keys.size() < 64) {
    keys.push_back(value.inside()["rexpr"]);
    value = value.inside()["lexpr"];
  }
  std::vector<Operand> operands{expression(value, frame)};
  if (!operands[0]) return {};
  for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
    Operand operand = expression(*key, frame);
    if (!operand) return {};
    const auto* constant = std::get_if<ir::Literal>(&operand.expression->node);
    if (const auto* index = constant ? std::get_if<std::int64_t>(&constant->value) : nullptr) {
      operand.expression = ir::text(std::to_string(*index));
    } else if (!untyped_text(*operand.expression)) {
      reporter_.unsupported(operand.place, "the keys of a JSON path must be constants");
      return {};
    }
    operands.push_back(std::move(operand));
  }
  return apply(ir::Function::json_text_at, std::move(operands), place);
}

}  // namespace penstock::sql
