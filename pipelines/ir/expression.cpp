#include "pipelines/ir/expression.h"

#include <algorithm>
#include <utility>

#include "pipelines/base/broken.h"

namespace penstock::ir {
namespace {

ExpressionPtr make(Expression expression) { return std::make_shared<const Expression>(std::move(expression)); }

[[noreturn]] void abort_call(Function function, const std::vector<Type>& types, const Error& error) {
  std::string text = std::string(spec(function).name) + "(";
  for (const Type& type : types) text += to_string(type) + " ";
  broken("ir::call " + text + "): " + error.message);
}

// COALESCE, GREATEST and LEAST skip NULLs: one argument that cannot be NULL is enough.
bool skips_nulls(Function function) {
  return function == Function::coalesce || function == Function::greatest || function == Function::least;
}

bool result_is_nullable(Function function, const Resolution& resolution, const std::vector<ExpressionPtr>& arguments) {
  if (resolution.never_null) return false;
  if (!resolution.null_only_from_arguments) return true;
  const auto is_nullable = [](const ExpressionPtr& argument) { return argument->nullable; };
  if (function == Function::concat_ws) return arguments.front()->nullable;
  if (skips_nulls(function)) return std::all_of(arguments.begin(), arguments.end(), is_nullable);
  return std::any_of(arguments.begin(), arguments.end(), is_nullable);
}

ExpressionPtr fold(Function function, std::vector<ExpressionPtr> conditions, bool empty) {
  if (conditions.empty()) return boolean(empty);
  if (conditions.size() == 1) return std::move(conditions.front());
  return call(function, std::move(conditions));
}

std::optional<std::int64_t> computed(Function function, std::int64_t left, std::int64_t right) {
  std::int64_t result = 0;
  const bool overflows = function == Function::add        ? __builtin_add_overflow(left, right, &result)
                         : function == Function::subtract ? __builtin_sub_overflow(left, right, &result)
                         : function == Function::multiply ? __builtin_mul_overflow(left, right, &result)
                                                          : true;
  return overflows ? std::nullopt : std::optional(result);
}

std::vector<std::optional<std::int64_t>> whole_constants(const std::vector<ExpressionPtr>& expressions) {
  std::vector<std::optional<std::int64_t>> constants;
  constants.reserve(expressions.size());
  for (const ExpressionPtr& expression : expressions) constants.push_back(whole_constant(*expression));
  return constants;
}

}  // namespace

std::optional<std::int64_t> whole_constant(const Expression& expression) {
  if (const auto* constant = std::get_if<Literal>(&expression.node)) {
    const auto* number = std::get_if<std::int64_t>(&constant->value);
    return number != nullptr && expression.type.is_integer() ? std::optional(*number) : std::nullopt;
  }
  const auto* call = std::get_if<Call>(&expression.node);
  if (call == nullptr || !expression.type.is_integer() || call->arguments.empty() || call->arguments.size() > 2) return std::nullopt;
  const auto left = whole_constant(*call->arguments.front());
  if (!left) return std::nullopt;
  if (call->function == Function::negate) return computed(Function::subtract, 0, *left);
  const auto right = call->arguments.size() == 2 ? whole_constant(*call->arguments.back()) : std::nullopt;
  return right ? computed(call->function, *left, *right) : std::nullopt;
}

std::vector<Type> types_together(const std::vector<ExpressionPtr>& expressions) {
  const bool decimals = std::any_of(expressions.begin(), expressions.end(),
                                    [](const ExpressionPtr& expression) { return expression->type.kind == TypeKind::decimal; });
  std::vector<Type> types;
  types.reserve(expressions.size());
  for (const ExpressionPtr& expression : expressions) {
    const auto constant = decimals ? whole_constant(*expression) : std::nullopt;
    types.push_back(constant ? decimal_of(*constant) : expression->type);
  }
  return types;
}

ExpressionPtr literal(Value value, Type type) {
  const bool is_null = std::holds_alternative<std::monostate>(value);
  return make({Literal{std::move(value)}, std::move(type), is_null});
}

ExpressionPtr null_literal(Type type) { return literal(std::monostate(), std::move(type)); }

ExpressionPtr integer(std::int64_t value) {
  const bool small = value >= INT32_MIN && value <= INT32_MAX;
  return literal(value, Type::of(small ? TypeKind::int32 : TypeKind::int64));
}

ExpressionPtr text(std::string value) { return literal(std::move(value), Type::of(TypeKind::text)); }

ExpressionPtr boolean(bool value) { return literal(value, Type::of(TypeKind::boolean)); }

ExpressionPtr column(int index, Type type, bool nullable, int depth) { return make({ColumnRef{depth, index}, std::move(type), nullable}); }

ExpressionPtr column_for(const Expression& expression, int index, int depth) {
  return make({ColumnRef{depth, index}, expression.type, expression.nullable, expression.place});
}

ExpressionPtr parameter(std::string name, Type type) { return make({ParameterRef{std::move(name)}, std::move(type), true}); }

ExpressionPtr cast(ExpressionPtr operand, Type to) {
  if (operand->type == to) return operand;
  if (const auto* constant = std::get_if<Literal>(&operand->node); constant && std::holds_alternative<std::monostate>(constant->value)) {
    return placed(null_literal(std::move(to)), operand->place);
  }
  const bool nullable = operand->nullable;
  const Place place = operand->place;
  return make({Cast{std::move(operand)}, std::move(to), nullable, place});
}

ExpressionPtr call(Function function, std::vector<ExpressionPtr> arguments) {
  std::vector<Type> types;
  types.reserve(arguments.size());
  for (const ExpressionPtr& argument : arguments) types.push_back(argument->type);
  auto resolution = resolve(function, types, whole_constants(arguments));
  if (!resolution) abort_call(function, types, resolution.error());
  return call(*resolution, std::move(arguments));
}

ExpressionPtr call(const Resolution& resolution, std::vector<ExpressionPtr> arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const Type& wanted = resolution.argument_types[i];
    if (!wanted.is_unknown() && !arguments[i]->type.is_unknown()) arguments[i] = cast(std::move(arguments[i]), wanted);
  }
  const bool nullable = result_is_nullable(resolution.function, resolution, arguments);
  return make({Call{resolution.function, std::move(arguments)}, resolution.result, nullable});
}

ExpressionPtr all_of(std::vector<ExpressionPtr> conditions) { return fold(Function::logical_and, std::move(conditions), true); }

ExpressionPtr any_of(std::vector<ExpressionPtr> conditions) { return fold(Function::logical_or, std::move(conditions), false); }

ExpressionPtr placed(ExpressionPtr expression, Place place) {
  if (!expression || expression->place || !place) return expression;
  Expression copy = *expression;
  copy.place = place;
  return make(std::move(copy));
}

}  // namespace penstock::ir
