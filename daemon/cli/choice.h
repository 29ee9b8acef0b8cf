#pragma once

#include <functional>
#include <string>
#include <vector>

namespace penstock::cli {

/// What an option checks its value with: the fault, or empty.
using ValueCheck = std::function<std::string(const std::string& value)>;

/// Accepts these words only; the fault lists them and suggests the nearest.
ValueCheck one_of(std::vector<std::string> words);

/// Accepts whole numbers from `least` to `most`.
ValueCheck between(int least, int most);

/// Refuses the empty text that an unset variable leaves.
std::string is_given(const std::string& value);

/// Accepts durations such as 30m, 90s or 2h that are longer than nothing.
std::string is_duration(const std::string& value);

}  // namespace penstock::cli
