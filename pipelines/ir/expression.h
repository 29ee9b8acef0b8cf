#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "pipelines/base/identifier.h"
#include "pipelines/ir/function.h"
#include "pipelines/ir/type.h"
#include "pipelines/ir/value.h"

namespace penstock::ir {

struct Expression;
struct Relation;
/// Trees are immutable and shared; rewriting builds new nodes above old ones.
using ExpressionPtr = std::shared_ptr<const Expression>;
using RelationPtr = std::shared_ptr<const Relation>;

/// Where a person wrote a part of a tree: a number that whoever read the text turns into a place of a file. It says nothing of what is
/// meant: nothing compares or describes it.
struct Place {
  std::uint32_t number = 0;  ///< 0: nowhere.

  explicit operator bool() const { return number != 0; }
  friend bool operator==(const Place&, const Place&) = default;
};

struct Literal {
  Value value;
};

/// A column of the operator's input by position; names do not matter until the writer prints them. depth 0 is the input of the operator
/// that holds the expression (for a Join: the left columns, then the right ones), depth 1 the input of the operator around a subquery.
struct ColumnRef {
  int depth = 0;
  int column = 0;
};

/// A typed parameter of the run (`:interval_start`); a literal by the time it is printed.
struct ParameterRef {
  std::string name;
};

/// A scalar function or operator with PostgreSQL's meaning. Arguments are already cast to the types that the function takes.
struct Call {
  Function function;
  std::vector<ExpressionPtr> arguments;
};

struct Cast {
  ExpressionPtr operand;
};

/// CASE WHEN condition THEN result ... ELSE otherwise END; `otherwise` may be null for NULL.
struct Case {
  struct Branch {
    ExpressionPtr condition;
    ExpressionPtr result;
  };
  std::vector<Branch> branches;
  ExpressionPtr otherwise;
};

/// operand IN (options...), with SQL's three values.
struct InList {
  ExpressionPtr operand;
  std::vector<ExpressionPtr> options;
};

/// EXISTS (relation), operand IN (relation) over its single column, or the single value of a relation.
struct Subquery {
  enum class Kind { exists, in, scalar };
  Kind kind;
  RelationPtr relation;
  ExpressionPtr operand;  ///< For `in`.
};

/// A scalar expression. Aggregates and window functions are not expressions: they live in the operators Aggregate and Window.
struct Expression {
  std::variant<Literal, ColumnRef, ParameterRef, Call, Cast, Case, InList, Subquery> node;
  Type type;
  bool nullable = true;  ///< False only where NULL is proven impossible.
  Place place = {};      ///< Nowhere: it belongs to the expression around it.
};

/// How rows are ordered; every key says where NULLs go.
struct SortKey {
  ExpressionPtr expression;
  bool descending = false;
  bool nulls_first = false;
};

struct NamedExpression {
  Identifier name;
  ExpressionPtr expression;
};

/// One aggregate: count(*) has no arguments.
struct AggregateCall {
  Function function;
  std::vector<ExpressionPtr> arguments;
  bool distinct = false;
  ExpressionPtr filter;           ///< FILTER (WHERE ...), may be null.
  std::vector<SortKey> order_by;  ///< For string_agg and array_agg.
  Type type;
  bool nullable = true;
  Place place = {};
};

struct WindowFrame {
  enum class Unit { rows, range };
  enum class Bound { unbounded_preceding, preceding, current_row, following, unbounded_following };
  Unit unit = Unit::range;
  Bound start = Bound::unbounded_preceding;
  Bound end = Bound::current_row;
  std::int64_t start_offset = 0;  ///< For preceding and following.
  std::int64_t end_offset = 0;
};

/// One window function or windowed aggregate. `frame` is set exactly for functions that look at a frame, and then always printed.
struct WindowCall {
  Function function;
  std::vector<ExpressionPtr> arguments;
  std::vector<ExpressionPtr> partition_by;
  std::vector<SortKey> order_by;
  std::optional<WindowFrame> frame;
  bool ignore_nulls = false;
  ExpressionPtr filter;  ///< May be null.
  Type type;
  bool nullable = true;
  Place place = {};
};

/// The value of a whole constant: 7, -7 and 1 + 6. Empty for everything else, and where the computation would overflow.
std::optional<std::int64_t> whole_constant(const Expression& expression);
/// The types of what meets in one place (CASE, VALUES ...), where a whole constant beside a decimal has the digits that it has.
std::vector<Type> types_together(const std::vector<ExpressionPtr>& expressions);

ExpressionPtr literal(Value value, Type type);
ExpressionPtr null_literal(Type type);
ExpressionPtr integer(std::int64_t value);
ExpressionPtr text(std::string value);
ExpressionPtr boolean(bool value);
ExpressionPtr column(int index, Type type, bool nullable, int depth = 0);
/// A column that stands for the expression: of its type, and written where it was.
ExpressionPtr column_for(const Expression& expression, int index, int depth = 0);
ExpressionPtr parameter(std::string name, Type type);
ExpressionPtr cast(ExpressionPtr operand, Type to);
/// A call whose result type and nullability follow from the function's table; aborts when the arguments do not fit, so resolve first.
ExpressionPtr call(Function function, std::vector<ExpressionPtr> arguments);
/// A call as resolve() or resolve_function() chose it; the arguments have, or are cast to, the types that it names.
ExpressionPtr call(const Resolution& resolution, std::vector<ExpressionPtr> arguments);
/// AND of all; TRUE for none.
ExpressionPtr all_of(std::vector<ExpressionPtr> conditions);
ExpressionPtr any_of(std::vector<ExpressionPtr> conditions);
/// The expression, written at that place unless it has one already.
ExpressionPtr placed(ExpressionPtr expression, Place place);

}  // namespace penstock::ir
