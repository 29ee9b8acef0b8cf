#include "pipelines/components/building.h"
#include "pipelines/components/list.h"
#include "pipelines/components/reading.h"

namespace penstock::components {
namespace {

constexpr model::KeySpec kKeys[] = {
    {.name = "column",
     .shape = model::Shape::names,
     .required = true,
     .doc = "The column, or the columns of a key of several.",
     .example = "origin"},
    {.name = "to",
     .shape = model::Shape::given_name,
     .required = true,
     .doc = "The step or source that has the key.",
     .example = "airports"},
    {.name = "field", .shape = model::Shape::names, .doc = "Its column or columns; without it those of the same names.", .example = "iata"},
};

ir::RelationPtr failing_rows(const Input& staged, const model::Node& parameters, Context& context) {
  const model::Node* column = required(parameters, "column");
  const model::Node* to = required(parameters, "to");
  if (!column || !to || !has_known_columns(staged, parameters.where, context)) return nullptr;
  const Input* target = context.table(*to);
  if (!target || !has_known_columns(*target, to->where, context)) return nullptr;
  const model::Node* key = parameters.find("field");
  const auto ours = read_columns(*column, staged.relation->columns, "the step", context);
  const auto theirs = read_columns(key ? *key : *column, target->relation->columns, "\"" + target->name.text() + "\"", context);
  if (!ours || !theirs) return nullptr;
  if (ours->size() != theirs->size()) {
    context.diagnostics.error(
        Code::invalid_check, key ? key->where : column->where,
        "\"column\" has " + std::to_string(ours->size()) + " columns and \"field\" has " + std::to_string(theirs->size()));
    return nullptr;
  }
  // Only the key is read of the other table.
  const ir::RelationPtr keys = ir::project(target->relation, columns_at(*target->relation, *theirs));
  const int width = static_cast<int>(staged.relation->columns.size());
  std::vector<ir::ExpressionPtr> present;
  std::vector<ir::ExpressionPtr> equal;
  for (std::size_t i = 0; i < ours->size(); ++i) {
    const ir::ExpressionPtr own = ir::column_of(*staged.relation, (*ours)[i]);
    const ir::Column& other = keys->columns[i];
    if (own->nullable) present.push_back(ir::call(ir::Function::is_not_null, {own}));
    equal.push_back(fitted_call(ir::Function::equal, {own, ir::column(width + static_cast<int>(i), other.type, other.nullable)}));
    if (equal.back()) continue;
    context.diagnostics.error(
        Code::type_mismatch, column->where,
        "the column is " + ir::to_string(own->type) + " and the key \"" + other.name.text() + "\" is " + ir::to_string(other.type), {},
        "cast one of them in its step");
    return nullptr;
  }
  const ir::RelationPtr rows = present.empty() ? staged.relation : ir::filter(staged.relation, ir::all_of(std::move(present)));
  return ir::join(ir::Join::Kind::anti, rows, keys, ir::all_of(std::move(equal)));
}

}  // namespace

CheckSpec relationship_check() {
  return {
      .parameters = {"relationship",
                     "Every value is a key of another step or source. As with SQL's foreign keys, rows with a NULL in the columns pass.",
                     kKeys},
      .example = "relationship: {column: origin, to: airports, field: iata}",
      .failing_rows = failing_rows};
}

}  // namespace penstock::components
