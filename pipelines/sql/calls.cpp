#include <algorithm>
#include <array>
#include <utility>

#include "pipelines/base/suggest.h"
#include "pipelines/ir/calendar.h"
#include "pipelines/sql/resolver.h"

namespace penstock::sql {
namespace {

using ir::Function;
using ir::Type;
using ir::TypeKind;

struct Unit {
  std::string_view name;
  Function function;
};

constexpr std::array kUnits{
    Unit{"year", Function::extract_year},
    Unit{"quarter", Function::extract_quarter},
    Unit{"month", Function::extract_month},
    Unit{"week", Function::extract_week},
    Unit{"day", Function::extract_day},
    Unit{"dow", Function::extract_day_of_week},
    Unit{"isodow", Function::extract_iso_day_of_week},
    Unit{"doy", Function::extract_day_of_year},
    Unit{"hour", Function::extract_hour},
    Unit{"minute", Function::extract_minute},
    Unit{"second", Function::extract_second},
    Unit{"epoch", Function::extract_epoch},
    Unit{"isoyear", Function::extract_iso_year},
};

struct Refusal {
  std::string_view name;
  std::string_view help;
};

// Functions that read the clock or chance: a step with them would give other rows each time it runs.
constexpr std::array kNoClock{
    Refusal{"now", "use :interval_end, or :run_started_at for the moment of the run"},
    Refusal{"clock_timestamp", "use :interval_end, or :run_started_at for the moment of the run"},
    Refusal{"statement_timestamp", "use :interval_end, or :run_started_at for the moment of the run"},
    Refusal{"transaction_timestamp", "use :interval_end, or :run_started_at for the moment of the run"},
    Refusal{"timeofday", "use :interval_end, or :run_started_at for the moment of the run"},
    Refusal{"age", "write date - date for days, or extract(epoch from a - b) for seconds, with :run_started_at for the moment of the run"},
    Refusal{"random", "take a part of a hash of the key: md5(key)"},
    Refusal{"gen_random_uuid", "make the key from columns: md5(a || '/' || b)"},
    Refusal{"uuid_generate_v4", "make the key from columns: md5(a || '/' || b)"},
};

// What people bring from other systems.
constexpr std::array kForeign{
    Refusal{"ifnull", "write coalesce(a, b)"},
    Refusal{"nvl", "write coalesce(a, b)"},
    Refusal{"isnull", "write coalesce(a, b), or a is null"},
    Refusal{"iff", "write case when condition then a else b end"},
    Refusal{"iif", "write case when condition then a else b end"},
    Refusal{"if", "write case when condition then a else b end"},
    Refusal{"decode", "write case a when 1 then 'x' end"},
    Refusal{"len", "write length(x)"},
    Refusal{"charindex", "write position('part' in text)"},
    Refusal{"instr", "write position('part' in text)"},
    Refusal{"dateadd", "write x + interval '1 day'"},
    Refusal{"date_add", "write x + interval '1 day'"},
    Refusal{"date_sub", "write x - interval '1 day'"},
    Refusal{"datediff", "write date - date for days, or extract(epoch from a - b) for seconds"},
    Refusal{"date_diff", "write date - date for days, or extract(epoch from a - b) for seconds"},
    Refusal{"getdate", "use :interval_end, or :run_started_at"},
    Refusal{"sysdate", "use :interval_end, or :run_started_at"},
    Refusal{"countif", "write count(*) filter (where condition)"},
    Refusal{"count_if", "write count(*) filter (where condition)"},
    Refusal{"sumif", "write sum(x) filter (where condition)"},
    Refusal{"group_concat", "write string_agg(x, ',' order by x)"},
    Refusal{"listagg", "write string_agg(x, ',' order by x)"},
    Refusal{"safe_divide", "write a / nullif(b, 0)"},
    Refusal{"div0", "write coalesce(a / nullif(b, 0), 0)"},
    Refusal{"year", "write extract(year from x)"},
    Refusal{"month", "write extract(month from x)"},
    Refusal{"day", "write extract(day from x)"},
    Refusal{"to_date", "write cast(x as date) for text like 2001-02-03"},
    Refusal{"to_timestamp", "write cast(x as timestamp) for text like 2001-02-03 04:05:06"},
    Refusal{"try_cast", "there is no cast that hides errors: check the text with a regular expression in a CASE first"},
    Refusal{"generate_series", "list the values with VALUES, or read them from a calendar table"},
    Refusal{"unnest", "arrays are not taken apart by the portable language"},
    Refusal{"mode", "count by value and take the first by row_number()"},
    Refusal{"percentile_disc", "use percentile_cont(0.5) within group (order by x)"},
};

template <std::size_t Size>
const Refusal* find_refusal(const std::array<Refusal, Size>& refusals, std::string_view name) {
  const auto* found = std::find_if(refusals.begin(), refusals.end(), [name](const Refusal& one) { return one.name == name; });
  return found == refusals.end() ? nullptr : found;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return result;
}

/// The parts of a to_char format that every target can print alike.
bool is_portable_format(std::string_view format) {
  constexpr std::array<std::string_view, 9> kParts{"YYYY", "HH24", "MM", "DD", "MI", "SS", "YY", "Q", "US"};
  while (!format.empty()) {
    const auto* part = std::find_if(kParts.begin(), kParts.end(), [format](std::string_view one) { return format.starts_with(one); });
    if (part != kParts.end()) {
      format.remove_prefix(part->size());
    } else if (std::string_view("-/:. ,_").find(format.front()) != std::string_view::npos) {
      format.remove_prefix(1);
    } else {
      return false;
    }
  }
  return true;
}

std::string_view last_name(Part names) {
  std::string_view name;
  for (const Part one : names) name = one["String"].text("sval");
  return name;
}

// date '1998-12-01' - interval '90 days' is a constant, by which the engine finds its blocks and partitions.
ir::ExpressionPtr constant_moment(const std::vector<ir::ExpressionPtr>& arguments) {
  const auto* start = std::get_if<ir::Literal>(&arguments[0]->node);
  const auto* added = std::get_if<ir::Literal>(&arguments[1]->node);
  const auto* moment = start != nullptr ? std::get_if<ir::TimestampValue>(&start->value) : nullptr;
  const auto* interval = added != nullptr ? std::get_if<ir::IntervalValue>(&added->value) : nullptr;
  if (moment == nullptr || interval == nullptr) return nullptr;
  const auto end = ir::later(*moment, *interval);
  return end ? ir::literal(*end, arguments[0]->type) : nullptr;
}

// What is written for a call that no signature takes, where that is known; otherwise the signatures are the hint.
std::string_view way_out(std::string_view name, const std::vector<Type>& types) {
  const auto is = [&](std::size_t place, TypeKind kind) { return types.size() > place && types[place].kind == kind; };
  if (name == "max" && is(0, TypeKind::boolean)) return "booleans have no order: bool_or(x) is true where one is true";
  if (name == "min" && is(0, TypeKind::boolean)) return "booleans have no order: bool_and(x) is true where all are true";
  if ((name == "min" || name == "max") && is(0, TypeKind::uuid)) return "write it of the text: cast(x as text)";
  if ((name == "lag" || name == "lead" || name == "nth_value") && is(1, TypeKind::int64))
    return "the number of rows is an int32: cast(n as int32)";
  if ((name == "sum" || name == "avg") && is(0, TypeKind::boolean)) return "count the rows: count(*) filter (where x)";
  if ((name == "sum" || name == "avg") && is(0, TypeKind::interval)) return "add up seconds: extract(epoch from a - b)";
  return {};
}

// A text where substring() takes a place: a constant that is a number may be one.
bool is_pattern(const ir::Expression& expression) {
  const std::string* constant = untyped_text(expression);
  return constant ? !ir::parse_value(*constant, Type::of(TypeKind::int32)) : expression.type.is_text();
}

bool is_trim(std::string_view name) { return name == "btrim" || name == "ltrim" || name == "rtrim" || name == "trim"; }

}  // namespace

std::vector<Type> Resolver::types_of(const std::vector<Operand>& operands) const {
  std::vector<Type> types;
  types.reserve(operands.size());
  for (const Operand& operand : operands) types.push_back(operand.expression->type);
  // A moment of the run takes the type of the column that it is compared with: a cast of the column would hide it from the engine.
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (!std::holds_alternative<ir::ParameterRef>(operands[i].expression->node) || !types[i].is_temporal()) continue;
    const bool other_decides = std::any_of(operands.begin(), operands.end(), [&](const Operand& other) {
      const ir::Expression& one = *other.expression;
      return &one != operands[i].expression.get() && one.type.is_temporal() && !std::holds_alternative<ir::ParameterRef>(one.node);
    });
    if (other_decides) types[i] = Type::of(TypeKind::null);
  }
  return types;
}

