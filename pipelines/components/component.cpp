#include "pipelines/components/component.h"

#include <array>

#include "pipelines/components/list.h"

namespace penstock::components {

std::span<const ComponentSpec> component_table() {
  static const std::array table{
      aggregate_component(), calculate_component(), deduplicate_component(), distinct_component(), drop_component(),    except_component(),
      filter_component(),    intersect_component(), join_component(),        lookup_component(),   pivot_component(),   rank_component(),
      rename_component(),    select_component(),    top_component(),         union_component(),    unpivot_component(),
  };
  return table;
}

const ComponentSpec* find_component(std::string_view name) {
  for (const ComponentSpec& component : component_table()) {
    if (component.parameters.name == name) return &component;
  }
  return nullptr;
}

std::span<const CheckSpec> check_table() {
  static const std::array table{
      accepted_values_check(), expression_check(), not_null_check(), relationship_check(), row_count_check(), unique_check(),
  };
  return table;
}

const CheckSpec* find_check(std::string_view kind) {
  for (const CheckSpec& check : check_table()) {
    if (check.parameters.name == kind) return &check;
  }
  return nullptr;
}

}  // namespace penstock::components
