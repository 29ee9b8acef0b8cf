#include "pipelines/components/list.h"
#include "pipelines/components/reading.h"

namespace penstock::components {
namespace {

constexpr model::KeySpec kKeys[] = {
    {.name = "columns", .shape = model::Shape::names, .required = true, .doc = "The columns that must hold a value.", .example = "[id]"},
};

ir::RelationPtr failing_rows(const Input& staged, const model::Node& parameters, Context& context) {
  const model::Node* list = required(parameters, "columns");
  if (!list || !has_known_columns(staged, list->where, context)) return nullptr;
  const auto indices = read_columns(*list, staged.relation->columns, "the step", context);
  if (!indices) return nullptr;
  std::vector<ir::ExpressionPtr> missing;
  for (const int index : *indices) missing.push_back(ir::call(ir::Function::is_null, {ir::column_of(*staged.relation, index)}));
  return ir::filter(staged.relation, ir::any_of(std::move(missing)));
}

}  // namespace

CheckSpec not_null_check() {
  return {.parameters = {"not_null", "Every row has a value in each of these columns.", kKeys},
          .shorthand = model::Shape::names,
          .example = "not_null: [flown_on, origin]",
          .failing_rows = failing_rows};
}

}  // namespace penstock::components
