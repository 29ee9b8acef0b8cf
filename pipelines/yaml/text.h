#pragma once

#include <cstdint>
#include <string_view>

#include "pipelines/base/diagnostic.h"

namespace penstock::yaml {

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Refuses what no YAML file may hold: more than the limit, bytes that are not UTF-8, control characters, line ends without a line feed.
/// Reports the first one and returns false.
bool is_readable(std::string_view text, std::uint32_t file, Diagnostics& diagnostics);

/// The place of a byte of the text.
Span place_in(std::string_view text, std::size_t offset, std::uint32_t file, std::uint32_t length = 1);

}  // namespace penstock::yaml
