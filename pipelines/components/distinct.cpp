#include "pipelines/components/building.h"
#include "pipelines/components/list.h"
#include "pipelines/components/reading.h"

namespace penstock::components {
namespace {

ir::RelationPtr build(const Input& input, const model::Node& parameters, Context& context) {
  if (!has_known_columns(input, parameters.where, context)) return nullptr;
  const bool whole_rows = parameters.kind == model::Node::Kind::scalar && !parameters.quoted && parameters.text == "true";
  if (whole_rows || parameters.kind == model::Node::Kind::null) return ir::distinct(input.relation);
  const auto indices = read_columns(parameters, input.relation->columns, "the input", context);
  return indices ? ir::distinct(ir::project(input.relation, columns_at(*input.relation, *indices))) : nullptr;
}

}  // namespace

ComponentSpec distinct_component() {
  return {.parameters = {"distinct",
                         "Keeps one of several equal rows. `distinct: true` compares whole rows; a list of names first reduces the rows to "
                         "those columns. NULLs are equal to each other. To keep whole rows, one per key, use `deduplicate`.",
                         {}},
          .shorthand = model::Shape::any,
          .example = "distinct: [origin, destination]",
          .build = build};
}

}  // namespace penstock::components
