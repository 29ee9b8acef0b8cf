#include "pipelines/ir/function.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "pipelines/ir/signature.h"

namespace penstock::ir {
namespace {

struct Alias {
  std::string_view name;
  Function function;
};

// Other names that PostgreSQL's users write.
constexpr std::array kAliases{
    Alias{"!=", Function::not_equal},
    Alias{"mod", Function::modulo},
    Alias{"ceiling", Function::ceiling},
    Alias{"pow", Function::power},
    Alias{"log", Function::logarithm10},
    Alias{"char_length", Function::length},
    Alias{"character_length", Function::length},
    Alias{"substr", Function::substring},
    Alias{"btrim", Function::trim},
    Alias{"position", Function::position},
    Alias{"every", Function::bool_and},
    Alias{"stddev", Function::stddev_sample},
    Alias{"variance", Function::variance_sample},
    Alias{"jsonb_extract_path_text", Function::json_text_at},
    Alias{"+", Function::add_days},
    Alias{"+", Function::add_interval},
    Alias{"-", Function::days_between},
};

const std::unordered_map<std::string_view, std::vector<Function>>& functions_by_name() {
  static const auto kByName = [] {
    std::unordered_map<std::string_view, std::vector<Function>> names;
    for (const FunctionSpec& row : function_table()) names[row.name].push_back(row.function);
    for (const Alias& alias : kAliases) names[alias.name].push_back(alias.function);
    return names;
  }();
  return kByName;
}

bool is_comparison(Function function) {
  return (function >= Function::equal && function <= Function::greater_equal) || function == Function::is_distinct_from ||
         function == Function::is_not_distinct_from || function == Function::null_if;
}

// Engines compare whole numbers with decimals, and varchar with text, as PostgreSQL does: a cast would only hide the column from them.
bool compare_without_cast(const Type& left, const Type& right) {
  return (left.is_exact_number() && right.is_exact_number()) || (left.is_text() && right.is_text());
}

int whole_digits(const Type& type) {
  if (type.kind == TypeKind::int16) return 5;
  if (type.kind == TypeKind::int32) return 10;
  return type.kind == TypeKind::int64 ? 19 : type.precision - type.scale;
}

int scale_of(const Type& type) { return type.kind == TypeKind::decimal ? type.scale : 0; }

Type capped_decimal(int precision, int scale) {
  const int kept = std::min(scale, kMaxDecimalPrecision - 1);
  return Type::decimal(std::clamp(precision, 1, kMaxDecimalPrecision), kept);
}

// What does not fit keeps room for whole digits first: a number that is too large fails aloud, and the last of many fraction digits are
// rounded.
Type product_of(const Type& left, const Type& right) {
  const int scale = scale_of(left) + scale_of(right);
  const int whole = whole_digits(left) + whole_digits(right);
  if (whole + scale <= kMaxDecimalPrecision) return capped_decimal(whole + scale, scale);
  return capped_decimal(kMaxDecimalPrecision, std::max(kMaxDecimalPrecision - whole, std::min(scale, kProductScale)));
}

Type arithmetic_decimal(Function function, const Type& left, const Type& right) {
  const int scale = std::max(scale_of(left), scale_of(right));
  const int whole = std::max(whole_digits(left), whole_digits(right));
  if (function == Function::multiply) return product_of(left, right);
  if (function == Function::divide_decimals) return capped_decimal(kMaxDecimalPrecision, std::max(kQuotientScale, scale));
  return capped_decimal(whole + scale + (function == Function::modulo ? 0 : 1), scale);
}

Type binary_result(Function function, const Type& left, const Type& right) {
  if (left.is_unknown() || right.is_unknown()) return {};
  if (left.is_float() || right.is_float()) return common_type(left, right).value_or(Type{});
  if (left.is_integer() && right.is_integer() && function != Function::divide_decimals) return common_type(left, right).value_or(Type{});
  return arithmetic_decimal(function, left, right);
}

Type sum_result(const Type& type) {
  if (type.kind == TypeKind::int16 || type.kind == TypeKind::int32) return Type::of(TypeKind::int64);
  if (type.is_exact_number()) return Type::decimal(kMaxDecimalPrecision, scale_of(type));
  return type.is_float() ? Type::of(TypeKind::float64) : type;
}

Type average_result(const Type& type) {
  if (!type.is_exact_number()) return Type::of(TypeKind::float64);
  return Type::decimal(kMaxDecimalPrecision, std::max(kQuotientScale, scale_of(type)));
}

// ceil, floor, round and trunc: PostgreSQL takes a whole number as a float where no digits are given; here it stays what it is, which is
// the same number.
Type rounded_result(Function function, const Type& type) {
  if (type.kind != TypeKind::decimal) return type;
  const bool may_carry = function != Function::truncate;
  return capped_decimal(type.precision - type.scale + (may_carry ? 1 : 0), 0);
}

// As many fraction digits as are asked for, where that is a constant.
Type rounded_to_digits(Function function, const Type& type, const std::optional<std::int64_t>& digits) {
  if (type.kind != TypeKind::decimal) return type;
  const std::int64_t most = kMaxDecimalPrecision - 1;
  const int scale = digits ? static_cast<int>(std::clamp<std::int64_t>(*digits, 0, most)) : int{type.scale};
  const int carried = function == Function::round ? 1 : 0;
  return capped_decimal(type.precision - type.scale + scale + carried, scale);
}

Type number_result(Function function, std::span<const Type> arguments, WholeConstants constants) {
  switch (function) {
    case Function::add:
    case Function::subtract:
    case Function::multiply:
    case Function::modulo:
    case Function::divide_integers:
    case Function::divide_decimals:
      return binary_result(function, arguments[0], arguments[1]);
    case Function::sum:
      return sum_result(arguments[0]);
    case Function::ceiling:
    case Function::floor:
      return rounded_result(function, arguments[0]);
    case Function::average:
      return average_result(arguments[0]);
    case Function::round:
    case Function::truncate:
      if (arguments.size() == 1) return rounded_result(function, arguments[0]);
      return rounded_to_digits(function, arguments[0], constants.size() > 1 ? constants[1] : std::nullopt);
    default:
      return arguments[0];
  }
}

bool is_null_type(const Type& type) { return type.kind == TypeKind::null; }

/// The cheapest way of a type into a parameter's place; empty where there is none.
std::optional<int> cost_of(const Type& from, const Parameter& to) {
  if (from.is_unknown() || is_null_type(from)) return 0;
  switch (to.kind) {
    case Parameter::Kind::any:
    case Parameter::Kind::one:
      return 0;
    case Parameter::Kind::string:
      return from.is_text() ? 0 : 1;
    case Parameter::Kind::number:
      return from.is_number() ? std::optional<int>(0) : std::nullopt;
    case Parameter::Kind::integer:
      return from.is_integer() ? std::optional<int>(0) : std::nullopt;
    case Parameter::Kind::offset:
      return from.is_integer() && from.kind != TypeKind::int64 ? std::optional<int>(0) : std::nullopt;
    case Parameter::Kind::decimal:
      return from.is_exact_number() ? std::optional<int>(from.is_integer() ? 1 : 0) : std::nullopt;
    case Parameter::Kind::type:
      break;
  }
  if (from.kind == to.type.kind) return 0;
  const bool widens = (from.is_integer() && to.type.is_integer() && from.kind < to.type.kind) || (from.is_text() && to.type.is_text()) ||
                      (from.is_number() && to.type.kind == TypeKind::float64) ||
                      (from.is_temporal() && to.type.is_temporal() && from.kind < to.type.kind);
  if (!widens) return std::nullopt;
  return static_cast<int>(to.type.kind) - static_cast<int>(from.kind) + (to.type.is_float() ? 2 : 0);
}

struct Match {
  const Signature* signature = nullptr;
  int cost = 0;
};

std::optional<int> cost_of(const Signature& signature, std::span<const Type> arguments) {
  if (arguments.size() < signature.fewest || arguments.size() > signature.most()) return std::nullopt;
  int cost = 0;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto one = cost_of(arguments[i], signature.parameter(i));
    if (!one) return std::nullopt;
    cost += *one;
  }
  return cost;
}

std::optional<Match> best_match(Function function, std::span<const Type> arguments) {
  std::optional<Match> best;
  for (const Signature& signature : signatures(function)) {
    const auto cost = cost_of(signature, arguments);
    if (cost && (!best || *cost < best->cost)) best = Match{&signature, *cost};
  }
  return best;
}

std::string joined(std::span<const Type> types) {
  std::string text;
  for (const Type& type : types) text += (text.empty() ? "" : ", ") + (is_null_type(type) ? std::string("NULL") : to_string(type));
  return text;
}

Failure no_fit(std::string_view name, std::span<const Type> arguments, std::span<const Function> candidates) {
  std::string known;
  for (const Function candidate : candidates) known += (known.empty() ? "" : "; ") + std::string(spec(candidate).signature);
  const bool is_operator = name.find_first_not_of("+-*/%<>=!|~") == std::string_view::npos;
  if (is_operator && arguments.size() == 2) {
    return fail(ErrorKind::invalid_input,
                "no operator " + std::string(name) + " takes " + joined(arguments.subspan(0, 1)) + " and " + joined(arguments.subspan(1)),
                "cast one side: cast(x as type)");
  }
  return fail(ErrorKind::invalid_input, std::string(name) + " does not take (" + joined(arguments) + ")", "it is " + known);
}

/// The common type of every argument in an `any` place.
std::optional<Type> common_of_any(const Signature& signature, std::span<const Type> arguments) {
  std::optional<Type> common = Type::of(TypeKind::null);
  bool any_unknown = false;
  for (std::size_t i = 0; i < arguments.size() && common; ++i) {
    if (signature.parameter(i).kind != Parameter::Kind::any) continue;
    any_unknown = any_unknown || arguments[i].is_unknown();
    if (!arguments[i].is_unknown()) common = common_type(*common, arguments[i]);
  }
  if (common && is_null_type(*common)) common = Type::of(any_unknown ? TypeKind::unknown : TypeKind::text);
  // What an untyped column holds is not known, so neither is the type of the whole.
  return common && any_unknown ? Type{} : common;
}

/// The type that a NULL or an untyped constant takes in a place for numbers: that of the other side.
Type number_for_null(std::span<const Type> arguments, const Signature& signature) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto kind = signature.parameter(i).kind;
    const bool numeric = kind == Parameter::Kind::number || kind == Parameter::Kind::integer || kind == Parameter::Kind::decimal;
    if (numeric && !is_null_type(arguments[i])) return arguments[i];
  }
  return Type::of(TypeKind::int32);
}

