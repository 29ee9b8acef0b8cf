#include "pipelines/base/identifier.h"

namespace penstock {
namespace {

std::size_t utf8_sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  if (lead >= 0xF0 && lead < 0xF5) return 4;
  return 0;
}

bool is_valid_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8_sequence_length(static_cast<unsigned char>(text[i]));
    if (length == 0 || i + length > text.size()) return false;
    for (std::size_t k = 1; k < length; ++k) {
      if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) return false;
    }
    i += length;
  }
  return true;
}

}  // namespace

Result<Identifier> Identifier::fold(std::string_view text) {
  if (text.empty()) return fail(ErrorKind::invalid_input, "a name must not be empty");
  if (text.size() > kLongestBytes) {
    return fail(ErrorKind::invalid_input, "the name \"" + std::string(text) + "\" has " + std::to_string(text.size()) + " bytes",
                "a name has at most 63 bytes, the most that every target keeps");
  }
  if (!is_valid_utf8(text)) return fail(ErrorKind::invalid_input, "a name must be valid UTF-8");
  std::string folded(text);
  for (char& c : folded) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return fail(ErrorKind::invalid_input, "a name must not hold control characters");
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return Identifier(std::move(folded));
}

std::string to_string(const TableName& table) {
  std::string text;
  for (const Identifier* part : {&table.catalog, &table.schema, &table.name}) {
    if (part->empty()) continue;
    if (!text.empty()) text += '.';
    text += part->text();
  }
  return text;
}

}  // namespace penstock