std::vector<std::optional<std::int64_t>> Resolver::constants_of(const std::vector<Operand>& operands) {
  std::vector<std::optional<std::int64_t>> constants;
  constants.reserve(operands.size());
  for (const Operand& operand : operands) constants.push_back(ir::whole_constant(*operand.expression));
  return constants;
}

Operand Resolver::apply(std::string_view name, std::vector<Operand> operands, std::size_t place) {
  auto resolution = ir::resolve_function(name, types_of(operands), constants_of(operands));
  if (resolution) return apply(*resolution, std::move(operands), place);
  if (resolution.error().kind == ErrorKind::not_found) {
    report_unknown_function(std::string(name), place);
  } else {
    reporter_.failure(place, resolution.error());
  }
  return {};
}

Operand Resolver::apply(Function function, std::vector<Operand> operands, std::size_t place) {
  auto resolution = ir::resolve(function, types_of(operands), constants_of(operands));
  if (resolution) return apply(*resolution, std::move(operands), place);
  reporter_.failure(place, resolution.error());
  return {};
}

Operand Resolver::apply(const ir::Resolution& resolution, std::vector<Operand> operands, std::size_t place) {
  std::vector<ir::ExpressionPtr> arguments;
  arguments.reserve(operands.size());
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (resolution.argument_types[i].is_text()) warn_of_open_digits(*operands[i].expression, operands[i].place);
    arguments.push_back(coerced(std::move(operands[i].expression), resolution.argument_types[i], operands[i].place));
    if (!arguments.back()) return {};
  }
  warn_of_cut_product(resolution, arguments, place);
  if (resolution.function == Function::add_interval) {
    if (ir::ExpressionPtr moment = constant_moment(arguments)) return {std::move(moment), place};
  }
  return {ir::call(resolution, std::move(arguments)), place};
}

