#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pipelines/ir/statement.h"

namespace penstock::golden {

/// A statement with the name of its folder under the area.
struct StatementCase {
  std::string name;
  ir::Statement statement;
};

/// The table that every case reads: one column of every type, nullable, and `id` that is not.
const ir::Columns& wide_columns();
ir::RelationPtr wide_table();
/// The column of the wide table with that name, as an expression over it.
ir::ExpressionPtr wide(std::string_view column);

/// Every function and operator in every signature, and the constants that some want.
std::vector<StatementCase> function_cases();
/// Every relational operator, alone and stacked.
std::vector<StatementCase> relation_cases();
/// Every kind of statement.
std::vector<StatementCase> statement_cases();

}  // namespace penstock::golden
