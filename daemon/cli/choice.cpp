#include "daemon/cli/choice.h"

#include <algorithm>
#include <charconv>

#include "pipelines/base/suggest.h"
#include "pipelines/yaml/duration.h"

namespace penstock::cli {

ValueCheck one_of(std::vector<std::string> words) {
  return [words = std::move(words)](const std::string& value) -> std::string {
    if (std::find(words.begin(), words.end(), value) != words.end()) return {};
    std::string all;
    for (const std::string& word : words) all += (all.empty() ? "" : word == words.back() ? " or " : ", ") + word;
    const std::string meant = did_you_mean(value, words);
    return '"' + value + "\" is not " + all + (meant.empty() ? "" : "; " + meant);
  };
}

ValueCheck between(int least, int most) {
  return [least, most](const std::string& value) -> std::string {
    int number = 0;
    const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (fault == std::errc() && end == value.data() + value.size() && number >= least && number <= most) return {};
    return '"' + value + "\" is no whole number from " + std::to_string(least) + " to " + std::to_string(most);
  };
}

std::string is_given(const std::string& value) { return value.empty() ? "it is empty; is the variable set that it comes from?" : ""; }

std::string is_duration(const std::string& value) {
  const auto duration = yaml::parse_duration(value);
  if (duration && duration->count() > 0) return {};
  return '"' + value + "\" is no duration; write it as 90s, 30m or 2h";
}

}  // namespace penstock::cli
