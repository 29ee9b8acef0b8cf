#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "pipelines/base/identifier.h"
#include "pipelines/ir/relation.h"
#include "pipelines/ir/table_layout.h"

namespace penstock::ir {

/// A query whose rows the caller wants: checks and previews.
struct SelectStatement {
  RelationPtr query;
};

/// CREATE TABLE with explicit columns.
struct CreateTable {
  TableName table;
  Columns columns;
  std::vector<Identifier> primary_key;  ///< May be empty; only where the target enforces keys.
  bool if_not_exists = false;
  TableLayout layout{};
};

struct CreateTableAs {
  TableName table;
  RelationPtr query;
  bool or_replace = false;     ///< Only where the target's CREATE OR REPLACE TABLE is atomic.
  bool if_not_exists = false;  ///< Never together with or_replace. Where the table exists, nothing is read or written.
  TableLayout layout{};
  bool is_kept = false;  ///< With or_replace: it is not replaced at each publish, so rows are added and columns altered later.
};

/// CREATE OR REPLACE VIEW in the target's way, keeping grants where the target can.
struct CreateView {
  TableName view;
  RelationPtr query;
  bool replaces = false;  ///< A view of that name is there: what a target that has no CREATE OR REPLACE VIEW must know.
};

struct DropTable {
  TableName table;
  bool if_exists = true;
};

struct DropView {
  TableName view;
  bool if_exists = true;
};

/// Renames within one schema.
struct RenameTable {
  TableName table;
  Identifier to;
};

struct AddColumn {
  TableName table;
  Column column;
  bool if_not_exists = false;  ///< As far as the target can say it.
};

struct AlterColumnType {
  TableName table;
  Column column;
};

struct DropColumn {
  TableName table;
  Identifier column;
  bool if_exists = false;  ///< As far as the target can say it.
};

struct InsertSelect {
  TableName table;
  std::vector<Identifier> columns;
  RelationPtr query;
};

/// DELETE FROM table [WHERE predicate]. The predicate sees the table's columns at depth 0, as `columns` lists them; subqueries inside
/// it see them at depth 1.
struct DeleteRows {
  TableName table;
  Columns columns;
  ExpressionPtr predicate;  ///< Null: every row.
};

/// MERGE. In every expression the target's columns come first, then the source's.
struct Merge {
  TableName target;
  Columns target_columns;
  RelationPtr source;
  ExpressionPtr on;
  struct Clause {
    enum class Match { matched, not_matched_by_target, not_matched_by_source };
    enum class Action { update, remove, insert };
    Match match;
    Action action;
    ExpressionPtr condition;               ///< May be null.
    std::vector<NamedExpression> columns;  ///< For update and insert: target column, value.
  };
  std::vector<Clause> clauses;
};

/// Holds a table to the end of the transaction, as its first statement: nobody else writes it meanwhile.
struct LockTable {
  TableName table;
  /// writers: whoever writes rows waits. publishers: only others that lock it in this way wait, and rows go on being written.
  enum class Against { writers, publishers } against = Against::writers;
};

/// A statement in the target's own words, for what a target has and no other: owners, grants, options.
struct NativeStatement {
  std::string text;
};

/// One statement, as a tree; only a dialect turns it into text.
using Statement = std::variant<SelectStatement, CreateTable, CreateTableAs, CreateView, DropTable, DropView, RenameTable, AddColumn,
                               AlterColumnType, DropColumn, InsertSelect, DeleteRows, Merge, LockTable, NativeStatement>;

}  // namespace penstock::ir