Type argument_type(Function function, const Type& given, const Parameter& wanted, const Type& common, const Type& number,
                   bool mixed_floats) {
  switch (wanted.kind) {
    case Parameter::Kind::any:
      if (is_comparison(function) && compare_without_cast(given, common)) return given;
      return given.is_unknown() ? given : common;
    case Parameter::Kind::one:
      return is_null_type(given) ? Type::of(TypeKind::text) : given;
    case Parameter::Kind::string:
      return given.is_text() || given.is_unknown() ? given : Type::of(TypeKind::text);
    case Parameter::Kind::offset:
      return is_null_type(given) ? Type::of(TypeKind::int32) : given;
    case Parameter::Kind::number:
    case Parameter::Kind::integer:
    case Parameter::Kind::decimal:
      if (is_null_type(given)) return number;
      return mixed_floats && given.is_number() ? Type::of(TypeKind::float64) : given;
    case Parameter::Kind::type:
      break;
  }
  if (given.is_text() && wanted.type.kind == TypeKind::text) return given;
  return given.is_unknown() ? given : wanted.type;
}

// float + decimal and the like: PostgreSQL computes in double precision.
bool mixes_floats(const Signature& signature, std::span<const Type> arguments) {
  bool any_float = false;
  bool any_other = false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (signature.parameter(i).kind != Parameter::Kind::number || is_null_type(arguments[i])) continue;
    any_float = any_float || arguments[i].is_float();
    any_other = any_other || arguments[i].kind != TypeKind::float32;
  }
  return any_float && any_other;
}

