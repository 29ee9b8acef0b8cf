#include "pipelines/ir/trimmed.h"

#include <algorithm>

#include "pipelines/ir/function.h"

namespace penstock::ir {
namespace {

const std::string* text_of(const Expression& expression) {
  const auto* constant = std::get_if<Literal>(&expression.node);
  return constant == nullptr ? nullptr : std::get_if<std::string>(&constant->value);
}

bool is_trimmed_call(const Call& call, const std::function<bool(const ColumnRef&)>& column) {
  switch (call.function) {
    case Function::trim:
    case Function::right_trim: {
      const std::string* removed = call.arguments.size() > 1 ? text_of(*call.arguments[1]) : nullptr;
      return call.arguments.size() == 1 || (removed != nullptr && removed->find(' ') != std::string::npos);
    }
    case Function::lower:
    case Function::upper:
      return is_trimmed(*call.arguments[0], column);
    case Function::coalesce:
      return std::all_of(call.arguments.begin(), call.arguments.end(),
                         [&column](const ExpressionPtr& argument) { return is_trimmed(*argument, column); });
    default:
      return false;
  }
}

}  // namespace

bool is_trimmed(const Expression& expression, const std::function<bool(const ColumnRef&)>& column) {
  if (const auto* read = std::get_if<ColumnRef>(&expression.node)) return column(*read);
  if (const auto* call = std::get_if<Call>(&expression.node)) return is_trimmed_call(*call, column);
  if (const auto* cast = std::get_if<Cast>(&expression.node)) {
    // A shorter text may be cut at a blank.
    return expression.type.kind == TypeKind::text && cast->operand->type.is_text() && is_trimmed(*cast->operand, column);
  }
  const auto* constant = std::get_if<Literal>(&expression.node);
  if (constant == nullptr) return false;
  if (std::holds_alternative<std::monostate>(constant->value)) return true;
  const std::string* text = text_of(expression);
  return text != nullptr && !text->ends_with(' ');
}

}  // namespace penstock::ir
