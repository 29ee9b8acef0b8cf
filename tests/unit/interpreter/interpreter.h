#pragma once

#include <map>
#include <string>
#include <vector>

#include "pipelines/ir/statement.h"

namespace penstock::testing {

using Row = std::vector<ir::Value>;
using Rows = std::vector<Row>;

struct Table {
  ir::Columns columns;
  Rows rows;
  bool is_view = false;
  ir::RelationPtr query;  ///< Views.
};

/// A target in memory that runs trees, for tests of meaning: what a plan or a component does to rows. It knows as much of the language as
/// they use, compares NULLs as PostgreSQL does, and aborts on anything else.
class Interpreter {
 public:
  std::map<TableName, Table> tables;
  bool views_hold_tables = false;              ///< What a view reads cannot be dropped.
  std::vector<std::string> native_statements;  ///< Those that were run.

  Rows evaluate(const ir::Relation& relation) const;

  /// Runs one statement; `rows` is what a SelectStatement gave. An error ("already exists", "two source rows match") leaves everything
  /// as it was and comes back as text; empty: it went well.
  std::string run(const ir::Statement& statement, Rows* rows = nullptr);
};

/// "1|NULL|a" per row, sorted unless `in_order`.
std::vector<std::string> text_of(const Rows& rows, bool in_order = false);

}  // namespace penstock::testing