// Beside a decimal a whole constant counts with the digits that it has: types never widen for the sake of a constant.
std::vector<Type> with_digits_of_constants(std::span<const Type> arguments, WholeConstants constants) {
  std::vector<Type> types(arguments.begin(), arguments.end());
  const bool decimals = std::any_of(types.begin(), types.end(), [](const Type& type) { return type.kind == TypeKind::decimal; });
  for (std::size_t i = 0; decimals && i < constants.size() && i < types.size(); ++i) {
    if (constants[i] && types[i].is_integer()) types[i] = decimal_of(*constants[i]);
  }
  return types;
}

Type result_type(Function function, const Signature& signature, std::span<const Type> arguments, const Type& common,
                 WholeConstants constants) {
  switch (signature.result) {
    case Signature::Result::any:
      return common;
    case Signature::Result::array:
      return Type::array_of(common);
    case Signature::Result::number:
      return number_result(function, with_digits_of_constants(arguments, constants), constants);
    case Signature::Result::type:
      break;
  }
  return signature.result_type;
}

// Which overload would be meant depends on what the column holds.
bool overloads_disagree(Function function, std::span<const Type> arguments) {
  if (std::none_of(arguments.begin(), arguments.end(), [](const Type& type) { return type.is_unknown(); })) return false;
  const Signature* first = nullptr;
  for (const Signature& one : signatures(function)) {
    if (!cost_of(one, arguments)) continue;
    if (first != nullptr && (one.result != first->result || one.result_type != first->result_type)) return true;
    first = &one;
  }
  return false;
}

