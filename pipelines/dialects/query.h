#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "pipelines/ir/relation.h"

namespace penstock::dialects {

struct Env;
struct Select;
struct SetQuery;

/// What stands in a query's place: one SELECT block, blocks joined by set operators, or text in the target's own language.
struct Body {
  Select* select = nullptr;
  SetQuery* set = nullptr;
  const ir::Native* native = nullptr;
};

/// An expression with the columns that its references mean.
struct Bound {
  const ir::Expression* expression = nullptr;
  const Env* env = nullptr;
};

/// One item of FROM. Its alias is chosen when the block is printed.
struct Source {
  enum class Kind : std::uint8_t { table, cte, derived, values, native };
  Kind kind = Kind::table;
  const TableName* table = nullptr;
  std::string name;  ///< Of a common table expression.
  Body body;         ///< Of a derived table.
  const ir::Values* values = nullptr;
  const ir::Native* native = nullptr;
  std::vector<std::string> columns;  ///< Names as printed.
  std::string hint;                  ///< What people would call it.
  std::string alias;
  ir::Join::Kind join = ir::Join::Kind::cross;  ///< How it follows the items before it; the first item has none.
  Bound on;
  bool by_equality = false;  ///< A part of the condition is an equality of one side with the other.
  bool lateral = false;      ///< Of a derived table: it refers to the items before it.
};

/// What one column of a block's current output stands for.
struct Slot {
  enum class Kind : std::uint8_t { column, expression, aggregate, window };
  Kind kind = Kind::column;
  bool is_text = false;      ///< column
  bool trimmed = false;      ///< column: a text that never ends in a blank.
  bool declared = false;     ///< A table's own column, whose type the target knows exactly.
  std::uint32_t weight = 0;  ///< Nodes that printing it costs; capped.
  int column = 0;
  const Source* source = nullptr;              ///< column
  const ir::Expression* expression = nullptr;  ///< expression
  const ir::AggregateCall* aggregate = nullptr;
  const ir::WindowCall* window = nullptr;
  const Env* env = nullptr;  ///< What the expression or the call refers to.
  ir::Place place;           ///< Where the column was asked for.
};

/// The columns that an operator's expressions refer to by position; `outer` are those around the subquery.
struct Env {
  std::vector<Slot> slots;
  const Env* outer = nullptr;
};

/// One condition of WHERE: a predicate, or the right side of a semi or an anti join.
struct Condition {
  Bound predicate;
  Select* semi = nullptr;
  bool anti = false;
};

struct OrderKey {
  const ir::SortKey* key = nullptr;
  const Env* env = nullptr;
};

/// SELECT ... FROM ... WHERE ... GROUP BY ... HAVING ... ORDER BY ... LIMIT, into which operators were folded.
struct Select {
  std::vector<Source*> from;
  std::vector<Condition> where;
  bool grouped = false;
  std::vector<Slot> keys;
  std::vector<Bound> having;
  bool windowed = false;
  bool distinct = false;
  std::vector<OrderKey> order;
  std::optional<std::int64_t> limit;
  std::int64_t offset = 0;
  ir::Place limit_place;
  bool apart = false;                    ///< The target must not merge the block with the one around it.
  const Env* env = nullptr;              ///< The output.
  const ir::Columns* columns = nullptr;  ///< Its names and types.
  const Select* around = nullptr;        ///< The block whose rows a subquery may refer to; set when it is printed.

  bool is_limited() const { return limit.has_value() || offset > 0; }
};

struct SetQuery {
  ir::SetOperation::Kind kind = ir::SetOperation::Kind::union_all;
  std::vector<Body> inputs;
  const ir::Columns* columns = nullptr;
  ir::Place place;
};

/// Owns the nodes of one statement's query; pointers into it stay valid as it grows.
struct QueryArena {
  std::deque<Source> sources;
  std::deque<Env> envs;
  std::deque<Select> selects;
  std::deque<SetQuery> sets;
  std::deque<ir::Columns> columns;
  std::deque<ir::Expression> expressions;
};

}  // namespace penstock::dialects
