#pragma once

#include <cstddef>
#include <string_view>

namespace penstock::api {

/// How much a JSON text holds.
struct JsonShape {
  std::size_t depth = 0;
  std::size_t keys = 0;
  std::size_t values = 0;  ///< Objects and lists too.
};

/// What a body may hold: enough for a list of ten thousand steps.
inline constexpr JsonShape kLargestBody{16, 1000, 20'000};

/// Whether the text holds no more than `most`, found without keeping any of it: keys cost more the more there are. What is no JSON fits as
/// far as it can be read.
bool fits(std::string_view text, const JsonShape& most);

}  // namespace penstock::api
