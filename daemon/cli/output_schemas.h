#pragma once

#include <span>
#include <string_view>

namespace penstock::cli {

/// A file of schemas/cli/ as it was when the binary was built.
struct OutputSchema {
  std::string_view name;  ///< "cli/plan".
  std::string_view text;
};

std::span<const OutputSchema> output_schemas();

}  // namespace penstock::cli
