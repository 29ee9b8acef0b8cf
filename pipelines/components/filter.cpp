#include "pipelines/components/list.h"
#include "pipelines/components/reading.h"

namespace penstock::components {
namespace {

constexpr model::KeySpec kKeys[] = {
    {.name = "condition",
     .shape = model::Shape::expression,
     .required = true,
     .doc = "A boolean expression. Rows for which it is false or NULL are left out.",
     .example = "delay is not null and distance > 0"},
};

ir::RelationPtr build(const Input& input, const model::Node& parameters, Context& context) {
  const model::Node* condition = required(parameters, "condition");
  if (!condition || !has_known_columns(input, condition->where, context)) return nullptr;
  ir::ExpressionPtr predicate = context.expressions.predicate(*condition, scope_of(input));
  return predicate ? ir::filter(input.relation, std::move(predicate)) : nullptr;
}

}  // namespace

ComponentSpec filter_component() {
  return {.parameters = {"filter", "Keeps the rows for which a condition is true; false and NULL are left out, as in SQL's WHERE.", kKeys},
          .shorthand = model::Shape::expression,
          .example = "filter: delay is not null",
          .build = build};
}

}  // namespace penstock::components
