#pragma once

#include <functional>
#include <vector>

#include "pipelines/components/component.h"

namespace penstock::components {

// Trees that several components build.

/// A call with its arguments cast to the types that the function takes; null where no signature fits.
ir::ExpressionPtr fitted_call(ir::Function function, std::vector<ir::ExpressionPtr> arguments);

/// All columns of the relation, as a Project wants them.
std::vector<ir::NamedExpression> all_columns(const ir::Relation& relation);

/// The columns at these places.
std::vector<ir::NamedExpression> columns_at(const ir::Relation& relation, const std::vector<int>& indices);

/// The expression with every column of its own operator's input (depth 0, also where subqueries refer to it) changed by `map`.
ir::ExpressionPtr map_columns(const ir::ExpressionPtr& expression, const std::function<int(int)>& map);

/// The columns of its own operator's input that the expression reads, ascending.
std::vector<int> columns_read(const ir::Expression& expression);

/// row_number, rank or dense_rank over the order, as the column after those of `input`.
ir::RelationPtr numbered(const ir::RelationPtr& input, ir::Function function, const std::vector<int>& partition_by,
                         std::vector<ir::SortKey> order_by, Identifier name);

/// count(*).
ir::Aggregate::NamedCall count_of_rows(Identifier name);

/// A name that no column of `columns` has: `wanted`, or `wanted` with a number.
Identifier unused_name(const ir::Columns& columns, const std::string& wanted);

}  // namespace penstock::components