void Resolver::report_unknown_function(const std::string& name, std::size_t place) {
  if (const Refusal* refusal = find_refusal(kForeign, name)) {
    reporter_.error(place, Code::unknown_function, "there is no function " + name, {}, std::string(refusal->help));
    return;
  }
  reporter_.error(place, Code::unknown_function, "there is no function " + name, did_you_mean(name, ir::function_names()),
                  "`penstock components --functions` lists them");
}

std::optional<std::vector<Operand>> Resolver::arguments(Part part, const Frame& frame) { return expressions(part["args"], frame); }

Operand Resolver::function_call(Part part, const Frame& frame) {
  const Part names = part["funcname"];
  const std::string_view name = last_name(names);
  const std::size_t place = part.location();
  if (names.size() > 1 && names.first()["String"].text("sval") != "pg_catalog") {
    reporter_.unsupported(place, "functions of a schema are not portable", "a step in the target's own language may call them: native_sql");
    return {};
  }
  if (name == "age" && part["args"].size() == 2) {
    reporter_.unsupported(place, "the years, months and days between two moments are not portable as an interval",
                          "write cast(a as date) - cast(b as date) for days, or extract(epoch from a - b) for seconds");
    return {};
  }
  if (const Refusal* refusal = find_refusal(kNoClock, name)) {
    reporter_.error(place, Code::no_clock,
                    std::string(name) + "() gives another value each time: a step's rows must not depend on when it runs", {},
                    std::string(refusal->help));
    return {};
  }
  bool special = false;
  Operand operand = special_call(name, part, frame, special);
  if (special) return operand;
  // The arguments of a function of another dialect would only give faults of their own.
  if (!ir::function_class_of(name)) {
    report_unknown_function(std::string(name), place);
    return {};
  }
  // What may stand in the arguments depends on what is called, and its name tells that already.
  Frame inner = frame;
  if (part["over"]) {
    inner.windows = false;
    inner.inside = "a window function";
  } else if (ir::function_class_of(name) == ir::FunctionClass::aggregate) {
    if (!may_aggregate(name, frame, place)) return {};
    inner.aggregates = false;
    inner.windows = false;
    inner.inside = "an aggregate";
  }
  auto operands = arguments(part, inner);
  if (!operands) return {};
  if (part.flag("func_variadic")) {
    reporter_.unsupported(place, "VARIADIC is not supported");
    return {};
  }
  if (part.flag("agg_within_group")) {
    for (const Part key : part["agg_order"]) {
      operands->push_back(expression(key["SortBy"]["node"], inner));
      if (!operands->back()) return {};
    }
  }
  if ((name == "substring" || name == "substr") && operands->size() > 1 && is_pattern(*(*operands)[1].expression)) {
    reporter_.unsupported((*operands)[1].place, std::string(name) + " of a regular expression is not portable",
                          "regexp_substr(x, 'pattern') gives what matches; a place is a number: substring(x from 1 for 3)");
    return {};
  }
  if (name == "concat" || name == "concat_ws") {
    for (const Operand& part_of_text : *operands) {
      if (part_of_text.expression->type.kind != TypeKind::boolean) continue;
      reporter_.unsupported(part_of_text.place, std::string(name) + " writes a boolean as t or f, where || and casts write true or false",
                            "say which is meant: cast(x as text)");
      return {};
    }
  }
  if (is_trim(name) && operands->size() == 1) operands->push_back({ir::text(" "), place});
  if ((name == "round" || name == "trunc") && operands->size() == 2 && operands->front().expression->type.is_float()) {
    return round_float(name, std::move(*operands), place);
  }
  auto resolution = ir::resolve_function(name, types_of(*operands), constants_of(*operands));
  if (!resolution) {
    if (resolution.error().kind == ErrorKind::not_found) {
      report_unknown_function(std::string(name), place);
    } else {
      if (const std::string_view help = way_out(name, types_of(*operands)); !help.empty()) resolution.error().hint = help;
      reporter_.failure(place, resolution.error());
    }
    return {};
  }
  const ir::FunctionClass function_class = ir::spec(resolution->function).function_class;
  if (part["over"]) return window_call(*resolution, std::move(*operands), part, frame);
  if (function_class == ir::FunctionClass::window) {
    reporter_.error(place, Code::misplaced_aggregate, std::string(name) + "() is a window function and needs OVER", {},
                    "write " + std::string(name) + "() over (partition by ... order by ...)");
    return {};
  }
  if (function_class == ir::FunctionClass::aggregate) return aggregate_call(*resolution, std::move(*operands), part, frame);
  if (part.flag("agg_distinct") || part["agg_filter"] || part["agg_order"] || part.flag("agg_star")) {
    reporter_.error(place, Code::type_mismatch,
                    std::string(name) + " is no aggregate: DISTINCT, ORDER BY, FILTER and * have no meaning in it");
    return {};
  }
  return apply(*resolution, std::move(*operands), place);
}

