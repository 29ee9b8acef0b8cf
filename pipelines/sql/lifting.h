#pragma once

#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "pipelines/ir/relation.h"
#include "pipelines/ir/rewrite.h"
#include "pipelines/sql/reporter.h"

namespace penstock::sql {

/// Aggregates and window functions are operators of the tree, not expressions. While a SELECT is read, each stands in its expression as
/// a column from these positions on; the lifting puts the real column in its place.
inline constexpr int kAggregateBase = 1 << 24;
inline constexpr int kGroupingBase = kAggregateBase + (1 << 23);
inline constexpr int kWindowBase = 1 << 25;

/// GROUPING(a, b): which of the keys a row is not grouped by, a bit each, the last argument being the lowest.
struct GroupingCall {
  std::vector<ir::ExpressionPtr> keys;
  std::size_t place = 0;
};

/// The calls that were found in the expressions of one SELECT, over the columns of FROM.
struct LiftedCalls {
  std::vector<ir::AggregateCall> aggregates;
  std::vector<GroupingCall> groupings;
  std::vector<ir::WindowCall> windows;
  std::vector<std::size_t> window_places;

  /// The placeholder of a call; an equal aggregate is used again.
  ir::ExpressionPtr add(ir::AggregateCall call);
  ir::ExpressionPtr add(GroupingCall call);
  ir::ExpressionPtr add(ir::WindowCall call, std::size_t place);
};

/// Moves expressions from the columns of FROM to those of the groups: keys first, then aggregates, then GROUPING calls. Columns that are
/// none of these are reported as not grouped. Window placeholders stay.
class GroupLifting final : public ir::Rewriter {
 public:
  GroupLifting(std::span<const ir::NamedExpression> keys, const LiftedCalls& calls, const ir::Columns& columns, const Reporter& reporter)
      : keys_(keys), calls_(calls), columns_(columns), reporter_(reporter) {}

  /// Some rows are not grouped by that key, which is NULL in them.
  void make_nullable(int key) { nullable_.insert(key); }
  bool is_good() const { return good_; }

 protected:
  ir::ExpressionPtr replace_expression(const ir::ExpressionPtr& expression) override;
  void enter_subquery() override { ++depth_; }
  void leave_subquery() override { --depth_; }

 private:
  void report(const ir::Expression& expression, int column);

  std::span<const ir::NamedExpression> keys_;
  std::set<int> nullable_;
  const LiftedCalls& calls_;
  const ir::Columns& columns_;
  const Reporter& reporter_;
  int depth_ = 0;
  bool good_ = true;
};

/// Puts the columns of a Window in the place of the window placeholders; its input has `input_columns` columns.
class WindowLifting final : public ir::Rewriter {
 public:
  WindowLifting(int input_columns, const LiftedCalls& calls) : input_columns_(input_columns), calls_(calls) {}

 protected:
  ir::ExpressionPtr replace_expression(const ir::ExpressionPtr& expression) override;

 private:
  int input_columns_;
  const LiftedCalls& calls_;
};

}  // namespace penstock::sql
