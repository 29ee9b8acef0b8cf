#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipelines/base/identifier.h"
#include "pipelines/ir/relation.h"

namespace penstock::sql {

/// Columns that were read from a relation whose columns are not known.
using OpenColumns = std::vector<Identifier>;

/// The first position of columns that an open relation does not list.
inline constexpr int kOpenBase = 1 << 22;

/// One table of FROM under the name by which columns are qualified.
struct ScopeItem {
  Identifier name;
  std::vector<Identifier> columns;
  int first = 0;                ///< Position of its first column among all.
  OpenColumns* open = nullptr;  ///< Set where any column is accepted: those that were asked for are noted here.
};

/// The single column that JOIN ... USING makes of two.
struct MergedColumn {
  Identifier name;
  std::vector<int> sources;  ///< COALESCE of these; one for inner, left and right joins.
  std::vector<int> hidden;   ///< Columns that only a qualified name reaches.
  ir::Type type;
};

/// What the expressions of one SELECT see: the columns of FROM.
struct NameScope {
  std::vector<ScopeItem> items;
  std::vector<MergedColumn> merged;
  ir::Columns columns;  ///< Of all items, with the types and NULLs of the join.

  bool is_hidden(int position) const;
  /// The expression that reads a merged column.
  ir::ExpressionPtr read(const MergedColumn& column, int depth) const;
  ir::ExpressionPtr read(int position, int depth) const;
  bool is_open() const;
};

/// What date_trunc cuts a moment to.
std::span<const std::string_view> date_units();
bool is_date_unit(std::string_view name);

/// Puts the right side's items after the left side's; `columns` are left to the caller.
NameScope joined(NameScope left, NameScope right);

}  // namespace penstock::sql
