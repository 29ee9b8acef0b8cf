#pragma once

#include <cstdint>
#include <vector>

#include "pipelines/base/identifier.h"
#include "pipelines/ir/relation.h"

namespace penstock::lineage {

/// A column of a table.
struct ColumnName {
  TableName table;
  Identifier column;

  friend bool operator==(const ColumnName&, const ColumnName&) = default;
  friend auto operator<=>(const ColumnName&, const ColumnName&) = default;
};

/// How an input column reaches an output column, in OpenLineage's terms.
enum class Subtype : std::uint8_t { identity, transformation, aggregation, join, group_by, filter, sort, window, conditional };

struct InputColumn {
  std::uint32_t table = 0;  ///< One of the step's tables.
  Identifier column;
  bool direct = true;  ///< Its value is in the output; otherwise it only decides which rows or branches there are.
  Subtype subtype = Subtype::identity;

  friend bool operator==(const InputColumn&, const InputColumn&) = default;
};

/// The columns of one step: for each output column, in order, what it is made from.
struct StepLineage {
  struct OutputColumn {
    Identifier name;
    std::vector<InputColumn>
        inputs;  ///< Direct ones, and the indirect ones of this column alone (conditions, windows); sorted, no repeats.
  };
  std::vector<TableName> tables;  ///< What the step reads.
  std::vector<OutputColumn> columns;
  std::vector<InputColumn> rows;  ///< Indirect ones that concern every output row: filters, join keys, grouping.
  bool opaque = false;            ///< Made by native SQL: inputs are declared, columns are not traced.

  const TableName& table_of(const InputColumn& input) const { return tables[input.table]; }
  ColumnName name_of(const InputColumn& input) const { return {table_of(input), input.column}; }
};

/// Traces every column of the relation to columns of scanned tables.
StepLineage trace(const ir::Relation& relation);

}  // namespace penstock::lineage