Operand Resolver::special_call(std::string_view name, Part part, const Frame& frame, bool& special) {
  const std::size_t place = part.location();
  special = true;
  if ((name == "extract" || name == "date_part") && part["args"].size() == 2) {
    const Part unit = part["args"].first()["A_Const"];
    Part value;
    for (const Part argument : part["args"]) value = argument;
    if (unit["sval"]) return extract(unit["sval"].text("sval"), unit.location(), value, frame, place, name == "date_part");
    reporter_.unsupported(place, "the unit of date_part must be a constant");
    return {};
  }
  if (name == "timezone" && part["args"].size() == 2) {
    auto operands = arguments(part, frame);
    if (!operands) return {};
    std::swap((*operands)[0], (*operands)[1]);
    return apply(Function::at_time_zone, std::move(*operands), place);
  }
  if (name == "date_trunc" || name == "to_char") {
    auto operands = arguments(part, frame);
    if (!operands) return {};
    return name == "date_trunc" ? date_trunc(std::move(*operands), place) : to_char(std::move(*operands), place);
  }
  if (name == "regexp_replace" && part["args"].size() == 4) {
    auto operands = arguments(part, frame);
    if (!operands) return {};
    const std::string* flags = untyped_text(*operands->back().expression);
    if (flags && *flags == "g") return apply(Function::regexp_replace, std::move(*operands), place);
    reporter_.unsupported(operands->back().place, "the only portable flag of regexp_replace is 'g'");
    return {};
  }
  special = false;
  return {};
}

