#pragma once

#include <string>
#include <vector>

#include "pipelines/dialects/capabilities.h"
#include "pipelines/ir/relation.h"
#include "pipelines/ir/table_layout.h"
#include "pipelines/model/project.h"

namespace penstock::publish {

/// A step's layout as a target has it.
struct SettledLayout {
  ir::TableLayout layout;          ///< Of the statements that make the table.
  std::vector<Identifier> order;   ///< In which rows are written, where that is how they lie.
  std::vector<std::string> notes;  ///< What the target cannot follow, and what is done instead.
};

/// `columns` are those of the published table.
SettledLayout settle_layout(const model::TableLayout& wanted, const ir::Columns& columns, const dialects::LayoutFacts& facts);

/// The rows in that order; columns that they have not are passed over.
ir::RelationPtr in_order(const ir::RelationPtr& rows, const std::vector<Identifier>& order);

}  // namespace penstock::publish
