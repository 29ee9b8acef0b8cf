#include "pipelines/yaml/names.h"

#include <optional>
#include <vector>

#include "pipelines/base/lookalike.h"

namespace penstock::yaml {
namespace {

bool is_lower_start(char c) { return (c >= 'a' && c <= 'z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word_start(char c) { return is_lower_start(c) || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80; }

// Reads one identifier from `offset` on, up to the dot or the end behind it.
Result<Identifier> read_part(std::string_view text, std::size_t& offset) {
  if (offset < text.size() && text[offset] == '"') {
    std::string name;
    for (std::size_t i = offset + 1; i < text.size(); ++i) {
      if (text[i] != '"') {
        name += text[i];
      } else if (text.substr(i, 2) == "\"\"") {
        name += '"';
        ++i;
      } else {
        offset = i + 1;
        if (name.empty()) return fail(ErrorKind::invalid_input, "a name must not be empty");
        return Identifier::exact(std::move(name));
      }
    }
    return fail(ErrorKind::invalid_input, "the double quote of a name is never closed");
  }
  const std::size_t start = offset;
  while (offset < text.size() && (is_word_start(text[offset]) || is_digit(text[offset]) || text[offset] == '$')) ++offset;
  const std::string_view word = text.substr(start, offset - start);
  if (!word.empty() && (is_digit(word[0]) || word[0] == '$')) {
    return fail(ErrorKind::invalid_input, "a name cannot start with \"" + std::string(1, word[0]) + "\"");
  }
  if (word.empty() && offset < text.size() && text[offset] != '.') {
    return fail(ErrorKind::invalid_input, "a name cannot hold \"" + std::string(1, text[offset]) + "\" unless it stands in double quotes");
  }
  if (holds_unseen(word)) {
    return fail(ErrorKind::invalid_input, "a name cannot hold what is not what it looks like unless it stands in double quotes");
  }
  return Identifier::fold(word);
}

Failure unexpected(char c) {
  return fail(ErrorKind::invalid_input, "a name cannot hold \"" + std::string(1, c) + "\" unless it stands in double quotes");
}

}  // namespace

bool is_given_name(std::string_view text) {
  if (text.empty() || text.size() > Identifier::kLongestBytes || !is_lower_start(text[0])) return false;
  for (const char c : text) {
    if (!is_lower_start(c) && !is_digit(c)) return false;
  }
  return true;
}

std::string nearest_given_name(std::string_view text) {
  std::string name;
  for (const char c : text) {
    if (is_lower_start(c) || is_digit(c)) {
      name += c;
    } else if (c >= 'A' && c <= 'Z') {
      name += static_cast<char>(c - 'A' + 'a');
    } else if (!name.empty() && name.back() != '_') {
      name += '_';
    }
  }
  while (!name.empty() && name.back() == '_') name.pop_back();
  if (!name.empty() && is_digit(name[0])) name.insert(0, "_");
  return name.substr(0, Identifier::kLongestBytes);
}

Result<Identifier> read_identifier(std::string_view text) {
  std::size_t offset = 0;
  Result<Identifier> name = read_part(text, offset);
  if (name && offset < text.size()) return unexpected(text[offset]);
  return name;
}

Result<TableName> read_table_name(std::string_view text) {
  std::vector<Identifier> parts;
  for (std::size_t offset = 0;; ++offset) {
    Result<Identifier> part = read_part(text, offset);
    if (!part) return fail(part.error());
    parts.push_back(*std::move(part));
    if (offset == text.size()) break;
    if (text[offset] != '.') return unexpected(text[offset]);
  }
  if (parts.size() > 3) return fail(ErrorKind::invalid_input, "a table name has at most three parts: catalogue, schema and table");
  TableName table;
  table.name = parts.back();
  if (parts.size() > 1) table.schema = parts[parts.size() - 2];
  if (parts.size() > 2) table.catalog = parts[0];
  return table;
}

}  // namespace penstock::yaml
