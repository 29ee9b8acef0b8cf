#pragma once

#include <cstdint>
#include <string_view>

#include "pipelines/base/diagnostic.h"
#include "pipelines/yaml/builder.h"

namespace penstock::yaml {

/// The parser's own message for a fault at that place, in our words: what is wrong, what it mostly comes from, and where.
Diagnostic explain_syntax_error(std::string_view message, const YAML::Mark& mark, std::string_view text, std::uint32_t file,
                                const Builder& builder);

}  // namespace penstock::yaml
