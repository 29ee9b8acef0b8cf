#include "tests/golden/vocabulary.h"

#include <vector>

#include "pipelines/components/component.h"

namespace penstock {
namespace {

template <typename Spec>
std::vector<model::TaggedSpec> tags_of(std::span<const Spec> table) {
  std::vector<model::TaggedSpec> tags;
  for (const Spec& spec : table) tags.push_back({&spec.parameters, spec.shorthand, spec.example});
  return tags;
}

}  // namespace

model::Vocabulary whole_vocabulary() {
  static const std::vector<model::TaggedSpec> components = tags_of(components::component_table());
  static const std::vector<model::TaggedSpec> checks = tags_of(components::check_table());
  return {components, checks};
}

}  // namespace penstock
