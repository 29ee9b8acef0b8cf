#include "pipelines/components/building.h"
#include "pipelines/components/list.h"
#include "pipelines/components/reading.h"

namespace penstock::components {
namespace {

constexpr model::KeySpec kKeys[] = {
    {.name = "columns",
     .shape = model::Shape::names,
     .required = true,
     .doc = "The columns that together must differ from row to row.",
     .example = "[state, place]"},
};

ir::RelationPtr failing_rows(const Input& staged, const model::Node& parameters, Context& context) {
  const model::Node* list = required(parameters, "columns");
  if (!list || !has_known_columns(staged, list->where, context)) return nullptr;
  const auto indices = read_columns(*list, staged.relation->columns, "the step", context);
  if (!indices) return nullptr;
  std::vector<ir::ExpressionPtr> present;
  for (const int index : *indices) {
    if (!staged.relation->columns[static_cast<std::size_t>(index)].nullable) continue;
    present.push_back(ir::call(ir::Function::is_not_null, {ir::column_of(*staged.relation, index)}));
  }
  const ir::RelationPtr rows = present.empty() ? staged.relation : ir::filter(staged.relation, ir::all_of(std::move(present)));
  std::vector<ir::NamedExpression> keys = columns_at(*rows, *indices);
  ir::Columns names;
  for (const ir::NamedExpression& key : keys) names.push_back({key.name, key.expression->type});
  const int count = static_cast<int>(keys.size());
  const ir::RelationPtr counted = ir::aggregate(rows, std::move(keys), {count_of_rows(unused_name(names, "rows_with_key"))});
  const ir::ExpressionPtr one = ir::literal(std::int64_t{1}, counted->columns.back().type);
  return ir::filter(counted, ir::call(ir::Function::greater, {ir::column_of(*counted, count), one}));
}

}  // namespace

CheckSpec unique_check() {
  return {
      .parameters = {"unique",
                     "No two rows have the same values in these columns. As with SQL's UNIQUE, rows with a NULL among them do not count; "
                     "add not_null where they should not be there. It fails with one row per key that is not unique.",
                     kKeys},
      .shorthand = model::Shape::names,
      .example = "unique: [state, place]",
      .failing_rows = failing_rows};
}

}  // namespace penstock::components
