#include "pipelines/components/building.h"
#include "pipelines/components/list.h"
#include "pipelines/components/reading.h"

namespace penstock::components {
namespace {

// A key of the mapping, read as the value that a column's name is elsewhere.
model::Node as_value(const model::Node::Entry& entry) {
  model::Node node;
  node.kind = model::Node::Kind::scalar;
  node.where = entry.where;
  node.text = entry.key;
  return node;
}

ir::RelationPtr build(const Input& input, const model::Node& parameters, Context& context) {
  if (!has_known_columns(input, parameters.where, context)) return nullptr;
  std::vector<ir::NamedExpression> columns = all_columns(*input.relation);
  std::vector<Span> places(columns.size(), parameters.where);
  bool good = true;
  for (const model::Node::Entry& entry : parameters.entries) {
    const auto index = read_column(as_value(entry), input.relation->columns, "the input", context);
    const auto name = read_name(entry.value.text, entry.value.where, context);
    if (!index || !name) {
      good = false;
      continue;
    }
    columns[static_cast<std::size_t>(*index)].name = *name;
    places[static_cast<std::size_t>(*index)] = entry.value.where;
  }
  OutputNames names;
  for (std::size_t i = 0; good && i < columns.size(); ++i) good = names.add(columns[i].name, places[i], context);
  return good ? ir::project(input.relation, std::move(columns)) : nullptr;
}

}  // namespace

ComponentSpec rename_component() {
  return {.parameters = {"rename", "Gives columns other names: `old: new`. All other columns stay, and all stay in their places.", {}},
          .shorthand = model::Shape::text_map,
          .example = "rename: {iata: airport, state: airport_state}",
          .build = build};
}

}  // namespace penstock::components
