#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pipelines/dialects/dialect.h"
#include "pipelines/ir/statement.h"
#include "pipelines/model/project.h"
#include "pipelines/publish/table_layout.h"

namespace penstock::golden {

/// A layout as a step writes it.
struct LayoutCase {
  std::string name;
  model::TableLayout layout;
};

/// Every key of a layout in every form; the settings are the dialect's own words, where it has some.
std::vector<LayoutCase> layout_cases(std::string_view dialect);

/// The table that is laid out, mart.laid_out, and the one that its rows come from: customer, orders, day, moment, instant, ratio.
const TableName& laid_out_table();
const TableName& laid_out_source();
const ir::Columns& laid_out_columns();

/// The layout as the dialect's target has it, and the two statements that make the table with it.
publish::SettledLayout settled(const LayoutCase& one, const dialects::Dialect& dialect);
ir::CreateTableAs create_as(const publish::SettledLayout& settled, bool or_replace);
ir::CreateTable create(const publish::SettledLayout& settled);

}  // namespace penstock::golden
