#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace penstock::yaml {

/// "90s", "15m", "1h30m", "2d", "500ms", "1w", or ISO 8601 without years and months ("PT15M", "P1DT2H"). Empty for anything else, for a
/// bare number, and beyond ten years.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace penstock::yaml
