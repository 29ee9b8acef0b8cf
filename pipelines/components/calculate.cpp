#include "pipelines/components/building.h"
#include "pipelines/components/list.h"
#include "pipelines/components/reading.h"

namespace penstock::components {
namespace {

ir::RelationPtr build(const Input& input, const model::Node& parameters, Context& context) {
  if (!has_known_columns(input, parameters.where, context)) return nullptr;
  std::vector<ir::NamedExpression> columns = all_columns(*input.relation);
  OutputNames written;
  bool good = true;
  for (const model::Node::Entry& entry : parameters.entries) {
    const auto name = read_name(entry.key, entry.where, context);
    ir::ExpressionPtr expression = context.expressions.scalar(entry.value, scope_of(input));
    if (!name || !expression || !written.add(*name, entry.where, context)) {
      good = false;
      continue;
    }
    if (const auto index = ir::find_column(input.relation->columns, *name)) {
      columns[static_cast<std::size_t>(*index)].expression = std::move(expression);
    } else {
      columns.push_back({*name, std::move(expression)});
    }
  }
  return good ? ir::project(input.relation, std::move(columns)) : nullptr;
}

}  // namespace

ComponentSpec calculate_component() {
  return {.parameters = {"calculate",
                         "Adds computed columns after those of the input; a column that exists is replaced in its place. Every expression "
                         "reads the columns as they came in, so the order of the lines does not matter.",
                         {}},
          .shorthand = model::Shape::expression_map,
          .example = "calculate: {hours: minutes / 60.0, late: delay > 15}",
          .build = build};
}

}  // namespace penstock::components
