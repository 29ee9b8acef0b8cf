#pragma once

#include <cstddef>
#include <string_view>

#include "pipelines/model/node.h"

namespace penstock::yaml {

/// Where a scalar begins in the file's text.
struct ScalarStart {
  std::size_t offset = 0;  ///< Of its first character: a quote, a block's indicator, or the plain text.
  std::size_t line = 1;
  std::size_t column = 1;
};

/// Fills `where`, `block`, `indent` and `segments` of a scalar whose `text` and `quoted` are set. False where a quote is never closed:
/// the library takes the end of the file for one.
bool place_scalar(std::string_view file_text, const ScalarStart& start, model::Node& node);

}  // namespace penstock::yaml
