#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "pipelines/components/component.h"

namespace penstock::components {

/// The two sides of a join and how they meet. The condition reads the left columns, then the right ones.
struct Joining {
  const Input& left;
  const Input& right;
  ir::Join::Kind kind;
  ir::ExpressionPtr condition;
};

/// A column of the right side and the name that it gets.
struct Taken {
  int column;
  Identifier name;
  Span where;
};

/// `on:` as an expression or as a list of columns that both sides have; null after diagnostics.
ir::ExpressionPtr read_condition(const model::Node& on, const Input& left, const Input& right, Context& context);

/// `columns:` of the right side, as names and as `new: old`; empty after diagnostics.
std::optional<std::vector<Taken>> read_taken(const model::Node& columns, const Input& right, Context& context);

/// Whether the column has the name of the left column that it is equal to by the condition.
bool is_equal_key(const Joining& joining, const Taken& column);

/// The joined rows with the left columns and the taken ones. A right column that has the name of the left column that it is equal to by
/// the condition is left out, and the left one carries the value whichever side it came from (as with SQL's USING). Every other clash
/// of names is a diagnostic; null then.
ir::RelationPtr joined(const Joining& joining, const std::vector<Taken>& taken, Context& context);

/// Audits that find rows of the left side with more than one match, or with none.
void expect_at_most_one(const Joining& joining, Span where, Context& context);
void expect_at_least_one(const Joining& joining, Span where, Context& context);

}  // namespace penstock::components
