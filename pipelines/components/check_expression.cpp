#include "pipelines/components/list.h"
#include "pipelines/components/reading.h"

namespace penstock::components {
namespace {

constexpr model::KeySpec kKeys[] = {
    {.name = "condition",
     .shape = model::Shape::expression,
     .required = true,
     .doc = "A boolean expression that must not be false for any row.",
     .example = "arrival >= departure"},
};

ir::RelationPtr failing_rows(const Input& staged, const model::Node& parameters, Context& context) {
  const model::Node* condition = required(parameters, "condition");
  if (!condition || !has_known_columns(staged, condition->where, context)) return nullptr;
  ir::ExpressionPtr predicate = context.expressions.predicate(*condition, scope_of(staged));
  return predicate ? ir::filter(staged.relation, ir::call(ir::Function::is_false, {std::move(predicate)})) : nullptr;
}

}  // namespace

CheckSpec expression_check() {
  return {
      .parameters = {"expression",
                     "A condition that every row keeps. As with SQL's CHECK, a row fails where the condition is false and passes where it "
                     "is NULL; write `x is not null and ...` where NULL is wrong too.",
                     kKeys},
      .shorthand = model::Shape::expression,
      .example = "expression: arrival >= departure",
      .failing_rows = failing_rows};
}

}  // namespace penstock::components
