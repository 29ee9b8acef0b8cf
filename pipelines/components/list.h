#pragma once

#include "pipelines/components/component.h"

namespace penstock::components {

// One function per file; component.cpp holds the two lists.

ComponentSpec aggregate_component();
ComponentSpec calculate_component();
ComponentSpec deduplicate_component();
ComponentSpec distinct_component();
ComponentSpec drop_component();
ComponentSpec except_component();
ComponentSpec filter_component();
ComponentSpec intersect_component();
ComponentSpec join_component();
ComponentSpec lookup_component();
ComponentSpec pivot_component();
ComponentSpec rank_component();
ComponentSpec rename_component();
ComponentSpec select_component();
ComponentSpec top_component();
ComponentSpec union_component();
ComponentSpec unpivot_component();

CheckSpec accepted_values_check();
CheckSpec expression_check();
CheckSpec not_null_check();
CheckSpec relationship_check();
CheckSpec row_count_check();
CheckSpec unique_check();

}  // namespace penstock::components
