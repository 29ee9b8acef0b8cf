#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pipelines/base/identifier.h"
#include "pipelines/ir/columns.h"
#include "pipelines/ir/expression.h"

namespace penstock::ir {

/// Rows of a table of the target.
struct Scan {
  TableName table;
  Identifier alias;  ///< A hint for readable SQL, may be empty.
  Columns columns;   ///< The columns that are read, in this order.
};

/// Rows written in the query. Every row has a literal or scalar expression per column.
struct Values {
  Columns columns;
  std::vector<std::vector<ExpressionPtr>> rows;
};

/// Exactly these columns.
struct Project {
  RelationPtr input;
  std::vector<NamedExpression> columns;
};

/// The rows for which the predicate is TRUE.
struct Filter {
  RelationPtr input;
  ExpressionPtr predicate;
};

/// The left columns, then the right ones; semi and anti joins give the left ones only. `condition` is null for cross.
struct Join {
  enum class Kind { inner, left, right, full, cross, semi, anti };
  Kind kind;
  RelationPtr left;
  RelationPtr right;
  ExpressionPtr condition;
};

/// One row per distinct key, or exactly one row where there is no key: the keys, then the calls.
struct Aggregate {
  RelationPtr input;
  std::vector<NamedExpression> keys;
  struct NamedCall {
    Identifier name;
    AggregateCall call;
  };
  std::vector<NamedCall> calls;
};

/// The input's columns, then one per call.
struct Window {
  RelationPtr input;
  struct NamedCall {
    Identifier name;
    WindowCall call;
  };
  std::vector<NamedCall> calls;
};

/// Columns by position; names and types come from `columns`, every input is already projected to exactly those types.
struct SetOperation {
  enum class Kind { union_all, union_distinct, intersect_all, intersect_distinct, except_all, except_distinct };
  Kind kind;
  std::vector<RelationPtr> inputs;
  Columns columns;
  Place place = {};
};

struct Distinct {
  RelationPtr input;
};

/// Order matters only below a Limit or at the very top of a preview.
struct Sort {
  RelationPtr input;
  std::vector<SortKey> keys;
};

struct Limit {
  RelationPtr input;
  std::optional<std::int64_t> count;
  std::int64_t offset = 0;
  Place place = {};
};

/// The input under a name: printed as a common table expression, once, however often the same node is used.
struct Common {
  Identifier name;
  RelationPtr input;
};

/// A query in the target's own language, passed through as it is. What it reads is known only as far as it is declared.
struct Native {
  std::vector<std::string> texts;     ///< The text before, between and behind the values.
  std::vector<ExpressionPtr> values;  ///< Parameters; one fewer than texts.
  Columns columns;                    ///< Declared or probed; may be empty for unknown.
  std::vector<TableName> reads;       ///< Declared.
};

/// A relational operator; the one tree that everything below the language speaks. Immutable.
struct Relation {
  std::variant<Scan, Values, Project, Filter, Join, Aggregate, Window, SetOperation, Distinct, Sort, Limit, Common, Native> node;
  Columns columns;  ///< What it gives. Names are unique except above a Join, whose sides may share names.
};

RelationPtr scan(TableName table, Columns columns, Identifier alias = {});
RelationPtr values(Columns columns, std::vector<std::vector<ExpressionPtr>> rows);
RelationPtr project(RelationPtr input, std::vector<NamedExpression> columns);
RelationPtr filter(RelationPtr input, ExpressionPtr predicate);
RelationPtr join(Join::Kind kind, RelationPtr left, RelationPtr right, ExpressionPtr condition);
RelationPtr aggregate(RelationPtr input, std::vector<NamedExpression> keys, std::vector<Aggregate::NamedCall> calls);
RelationPtr window(RelationPtr input, std::vector<Window::NamedCall> calls);
RelationPtr set_operation(SetOperation::Kind kind, std::vector<RelationPtr> inputs, Columns columns, Place place = {});
RelationPtr distinct(RelationPtr input);
RelationPtr sort(RelationPtr input, std::vector<SortKey> keys);
RelationPtr limit(RelationPtr input, std::optional<std::int64_t> count, std::int64_t offset = 0, Place place = {});
RelationPtr common(Identifier name, RelationPtr input);
RelationPtr native(std::string sql, Columns columns, std::vector<TableName> reads);
RelationPtr native(Native node);

/// The expression that reads column `index` of the relation.
ExpressionPtr column_of(const Relation& relation, int index);
/// Where the output column was written; nowhere for a column of a table.
Place place_of(const Relation& relation, std::size_t column);
/// The index of the only column with that name; empty where there is none or more than one.
std::optional<int> find_column(const Columns& columns, const Identifier& name);

/// The same tree with every ParameterRef replaced by a literal of the type that its place wants; not_found names a missing one.
struct ParameterValues;
Result<RelationPtr> bind_parameters(const RelationPtr& relation, const ParameterValues& values);

/// The same tree with every Scan of `from` reading `to` instead; the columns are taken to be the same. Native text is left as it is.
RelationPtr replace_table(const RelationPtr& relation, const TableName& from, const TableName& to);

/// Every table that is scanned, without repeats, in order of first use; Native contributes its declared reads.
std::vector<TableName> tables_read(const Relation& relation);

}  // namespace penstock::ir
