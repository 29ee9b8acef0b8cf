#pragma once

#include <cstddef>
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
inline constexpr int kWindowBase = 1 << 25;

/// The calls that were found in the expressions of one SELECT, over the columns of FROM.
struct LiftedCalls {
  std::vector<ir::AggregateCall> aggregates;
  std::vector<ir::WindowCall> windows;
  std::vector<std::size_t> window_places;
  /// Which column was written where, for messages.
  std::vector<std::pair<ir::ExpressionPtr, std::size_t>> column_places;

  /// The placeholder of a call; an equal aggregate is used again.
  ir::ExpressionPtr add(ir::AggregateCall call);
  ir::ExpressionPtr add(ir::WindowCall call, std::size_t place);
  std::size_t place_of(const ir::Expression& column) const;
};

/// Moves expressions from the columns of FROM to the columns of an Aggregate: keys first, then calls. Columns that are neither are
/// reported as not grouped. Window placeholders stay.
class GroupLifting final : public ir::Rewriter {
 public:
  GroupLifting(std::span<const ir::NamedExpression> keys, const LiftedCalls& calls, const ir::Columns& columns, const Reporter& reporter)
      : keys_(keys), calls_(calls), columns_(columns), reporter_(reporter) {}

  bool is_good() const { return good_; }

 protected:
  ir::ExpressionPtr replace_expression(const ir::ExpressionPtr& expression) override;
  void enter_subquery() override { ++depth_; }
  void leave_subquery() override { --depth_; }

 private:
  void report(const ir::Expression& expression, int column);

  std::span<const ir::NamedExpression> keys_;
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
