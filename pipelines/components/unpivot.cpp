#include <algorithm>

#include "pipelines/components/alignment.h"
#include "pipelines/components/building.h"
#include "pipelines/components/list.h"
#include "pipelines/components/reading.h"

namespace penstock::components {
namespace {

constexpr model::KeySpec kKeys[] = {
    {.name = "columns",
     .shape = model::Shape::names,
     .required = true,
     .doc = "The columns to turn into rows; they take their common type.",
     .example = "[january, february]"},
    {.name = "name",
     .shape = model::Shape::name,
     .required = true,
     .doc = "The new column with the old column's name.",
     .example = "month"},
    {.name = "value", .shape = model::Shape::name, .required = true, .doc = "The new column with its value.", .example = "delay"},
};

std::optional<ir::Type> common_type_of(const Input& input, const std::vector<int>& indices, Span where, Context& context) {
  std::optional<ir::Type> type;
  for (const int index : indices) {
    const ir::Column& column = input.relation->columns[static_cast<std::size_t>(index)];
    const auto both = type ? ir::common_type(*type, column.type) : column.type;
    if (!both) {
      context.diagnostics.error(
          Code::type_mismatch, where,
          "\"" + column.name.text() + "\" is " + ir::to_string(column.type) + " and the columns before it are " + ir::to_string(*type), {},
          "only columns with a common type can share one column; cast them first");
      return std::nullopt;
    }
    type = both;
  }
  return type;
}

ir::RelationPtr one_column(const ir::RelationPtr& input, const std::vector<int>& kept, int index, const ir::Type& type,
                           const Identifier& name, const Identifier& value) {
  std::vector<ir::NamedExpression> columns = columns_at(*input, kept);
  columns.push_back({name, ir::text(input->columns[static_cast<std::size_t>(index)].name.text())});
  ir::ExpressionPtr cell = ir::column_of(*input, index);
  if (!type.is_unknown() && !(cell->type == type)) cell = ir::cast(std::move(cell), type);
  columns.push_back({value, std::move(cell)});
  return ir::project(input, std::move(columns));
}

ir::RelationPtr build(const Input& input, const model::Node& parameters, Context& context) {
  const model::Node* list = required(parameters, "columns");
  const model::Node* name_node = required(parameters, "name");
  const model::Node* value_node = required(parameters, "value");
  if (!list || !name_node || !value_node || !has_known_columns(input, parameters.where, context)) return nullptr;
  const auto indices = read_columns(*list, input.relation->columns, "the input", context);
  const auto name = read_name(name_node->text, name_node->where, context);
  const auto value = read_name(value_node->text, value_node->where, context);
  if (!indices || !name || !value) return nullptr;
  const auto type = common_type_of(input, *indices, list->where, context);
  if (!type) return nullptr;
  std::vector<int> kept;
  OutputNames names;
  bool good = true;
  for (int i = 0; i < static_cast<int>(input.relation->columns.size()); ++i) {
    if (std::find(indices->begin(), indices->end(), i) != indices->end()) continue;
    kept.push_back(i);
    good = names.add(input.relation->columns[static_cast<std::size_t>(i)].name, list->where, context) && good;
  }
  good = names.add(*name, name_node->where, context) && good;
  good = names.add(*value, value_node->where, context) && good;
  if (!good) return nullptr;
  const ir::RelationPtr shared = ir::common(Identifier::exact("wide"), input.relation);
  std::vector<ir::RelationPtr> parts;
  for (const int index : *indices) parts.push_back(one_column(shared, kept, index, *type, *name, *value));
  return combine(ir::SetOperation::Kind::union_all, std::move(parts));
}

}  // namespace

ComponentSpec unpivot_component() {
  return {.parameters = {"unpivot", "Turns columns into rows: one row per input row and column, also where the value is NULL.", kKeys},
          .example = "unpivot: {columns: [january, february], name: month, value: delay}",
          .build = build};
}

}  // namespace penstock::components
