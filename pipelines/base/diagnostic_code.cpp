#include "pipelines/base/diagnostic_code.h"

#include <charconv>
#include <vector>

#include "pipelines/base/code_pages.h"

namespace penstock {
namespace {

std::vector<CodeSpec> all_codes() {
  std::vector<CodeSpec> all;
  for (const std::span<const CodeSpec> page :
       {file_codes(), name_codes(), sql_codes(), component_codes(), publish_codes(), target_codes(), schedule_codes()}) {
    all.insert(all.end(), page.begin(), page.end());
  }
  return all;
}

}  // namespace

std::span<const CodeSpec> code_table() {
  static const std::vector<CodeSpec> table = all_codes();
  return table;
}

std::string to_string(Code code) { return "PEN" + std::to_string(static_cast<int>(code)); }

std::optional<Code> parse_code(std::string_view text) {
  if (text.size() == 7 && (text[0] == 'P' || text[0] == 'p') && (text[1] == 'E' || text[1] == 'e') && (text[2] == 'N' || text[2] == 'n')) {
    text.remove_prefix(3);
  }
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.size() != 4 || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  for (const CodeSpec& spec : code_table()) {
    if (static_cast<int>(spec.code) == number) return spec.code;
  }
  return std::nullopt;
}

}  // namespace penstock
