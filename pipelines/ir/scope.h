#pragma once

#include <vector>

#include "pipelines/base/identifier.h"
#include "pipelines/ir/relation.h"

namespace penstock::ir {

/// The names that an expression may use: items in the order of FROM. The ColumnRef of a column counts through all items, so the scope
/// of a Join is its left side's item and then its right side's.
struct Scope {
  struct Item {
    Identifier name;  ///< As in `name.column`; may be empty.
    Columns columns;
    /// The relation's columns are not known: any name is accepted and becomes a column of unknown type.
    bool open = false;
  };
  std::vector<Item> items;
};

}  // namespace penstock::ir
