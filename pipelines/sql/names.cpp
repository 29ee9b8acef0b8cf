#include "pipelines/sql/names.h"

#include <algorithm>
#include <array>
#include <utility>

namespace penstock::sql {

bool NameScope::is_hidden(int position) const {
  return std::any_of(merged.begin(), merged.end(), [position](const MergedColumn& column) {
    return std::find(column.hidden.begin(), column.hidden.end(), position) != column.hidden.end();
  });
}

ir::ExpressionPtr NameScope::read(int position, int depth) const {
  if (position >= kOpenBase) return ir::column(position, ir::Type{}, true, depth);
  const ir::Column& column = columns[static_cast<std::size_t>(position)];
  return ir::column(position, column.type, column.nullable, depth);
}

ir::ExpressionPtr NameScope::read(const MergedColumn& column, int depth) const {
  std::vector<ir::ExpressionPtr> sources;
  for (const int position : column.sources) {
    ir::ExpressionPtr source = read(position, depth);
    sources.push_back(column.type.is_unknown() ? std::move(source) : ir::cast(std::move(source), column.type));
  }
  return sources.size() == 1 ? sources.front() : ir::call(ir::Function::coalesce, std::move(sources));
}

bool NameScope::is_open() const {
  return std::any_of(items.begin(), items.end(), [](const ScopeItem& item) { return item.open != nullptr; });
}

std::span<const std::string_view> date_units() {
  static constexpr std::array<std::string_view, 8> kUnits{"year", "quarter", "month", "week", "day", "hour", "minute", "second"};
  return kUnits;
}

bool is_date_unit(std::string_view name) { return std::find(date_units().begin(), date_units().end(), name) != date_units().end(); }

NameScope joined(NameScope left, NameScope right) {
  const int shift = static_cast<int>(left.columns.size());
  for (ScopeItem& item : right.items) {
    item.first += shift;
    left.items.push_back(std::move(item));
  }
  for (MergedColumn& column : right.merged) {
    for (int& position : column.sources) position += shift;
    for (int& position : column.hidden) position += shift;
    left.merged.push_back(std::move(column));
  }
  return left;
}

}  // namespace penstock::sql
