#include "pipelines/sql/lifting.h"

#include <algorithm>
#include <utility>

#include "pipelines/ir/equal.h"

namespace penstock::sql {

ir::ExpressionPtr LiftedCalls::add(ir::AggregateCall call) {
  const auto same =
      std::find_if(aggregates.begin(), aggregates.end(), [&](const ir::AggregateCall& one) { return ir::is_equal(one, call); });
  const int index = static_cast<int>(same - aggregates.begin());
  if (same == aggregates.end()) aggregates.push_back(call);
  return ir::column(kAggregateBase + index, call.type, call.nullable);
}

ir::ExpressionPtr LiftedCalls::add(GroupingCall call) {
  const int index = static_cast<int>(groupings.size());
  groupings.push_back(std::move(call));
  return ir::column(kGroupingBase + index, ir::Type::of(ir::TypeKind::int32), false);
}

ir::ExpressionPtr LiftedCalls::add(ir::WindowCall call, std::size_t place) {
  ir::ExpressionPtr column = ir::column(kWindowBase + static_cast<int>(windows.size()), call.type, call.nullable);
  windows.push_back(std::move(call));
  window_places.push_back(place);
  return column;
}

ir::ExpressionPtr GroupLifting::replace_expression(const ir::ExpressionPtr& expression) {
  const auto* read = std::get_if<ir::ColumnRef>(&expression->node);
  if (read && read->depth == depth_ && read->column >= kWindowBase) return expression;
  if (read && read->depth == depth_ && read->column >= kAggregateBase) {
    const bool is_grouping = read->column >= kGroupingBase;
    const int before = static_cast<int>(keys_.size() + (is_grouping ? calls_.aggregates.size() : 0));
    const int index = before + read->column - (is_grouping ? kGroupingBase : kAggregateBase);
    return ir::column_for(*expression, index, depth_);
  }
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    if (ir::is_equal(*expression, *keys_[i].expression, depth_)) {
      const int key = static_cast<int>(i);
      return ir::placed(ir::column(key, expression->type, expression->nullable || nullable_.contains(key), depth_), expression->place);
    }
  }
  if (read && read->depth == depth_) {
    report(*expression, read->column);
    return expression;
  }
  return nullptr;
}

void GroupLifting::report(const ir::Expression& expression, int column) {
  if (good_) {
    const bool known = column >= 0 && static_cast<std::size_t>(column) < columns_.size();
    const std::string name = known ? "column \"" + columns_[static_cast<std::size_t>(column)].name.text() + "\"" : std::string("a column");
    reporter_.error(reporter_.offset_of(expression.place), Code::not_grouped, name + " is neither grouped nor inside an aggregate", {},
                    "add it to GROUP BY, or say which of the group's values is meant: min(), max(), any_value()");
  }
  good_ = false;
}

ir::ExpressionPtr WindowLifting::replace_expression(const ir::ExpressionPtr& expression) {
  const auto* read = std::get_if<ir::ColumnRef>(&expression->node);
  if (!read || read->depth != 0 || read->column < kWindowBase) return nullptr;
  const int index = read->column - kWindowBase;
  const ir::WindowCall& call = calls_.windows[static_cast<std::size_t>(index)];
  return ir::placed(ir::column(input_columns_ + index, call.type, call.nullable), expression->place);
}

}  // namespace penstock::sql
