#include "pipelines/dialects/type_name.h"

#include <charconv>
#include <string>
#include <vector>

namespace penstock::dialects {
namespace {

std::string lower(std::string_view text) {
  std::string folded(text);
  for (char& c : folded) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return folded;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::vector<int> numbers_in(std::string_view list) {
  std::vector<int> numbers;
  while (!list.empty()) {
    const auto comma = list.find(',');
    const std::string_view one = trimmed(list.substr(0, comma));
    int number = 0;
    if (std::from_chars(one.data(), one.data() + one.size(), number).ec != std::errc{}) return {};
    numbers.push_back(number);
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return numbers;
}

ir::Type with_parameters(const TypeWord& word, const std::vector<int>& numbers) {
  if (!word.keep_parameters || numbers.empty()) return word.type;
  if (word.type.kind == ir::TypeKind::decimal) {
    const int scale = numbers.size() > 1 ? numbers[1] : 0;
    if (numbers[0] < 1 || numbers[0] > ir::kMaxDecimalPrecision || scale < 0 || scale >= ir::kMaxDecimalPrecision) return {};
    return ir::Type::decimal(numbers[0], scale);
  }
  return numbers[0] > 0 ? ir::Type::varchar(static_cast<std::uint32_t>(numbers[0])) : word.type;
}

}  // namespace

ir::Type read_type_name(std::string_view text, std::span<const TypeWord> words) {
  const std::string folded = lower(trimmed(text));
  std::string_view rest = folded;
  if (rest.ends_with("[]")) {
    ir::Type element = read_type_name(rest.substr(0, rest.size() - 2), words);
    return element.is_unknown() ? element : ir::Type::array_of(std::move(element));
  }
  const bool angled = rest.starts_with("array<") && rest.ends_with('>');
  const bool bracketed = rest.starts_with("array(") && rest.ends_with(')');
  if (angled || bracketed) {
    ir::Type element = read_type_name(rest.substr(6, rest.size() - 7), words);
    return element.is_unknown() ? element : ir::Type::array_of(std::move(element));
  }
  // "timestamp(6) with time zone": the parameter stands in the middle.
  std::string word;
  std::vector<int> numbers;
  const auto open = rest.find('(');
  const auto close = rest.find(')', open == std::string_view::npos ? 0 : open);
  if (open != std::string_view::npos && close != std::string_view::npos) {
    numbers = numbers_in(rest.substr(open + 1, close - open - 1));
    word = std::string(trimmed(rest.substr(0, open))) + std::string(rest.substr(close + 1));
  } else {
    word = rest;
  }
  for (const TypeWord& known : words) {
    if (known.word == word) return with_parameters(known, numbers);
  }
  if (const auto portable = ir::parse_type(folded)) return *portable;
  return {};
}

}  // namespace penstock::dialects
