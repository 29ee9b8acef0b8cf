#pragma once

#include <vector>

#include "pipelines/components/component.h"

namespace penstock::components {

/// True where it is proven from the tree that no two rows agree in all of these columns (NULLs counted as equal).
bool is_unique_on(const ir::Relation& relation, const std::vector<int>& columns);

/// Warns where rows of one group may tie in the order, so that which comes first is the engine's choice. Ties between rows that are
/// equal in every column do not matter.
void warn_unless_total(const Input& input, const std::vector<int>& partition_by, const std::vector<ir::SortKey>& order, Span where,
                       Context& context);

}  // namespace penstock::components
