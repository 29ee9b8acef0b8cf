#include <cstdio>
#include <cstdlib>
#include <optional>

#include "tests/unit/interpreter/evaluation.h"

namespace penstock::testing {
namespace {

using ir::Function;
using ir::Value;

Value truth(std::optional<bool> value) { return value ? Value(*value) : Value(); }

std::optional<bool> as_truth(const Value& value) {
  if (is_null(value)) return std::nullopt;
  return std::get<bool>(value);
}

double as_number(const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  if (const auto* decimal = std::get_if<ir::DecimalText>(&value)) return std::strtod(decimal->digits.c_str(), nullptr);
  return std::get<double>(value);
}

bool is_number(const Value& value) {
  return std::holds_alternative<std::int64_t>(value) || std::holds_alternative<double>(value) ||
         std::holds_alternative<ir::DecimalText>(value);
}

template <typename T>
int order(const T& left, const T& right) {
  return left < right ? -1 : (right < left ? 1 : 0);
}

std::optional<bool> compared(Function function, const Value& left, const Value& right) {
  if (function == Function::is_distinct_from) return compare(left, right) != 0;
  if (function == Function::is_not_distinct_from) return compare(left, right) == 0;
  if (is_null(left) || is_null(right)) return std::nullopt;
  const int difference = compare(left, right);
  switch (function) {
    case Function::equal:
      return difference == 0;
    case Function::not_equal:
      return difference != 0;
    case Function::less:
      return difference < 0;
    case Function::less_equal:
      return difference <= 0;
    case Function::greater:
      return difference > 0;
    case Function::greater_equal:
      return difference >= 0;
    default:
      not_understood(ir::spec(function).name.data());
  }
}

// AND and OR with three values: the dominant one wins, else NULL does.
Value logic(const std::vector<Value>& arguments, bool dominant) {
  bool unknown = false;
  for (const Value& argument : arguments) {
    const auto value = as_truth(argument);
    if (value == dominant) return dominant;
    unknown = unknown || !value;
  }
  return unknown ? Value() : Value(!dominant);
}

Value arithmetic(Function function, const Value& left, const Value& right) {
  if (is_null(left) || is_null(right)) return {};
  const double a = as_number(left);
  const double b = as_number(right);
  const double result = function == Function::add ? a + b : function == Function::subtract ? a - b : a * b;
  const bool whole = std::holds_alternative<std::int64_t>(left) && std::holds_alternative<std::int64_t>(right);
  return whole ? Value(static_cast<std::int64_t>(result)) : Value(result);
}

Value call(Function function, const std::vector<Value>& arguments) {
  switch (function) {
    case Function::logical_and:
      return logic(arguments, false);
    case Function::logical_or:
      return logic(arguments, true);
    case Function::logical_not:
      return is_null(arguments[0]) ? Value() : Value(!std::get<bool>(arguments[0]));
    case Function::is_null:
      return is_null(arguments[0]);
    case Function::is_not_null:
      return !is_null(arguments[0]);
    case Function::is_true:
      return as_truth(arguments[0]) == true;
    case Function::is_false:
      return as_truth(arguments[0]) == false;
    case Function::coalesce:
      for (const Value& argument : arguments) {
        if (!is_null(argument)) return argument;
      }
      return {};
    case Function::add:
    case Function::subtract:
    case Function::multiply:
      return arithmetic(function, arguments[0], arguments[1]);
    default:
      return truth(compared(function, arguments[0], arguments[1]));
  }
}

Value in_options(const Value& operand, const std::vector<Value>& options) {
  bool unknown = false;
  for (const Value& option : options) {
    const auto equal = compared(Function::equal, operand, option);
    if (equal == true) return true;
    unknown = unknown || !equal;
  }
  return unknown ? Value() : Value(false);
}

Value subquery(const ir::Subquery& node, const Surroundings& around, const Interpreter& target) {
  const Rows rows = evaluate(*node.relation, around, target);
  if (node.kind == ir::Subquery::Kind::exists) return !rows.empty();
  if (node.kind == ir::Subquery::Kind::scalar) return rows.empty() ? Value() : rows[0][0];
  std::vector<Value> options;
  for (const Row& row : rows) options.push_back(row[0]);
  return in_options(evaluate(*node.operand, around, target), options);
}

}  // namespace

bool is_null(const Value& value) { return std::holds_alternative<std::monostate>(value); }

int compare(const Value& left, const Value& right) {
  if (is_null(left) || is_null(right)) return is_null(left) ? (is_null(right) ? 0 : 1) : -1;
  if (is_number(left) && is_number(right)) return order(as_number(left), as_number(right));
  if (left.index() != right.index()) not_understood("a comparison of two types");
  if (const auto* flag = std::get_if<bool>(&left)) return order(*flag, std::get<bool>(right));
  if (const auto* words = std::get_if<std::string>(&left)) return order(*words, std::get<std::string>(right));
  if (const auto* date = std::get_if<ir::DateValue>(&left)) return order(date->days, std::get<ir::DateValue>(right).days);
  if (const auto* moment = std::get_if<ir::TimestampValue>(&left)) {
    return order(moment->microseconds, std::get<ir::TimestampValue>(right).microseconds);
  }
  not_understood("a comparison");
}

bool is_true(const ir::ExpressionPtr& condition, const Surroundings& around, const Interpreter& target) {
  return !condition || as_truth(evaluate(*condition, around, target)) == true;
}

Value evaluate(const ir::Expression& expression, const Surroundings& around, const Interpreter& target) {
  const auto all = [&](const std::vector<ir::ExpressionPtr>& expressions) {
    std::vector<Value> values;
    for (const auto& each : expressions) values.push_back(evaluate(*each, around, target));
    return values;
  };
  if (const auto* node = std::get_if<ir::Literal>(&expression.node)) return node->value;
  if (const auto* node = std::get_if<ir::ColumnRef>(&expression.node)) {
    return around.at(around.size() - 1 - static_cast<std::size_t>(node->depth))->at(static_cast<std::size_t>(node->column));
  }
  if (const auto* node = std::get_if<ir::Call>(&expression.node)) return call(node->function, all(node->arguments));
  if (const auto* node = std::get_if<ir::Cast>(&expression.node)) return evaluate(*node->operand, around, target);
  if (const auto* node = std::get_if<ir::Case>(&expression.node)) {
    for (const auto& [condition, result] : node->branches) {
      if (is_true(condition, around, target)) return evaluate(*result, around, target);
    }
    return node->otherwise ? evaluate(*node->otherwise, around, target) : Value();
  }
  if (const auto* node = std::get_if<ir::InList>(&expression.node)) {
    return in_options(evaluate(*node->operand, around, target), all(node->options));
  }
  if (const auto* node = std::get_if<ir::Subquery>(&expression.node)) return subquery(*node, around, target);
  not_understood("a parameter");
}

void not_understood(const char* what) {
  std::fprintf(stderr, "the tests' interpreter does not understand %s\n", what);
  std::abort();
}

}  // namespace penstock::testing