Operand Resolver::extract(std::string_view unit, std::size_t unit_place, Part value, const Frame& frame, std::size_t place, bool as_float) {
  const std::string name = lower(unit);
  const auto* known = std::find_if(kUnits.begin(), kUnits.end(), [&name](const Unit& one) { return one.name == name; });
  if (known == kUnits.end()) {
    std::vector<std::string> names;
    for (const Unit& one : kUnits) names.emplace_back(one.name);
    reporter_.error(unit_place, Code::invalid_value, "there is no unit " + name + " to extract", did_you_mean(name, names),
                    "there are " + listed(names));
    return {};
  }
  // The one place where the difference of two timestamps has a portable meaning.
  const Part difference = value["A_Expr"];
  Operand operand;
  if (known->function == Function::extract_epoch && difference && difference["lexpr"] &&
      difference["name"].first()["String"].text("sval") == "-") {
    Operand left = expression(difference["lexpr"], frame);
    Operand right = expression(difference["rexpr"], frame);
    if (!left || !right) return {};
    const auto moves = [](const Operand& one) {
      return one.expression->type.kind == TypeKind::interval || one.expression->type.is_integer();
    };
    operand = moves(right) ? binary("-", std::move(left), std::move(right), place)
                           : apply(Function::timestamp_difference_seconds, {std::move(left), std::move(right)}, place);
    if (!operand || operand.expression->type.kind == TypeKind::decimal) return operand;
  } else {
    operand = expression(value, frame);
  }
  if (!operand) return {};
  Operand result = apply(known->function, {std::move(operand)}, place);
  if (!result) return {};
  // PostgreSQL's EXTRACT gives a numeric, so that a quotient of it keeps its fraction; date_part gives a float.
  if (as_float) return {ir::cast(std::move(result.expression), Type::of(TypeKind::float64)), place};
  if (result.expression->type.is_integer()) return {ir::cast(std::move(result.expression), Type::decimal(10, 0)), place};
  return result;
}

// Floats hold no digits, so PostgreSQL has no round(float, digits); people write it for percentiles and the like, which are numeric there.
// They become decimals with the digits that are asked for.
Operand Resolver::round_float(std::string_view name, std::vector<Operand> operands, std::size_t place) {
  constexpr int kScale = 12;
  const auto* constant = std::get_if<ir::Literal>(&operands[1].expression->node);
  const auto* digits = constant ? std::get_if<std::int64_t>(&constant->value) : nullptr;
  if (!digits || *digits < 0 || *digits > kScale) {
    reporter_.unsupported(operands[1].place, "a float is rounded to 0 to 12 digits, written as a constant",
                          "cast it first: round(cast(x as decimal(38,18)), digits)");
    return {};
  }
  operands[0].expression = ir::cast(std::move(operands[0].expression), Type::decimal(ir::kMaxDecimalPrecision, kScale));
  return apply(name, std::move(operands), place);
}

Operand Resolver::date_trunc(std::vector<Operand> operands, std::size_t place) {
  if (!operands.empty()) {
    const std::string* unit = untyped_text(*operands[0].expression);
    const std::string name = unit ? lower(*unit) : std::string();
    if (!is_date_unit(name)) {
      const std::vector<std::string> names(date_units().begin(), date_units().end());
      reporter_.error(operands[0].place, Code::invalid_value,
                      unit ? "there is no unit " + name + " to truncate to" : "the unit must be a constant",
                      unit ? did_you_mean(name, names) : std::string(), "there are " + listed(names));
      return {};
    }
    operands[0].expression = ir::text(name);
  }
  // PostgreSQL reads a date as the moment of its midnight in the session's zone, which here is UTC everywhere.
  const bool is_date = operands.size() == 2 && operands[1].expression->type.kind == TypeKind::date;
  Operand start = apply(Function::date_trunc, std::move(operands), place);
  if (start && is_date) start.expression = ir::cast(std::move(start.expression), Type::of(TypeKind::timestamptz));
  return start;
}

Operand Resolver::to_char(std::vector<Operand> operands, std::size_t place) {
  if (operands.size() == 2) {
    const std::string* format = untyped_text(*operands[1].expression);
    if (operands[0].expression->type.is_number()) {
      reporter_.unsupported(place, "to_char of numbers is not portable", "write cast(round(x, 2) as text)");
      return {};
    }
    if (!format || !is_portable_format(*format)) {
      reporter_.unsupported(operands[1].place, "this format of to_char is not portable",
                            "a constant made of YYYY, YY, Q, MM, DD, HH24, MI, SS, US and - / : . , _ or blanks");
      return {};
    }
  }
  return apply(Function::to_char_date, std::move(operands), place);
}

}  // namespace penstock::sql
