#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "pipelines/ir/table_layout.h"

namespace penstock::yaml {

/// What one expression of `partition:` says, or what is wrong with it and where in the text.
struct PartitionText {
  ir::LayoutKey key;
  std::string fault;  ///< Empty: it is right.
  std::string suggestion;
  std::size_t offset = 0;
  std::size_t length = 1;
};

/// "column", "month(column)", "bucket(16, column)", "range(column, 0, 1000, 100)".
PartitionText read_partition(std::string_view text);

}  // namespace penstock::yaml
