#pragma once

#include "pipelines/ir/expression.h"

namespace penstock::ir {

/// Do two expressions over the same input say the same thing? Relations of subqueries are equal only where they are the same node.
/// `depth` is the number of subqueries that `left` stands deeper than `right`: a column of the operator around is then the same column.
bool is_equal(const Expression& left, const Expression& right, int depth = 0);

bool is_equal(const AggregateCall& left, const AggregateCall& right);

}  // namespace penstock::ir
