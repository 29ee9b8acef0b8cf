#include "pipelines/components/vocabulary.h"

#include <vector>

#include "pipelines/components/component.h"

namespace penstock::components {
namespace {

template <typename Specs>
std::vector<model::TaggedSpec> tagged(const Specs& specs) {
  std::vector<model::TaggedSpec> list;
  list.reserve(specs.size());
  for (const auto& spec : specs) list.push_back(model::TaggedSpec{&spec.parameters, spec.shorthand, spec.example});
  return list;
}

}  // namespace

model::Vocabulary vocabulary() {
  static const std::vector<model::TaggedSpec> kComponents = tagged(component_table());
  static const std::vector<model::TaggedSpec> kChecks = tagged(check_table());
  return model::Vocabulary{kComponents, kChecks};
}

}  // namespace penstock::components
