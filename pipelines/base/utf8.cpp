#include "pipelines/base/utf8.h"

namespace penstock {
namespace {

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

}  // namespace

std::size_t utf8_length(std::string_view text, std::size_t offset) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const unsigned int lead = byte(offset);
  const unsigned int second = byte(offset + 1);
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  if (offset >= text.size()) return 0;
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return follows(offset + 1) ? 2 : 0;
  if (lead >= 0xE0 && lead < 0xF0) {
    if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second >= 0xA0)) return 0;
    return follows(offset + 1) && follows(offset + 2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead < 0xF5) {
    if ((lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second >= 0x90)) return 0;
    return follows(offset + 1) && follows(offset + 2) && follows(offset + 3) ? 4 : 0;
  }
  return 0;
}

char32_t utf8_code(std::string_view text, std::size_t offset) {
  const std::size_t length = utf8_length(text, offset);
  if (length == 0) return 0xFFFD;
  const auto lead = static_cast<unsigned char>(text[offset]);
  char32_t code = length == 1 ? lead : lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) code = (code << 6U) | (static_cast<unsigned char>(text[offset + i]) & 0x3FU);
  return code;
}

std::size_t utf8_boundary(std::string_view text, std::size_t offset) {
  while (offset < text.size() && continues(text[offset])) ++offset;
  return offset < text.size() ? offset : text.size();
}

std::string shortened(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  std::size_t end = most;
  while (end > 0 && continues(text[end])) --end;
  return std::string(text.substr(0, end)) + "...";
}

std::string as_utf8(std::string text) {
  std::size_t good = 0;
  while (good < text.size()) {
    const std::size_t length = utf8_length(text, good);
    if (length == 0) break;
    good += length;
  }
  if (good == text.size()) return text;
  std::string result = text.substr(0, good);
  for (std::size_t i = good; i < text.size();) {
    const std::size_t length = utf8_length(text, i);
    result += length == 0 ? std::string_view("\xEF\xBF\xBD") : std::string_view(text).substr(i, length);
    i += length == 0 ? 1 : length;
  }
  return result;
}

}  // namespace penstock
