#include "pipelines/base/display.h"

#include <array>

#include "pipelines/base/utf8.h"

namespace penstock {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::size_t kTabStop = 4;

struct Range {
  char32_t first;
  char32_t last;
};

// Unicode 15, UAX #11: the blocks whose characters are wide; and the blocks of combining marks and joiners.
constexpr std::array kWide = {Range{0x1100, 0x115F},   Range{0x2E80, 0xA4CF},   Range{0xAC00, 0xD7A3},  Range{0xF900, 0xFAFF},
                              Range{0xFE30, 0xFE6F},   Range{0xFF00, 0xFF60},   Range{0xFFE0, 0xFFE6},  Range{0x1F300, 0x1F64F},
                              Range{0x1F680, 0x1F6FF}, Range{0x1F900, 0x1F9FF}, Range{0x20000, 0x3FFFD}};
constexpr std::array kCombining = {Range{0x0300, 0x036F}, Range{0x0483, 0x0489}, Range{0x0591, 0x05BD}, Range{0x064B, 0x065F},
                                   Range{0x1AB0, 0x1AFF}, Range{0x1DC0, 0x1DFF}, Range{0x200B, 0x200D}, Range{0x20D0, 0x20FF},
                                   Range{0xFE00, 0xFE0F}, Range{0xFE20, 0xFE2F}};

template <std::size_t N>
bool is_in(const std::array<Range, N>& ranges, char32_t c) {
  for (const Range& range : ranges) {
    if (c >= range.first && c <= range.last) return true;
  }
  return false;
}

bool steers_terminal(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

struct Character {
  char32_t code = 0xFFFD;
  std::size_t bytes = 1;
  bool valid = false;
};

Character decode(std::string_view text) {
  const std::size_t bytes = utf8_length(text, 0);
  return bytes == 0 ? Character{} : Character{utf8_code(text, 0), bytes, true};
}

std::size_t width_of(char32_t c) {
  if (c < 0x300) return 1;
  if (is_in(kCombining, c)) return 0;
  return is_in(kWide, c) ? 2 : 1;
}

}  // namespace

DisplayText lay_out(std::string_view line) {
  DisplayText result;
  std::size_t column = 0;
  for (std::size_t i = 0; i < line.size();) {
    const Character c = decode(line.substr(i));
    for (std::size_t k = 0; k < c.bytes; ++k) result.columns.push_back(static_cast<std::uint32_t>(column));
    if (c.code == '\t') {
      const std::size_t blanks = kTabStop - column % kTabStop;
      result.text.append(blanks, ' ');
      column += blanks;
    } else if (!c.valid || steers_terminal(c.code)) {
      result.text += kReplacement;
      ++column;
    } else {
      result.text += line.substr(i, c.bytes);
      column += width_of(c.code);
    }
    i += c.bytes;
  }
  result.columns.push_back(static_cast<std::uint32_t>(column));
  return result;
}

std::string columns_of(std::string_view display, std::size_t first, std::size_t last) {
  std::string result;
  std::size_t column = 0;
  for (std::size_t i = 0; i < display.size() && column < last;) {
    const Character c = decode(display.substr(i));
    const std::size_t width = width_of(c.code);
    if (column >= first && column + width <= last) result += display.substr(i, c.bytes);
    column += width;
    i += c.bytes;
  }
  return result;
}

std::string harmless(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const Character c = decode(text.substr(i));
    if (c.valid && (c.code == '\n' || !steers_terminal(c.code))) {
      result += text.substr(i, c.bytes);
    } else {
      result += kReplacement;
    }
    i += c.bytes;
  }
  return result;
}

}  // namespace penstock
