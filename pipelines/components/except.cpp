#include "pipelines/components/alignment.h"
#include "pipelines/components/list.h"
#include "pipelines/components/reading.h"

namespace penstock::components {
namespace {

constexpr model::KeySpec kKeys[] = {
    {.name = "with",
     .shape = model::Shape::names,
     .required = true,
     .doc = "The steps or sources whose rows are taken away.",
     .example = "[cancelled]"},
};

ir::RelationPtr build(const Input& input, const model::Node& parameters, Context& context) {
  const model::Node* with = required(parameters, "with");
  if (!with) return nullptr;
  const auto inputs = inputs_with(input, *with, context);
  if (inputs.empty()) return nullptr;
  return combine(ir::SetOperation::Kind::except_distinct, align(inputs, Matching::same_names, with->where, context));
}

}  // namespace

ComponentSpec except_component() {
  return {
      .parameters =
          {"except",
           "Keeps the distinct rows that the other step or source does not have. Whole rows are compared, columns by name, NULLs as equal.",
           kKeys},
      .shorthand = model::Shape::names,
      .example = "except: [cancelled]",
      .build = build};
}

}  // namespace penstock::components
