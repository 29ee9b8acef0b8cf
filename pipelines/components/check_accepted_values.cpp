#include "pipelines/components/list.h"
#include "pipelines/components/reading.h"

namespace penstock::components {
namespace {

constexpr model::KeySpec kKeys[] = {
    {.name = "column", .shape = model::Shape::name, .required = true, .doc = "The column.", .example = "status"},
    {.name = "values",
     .shape = model::Shape::values,
     .required = true,
     .doc = "All the values that may come.",
     .example = "[open, closed]"},
};

ir::RelationPtr failing_rows(const Input& staged, const model::Node& parameters, Context& context) {
  const model::Node* column = required(parameters, "column");
  const model::Node* values = required(parameters, "values");
  if (!column || !values || !has_known_columns(staged, parameters.where, context)) return nullptr;
  const auto index = read_column(*column, staged.relation->columns, "the step", context);
  if (!index) return nullptr;
  ir::ExpressionPtr operand = ir::column_of(*staged.relation, *index);
  std::vector<ir::ExpressionPtr> options;
  bool good = true;
  for (const model::Node* value : items_of(*values)) {
    if (value->kind == model::Node::Kind::null) continue;
    options.push_back(read_literal(*value, operand->type, context));
    good = options.back() && good;
  }
  if (good && options.empty()) {
    context.diagnostics.error(Code::invalid_check, values->where, "\"values\" needs at least one value that is not null");
    return nullptr;
  }
  if (!good) return nullptr;
  const bool nullable = operand->nullable;
  const auto in_list = std::make_shared<const ir::Expression>(
      ir::Expression{ir::InList{std::move(operand), std::move(options)}, ir::Type::of(ir::TypeKind::boolean), nullable});
  return ir::filter(staged.relation, ir::call(ir::Function::logical_not, {in_list}));
}

}  // namespace

CheckSpec accepted_values_check() {
  return {
      .parameters = {"accepted_values", "The column holds one of the listed values, or NULL. Add not_null where NULL is wrong too.", kKeys},
      .example = "accepted_values: {column: status, values: [open, closed]}",
      .failing_rows = failing_rows};
}

}  // namespace penstock::components
