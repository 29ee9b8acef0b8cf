#include "pipelines/base/suggest.h"

#include <algorithm>
#include <limits>

#include "pipelines/base/lookalike.h"

namespace penstock {
namespace {

constexpr std::size_t kTooFar = std::numeric_limits<std::size_t>::max();

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

// Optimal string alignment: Levenshtein with swaps of neighbours. Three rows are enough, and a row whose smallest value is above the
// limit ends the search.
std::size_t edits(std::string_view left, std::string_view right, std::size_t limit) {
  if (left.size() > right.size()) std::swap(left, right);
  if (right.size() - left.size() > limit) return kTooFar;
  std::vector<std::size_t> before(left.size() + 1);
  std::vector<std::size_t> above(left.size() + 1);
  std::vector<std::size_t> row(left.size() + 1);
  for (std::size_t i = 0; i <= left.size(); ++i) above[i] = i;
  for (std::size_t j = 1; j <= right.size(); ++j) {
    row[0] = j;
    std::size_t smallest = j;
    for (std::size_t i = 1; i <= left.size(); ++i) {
      const std::size_t replaced = above[i - 1] + (left[i - 1] == right[j - 1] ? 0U : 1U);
      row[i] = std::min({above[i] + 1, row[i - 1] + 1, replaced});
      if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) row[i] = std::min(row[i], before[i - 2] + 1);
      smallest = std::min(smallest, row[i]);
    }
    if (smallest > limit) return kTooFar;
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[left.size()] <= limit ? above[left.size()] : kTooFar;
}

}  // namespace

std::optional<std::string> nearest(std::string_view wrong, std::span<const std::string> candidates) {
  const std::string wanted = lower(plain_form(wrong));
  std::size_t limit = std::max<std::size_t>(1, wanted.size() / 3);
  const std::string* best = nullptr;
  for (const std::string& candidate : candidates) {
    // A name of one letter is one edit from every other one: that is no hint.
    if (candidate.empty() || wanted.empty() || std::max(wanted.size(), candidate.size()) <= limit) continue;
    const std::size_t distance = edits(wanted, lower(candidate), limit);
    if (distance == kTooFar) continue;
    best = &candidate;
    if (distance == 0) break;
    limit = distance - 1;
  }
  if (best == nullptr) return std::nullopt;
  return *best;
}

std::string listed(std::span<const std::string> names) {
  constexpr std::size_t kMostListed = 14;
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < kMostListed; ++i) text += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > kMostListed) text += " and " + std::to_string(names.size() - kMostListed) + " more";
  return text;
}

std::string did_you_mean(std::string_view wrong, std::span<const std::string> candidates) {
  const std::optional<std::string> candidate = nearest(wrong, candidates);
  const std::string odd = odd_character(wrong);
  if (!candidate) return odd;
  return "did you mean \"" + *candidate + "\"?" + (odd.empty() ? "" : " " + odd);
}

}  // namespace penstock
