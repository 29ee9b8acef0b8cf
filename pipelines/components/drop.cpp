#include <algorithm>

#include "pipelines/components/building.h"
#include "pipelines/components/list.h"
#include "pipelines/components/reading.h"

namespace penstock::components {
namespace {

constexpr model::KeySpec kKeys[] = {
    {.name = "columns", .shape = model::Shape::names, .required = true, .doc = "The columns to leave out.", .example = "[comment]"},
};

ir::RelationPtr build(const Input& input, const model::Node& parameters, Context& context) {
  const model::Node* list = required(parameters, "columns");
  if (!list || !has_known_columns(input, list->where, context)) return nullptr;
  const auto dropped = read_columns(*list, input.relation->columns, "the input", context);
  if (!dropped) return nullptr;
  std::vector<int> kept;
  for (int i = 0; i < static_cast<int>(input.relation->columns.size()); ++i) {
    if (std::find(dropped->begin(), dropped->end(), i) == dropped->end()) kept.push_back(i);
  }
  if (kept.empty()) {
    context.diagnostics.error(Code::invalid_component, list->where, "\"drop\" would leave no column");
    return nullptr;
  }
  return ir::project(input.relation, columns_at(*input.relation, kept));
}

}  // namespace

ComponentSpec drop_component() {
  return {.parameters = {"drop", "Leaves columns out and keeps all others.", kKeys},
          .shorthand = model::Shape::names,
          .example = "drop: [comment, loaded_at]",
          .build = build};
}

}  // namespace penstock::components
