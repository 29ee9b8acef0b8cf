#pragma once

#include <cctype>
#include <string>
#include <string_view>

namespace penstock::golden {

/// In lower case, as some dialects fold names to upper case.
inline std::string in_lower_case(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

/// How often a SELECT reads a table: as an item of FROM, whatever its quotes, its case and its schema.
inline std::size_t table_uses(const std::string& text, std::string_view table) {
  const std::string sql = in_lower_case(text);
  const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  const auto is_part_of_name = [](char c) { return c == '"' || c == '`' || c == '[' || c == ']' || c == '.'; };
  std::size_t uses = 0;
  for (std::size_t at = sql.find(table); at != std::string::npos; at = sql.find(table, at + 1)) {
    const std::size_t end = at + table.size();
    if ((at > 0 && is_word(sql[at - 1])) || (end < sql.size() && is_word(sql[end]))) continue;
    // A column of it has a point behind its name.
    std::size_t behind = end;
    while (behind < sql.size() && is_part_of_name(sql[behind]) && sql[behind] != '.') ++behind;
    if (behind < sql.size() && sql[behind] == '.') continue;
    std::size_t start = at;
    while (start > 0 && (is_word(sql[start - 1]) || is_part_of_name(sql[start - 1]))) --start;
    while (start > 0 && std::isspace(static_cast<unsigned char>(sql[start - 1])) != 0) --start;
    const std::string_view before = std::string_view(sql).substr(0, start);
    if (before.ends_with("from") || before.ends_with("join") || before.ends_with("using") || before.ends_with(',')) ++uses;
  }
  return uses;
}

}  // namespace penstock::golden
