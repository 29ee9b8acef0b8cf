#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace penstock {

/// The candidate nearest to `wrong` by edits (insert, delete, replace, swap of neighbours), case ignored, if it is near enough to be
/// what was meant: at most one edit per three characters, and at least one allowed. Ties go to the earlier candidate.
std::optional<std::string> nearest(std::string_view wrong, std::span<const std::string> candidates);

/// The names with commas between them; of many only the first.
std::string listed(std::span<const std::string> names);

/// `did you mean "publish"?`, or empty; and which character of the wrong one is not what it looks like.
std::string did_you_mean(std::string_view wrong, std::span<const std::string> candidates);

}  // namespace penstock