bool gives_null_by_itself(Function function) {
  switch (function) {
    case Function::null_if:
    case Function::regexp_substring:
    case Function::json_text_at:
    case Function::lag:
    case Function::lead:
    case Function::first_value:
    case Function::last_value:
    case Function::nth_value:
      return true;
    default:
      return spec(function).function_class == FunctionClass::aggregate;
  }
}

bool is_never_null(Function function) {
  switch (function) {
    case Function::is_null:
    case Function::is_not_null:
    case Function::is_true:
    case Function::is_not_true:
    case Function::is_false:
    case Function::is_not_false:
    case Function::is_distinct_from:
    case Function::is_not_distinct_from:
    case Function::concat:
    case Function::count_rows:
    case Function::count:
    case Function::approx_count_distinct:
    case Function::row_number:
    case Function::rank:
    case Function::dense_rank:
    case Function::percent_rank:
    case Function::cume_dist:
      return true;
    default:
      return false;
  }
}

/// Types that fit the pattern and still have no such function in PostgreSQL.
bool is_excluded(Function function, std::span<const Type> arguments) {
  const bool orders =
      (function >= Function::less && function <= Function::greater_equal) || function == Function::greatest || function == Function::least;
  if (orders) return std::any_of(arguments.begin(), arguments.end(), [](const Type& type) { return type.kind == TypeKind::json; });
  if (function == Function::minimum || function == Function::maximum) {
    const TypeKind kind = arguments[0].kind;
    return kind == TypeKind::boolean || kind == TypeKind::json || kind == TypeKind::uuid;
  }
  if (function == Function::modulo) return arguments[0].is_float() || arguments[1].is_float();
  if (function == Function::concat_operator) {
    return std::none_of(arguments.begin(), arguments.end(),
                        [](const Type& type) { return type.is_text() || type.is_unknown() || is_null_type(type); });
  }
  if (function == Function::truncate || function == Function::round) {
    return arguments.size() > 1 && !cost_of(arguments[1], Parameter{Parameter::Kind::type, Type::of(TypeKind::int32)});
  }
  return false;
}

Result<Resolution> resolve_as(Function function, const Match& match, std::span<const Type> arguments, WholeConstants constants,
                              std::string_view name) {
  const Signature& signature = *match.signature;
  const auto common = common_of_any(signature, with_digits_of_constants(arguments, constants));
  const std::array candidates{function};
  if (!common || is_excluded(function, arguments)) return no_fit(name, arguments, candidates);
  const Type number = number_for_null(arguments, signature);
  const bool mixed_floats = mixes_floats(signature, arguments);
  Resolution resolution;
  resolution.function = function;
  resolution.argument_types.reserve(arguments.size());
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    resolution.argument_types.push_back(argument_type(function, arguments[i], signature.parameter(i), *common, number, mixed_floats));
  }
  resolution.result = result_type(function, signature, resolution.argument_types, *common, constants);
  if (overloads_disagree(function, arguments)) resolution.result = {};
  resolution.null_only_from_arguments = !gives_null_by_itself(function);
  resolution.never_null = is_never_null(function);
  return resolution;
}

}  // namespace

Result<Resolution> resolve(Function function, std::span<const Type> arguments, WholeConstants constants) {
  const std::string_view name = spec(function).name;
  const auto match = best_match(function, arguments);
  const std::array candidates{function};
  if (!match) return no_fit(name, arguments, candidates);
  return resolve_as(function, *match, arguments, constants, name);
}

Result<Resolution> resolve_function(std::string_view name, std::span<const Type> arguments, WholeConstants constants) {
  const auto found = functions_by_name().find(name);
  if (found == functions_by_name().end()) return fail(ErrorKind::not_found, "there is no function " + std::string(name));
  std::optional<Match> best;
  Function chosen = Function::end_of_list;
  for (const Function candidate : found->second) {
    const auto match = best_match(candidate, arguments);
    if (!match || (best && match->cost >= best->cost)) continue;
    best = match;
    chosen = candidate;
  }
  if (!best) return no_fit(name, arguments, found->second);
  return resolve_as(chosen, *best, arguments, constants, name);
}

std::optional<FunctionClass> function_class_of(std::string_view name) {
  const auto found = functions_by_name().find(name);
  if (found == functions_by_name().end()) return std::nullopt;
  return spec(found->second.front()).function_class;
}

std::vector<std::string> function_names() {
  std::vector<std::string> names;
  for (const auto& [name, functions] : functions_by_name()) {
    const bool is_word =
        std::all_of(name.begin(), name.end(), [](char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
    if (is_word) names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace penstock::ir
