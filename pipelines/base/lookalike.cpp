#include "pipelines/base/lookalike.h"

#include <algorithm>
#include <array>

#include "pipelines/base/utf8.h"

namespace penstock {
namespace {

struct Lookalike {
  char32_t code;
  char looks_like;
};

constexpr std::array kLookalikes{
    // Cyrillic
    Lookalike{0x0430, 'a'},
    Lookalike{0x0435, 'e'},
    Lookalike{0x043E, 'o'},
    Lookalike{0x0440, 'p'},
    Lookalike{0x0441, 'c'},
    Lookalike{0x0443, 'y'},
    Lookalike{0x0445, 'x'},
    Lookalike{0x0455, 's'},
    Lookalike{0x0456, 'i'},
    Lookalike{0x0458, 'j'},
    Lookalike{0x04BB, 'h'},
    Lookalike{0x04CF, 'l'},
    Lookalike{0x0501, 'd'},
    Lookalike{0x051B, 'q'},
    Lookalike{0x051D, 'w'},
    Lookalike{0x0410, 'A'},
    Lookalike{0x0412, 'B'},
    Lookalike{0x0415, 'E'},
    Lookalike{0x041A, 'K'},
    Lookalike{0x041C, 'M'},
    Lookalike{0x041D, 'H'},
    Lookalike{0x041E, 'O'},
    Lookalike{0x0420, 'P'},
    Lookalike{0x0421, 'C'},
    Lookalike{0x0422, 'T'},
    Lookalike{0x0425, 'X'},
    Lookalike{0x0405, 'S'},
    Lookalike{0x0406, 'I'},
    Lookalike{0x0408, 'J'},
    // Greek
    Lookalike{0x03BF, 'o'},
    Lookalike{0x03BD, 'v'},
    Lookalike{0x0391, 'A'},
    Lookalike{0x0392, 'B'},
    Lookalike{0x0395, 'E'},
    Lookalike{0x0396, 'Z'},
    Lookalike{0x0397, 'H'},
    Lookalike{0x0399, 'I'},
    Lookalike{0x039A, 'K'},
    Lookalike{0x039C, 'M'},
    Lookalike{0x039D, 'N'},
    Lookalike{0x039F, 'O'},
    Lookalike{0x03A1, 'P'},
    Lookalike{0x03A4, 'T'},
    Lookalike{0x03A5, 'Y'},
    Lookalike{0x03A7, 'X'},
    Lookalike{0x037E, ';'},
    // Latin without a dot, and signs
    Lookalike{0x0131, 'i'},
    Lookalike{0x2010, '-'},
    Lookalike{0x2011, '-'},
    Lookalike{0x2012, '-'},
    Lookalike{0x2013, '-'},
    Lookalike{0x2014, '-'},
    Lookalike{0x2212, '-'},
    Lookalike{0x2018, '\''},
    Lookalike{0x2019, '\''},
    Lookalike{0x201A, '\''},
    Lookalike{0x201B, '\''},
    Lookalike{0x2032, '\''},
    Lookalike{0x00B4, '\''},
    Lookalike{0x201C, '"'},
    Lookalike{0x201D, '"'},
    Lookalike{0x201E, '"'},
    Lookalike{0x201F, '"'},
    Lookalike{0x2033, '"'},
    Lookalike{0x2044, '/'},
    Lookalike{0x2215, '/'},
    Lookalike{0x2217, '*'},
    Lookalike{0x2236, ':'},
    Lookalike{0xA789, ':'},
    Lookalike{0x2223, '|'},
};

struct Range {
  char32_t first;
  char32_t last;
};

constexpr std::array kBlanks{Range{0x00A0, 0x00A0}, Range{0x1680, 0x1680}, Range{0x2000, 0x200A}, Range{0x2028, 0x2029},
                             Range{0x202F, 0x202F}, Range{0x205F, 0x205F}, Range{0x3000, 0x3000}};
constexpr std::array kUnseen{Range{0x00AD, 0x00AD}, Range{0x034F, 0x034F},  Range{0x061C, 0x061C}, Range{0x115F, 0x1160},
                             Range{0x17B4, 0x17B5}, Range{0x180B, 0x180E},  Range{0x200B, 0x200F}, Range{0x202A, 0x202E},
                             Range{0x2060, 0x206F}, Range{0x3164, 0x3164},  Range{0xFE00, 0xFE0F}, Range{0xFEFF, 0xFEFF},
                             Range{0xFFA0, 0xFFA0}, Range{0xE0000, 0xE0FFF}};
constexpr Range kFullWidth{0xFF01, 0xFF5E};
constexpr char32_t kFromFullWidth = 0xFEE0;

template <std::size_t N>
bool is_in(const std::array<Range, N>& ranges, char32_t code) {
  return std::any_of(ranges.begin(), ranges.end(), [code](const Range& range) { return code >= range.first && code <= range.last; });
}

// '\0' where it looks like nothing of ASCII.
char looks_like(char32_t code) {
  if (is_in(kBlanks, code)) return ' ';
  if (code >= kFullWidth.first && code <= kFullWidth.last) return static_cast<char>(code - kFromFullWidth);
  const auto* found = std::find_if(kLookalikes.begin(), kLookalikes.end(), [code](const Lookalike& one) { return one.code == code; });
  return found == kLookalikes.end() ? '\0' : found->looks_like;
}

bool is_foreign(std::string_view plain) {
  return std::any_of(plain.begin(), plain.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

// Some scripts write words with these.
bool is_joiner(char32_t code) { return code == 0x200C || code == 0x200D; }

std::string name_of(char32_t code) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string digits;
  for (char32_t rest = code; rest > 0 || digits.size() < 4; rest >>= 4U) digits.insert(digits.begin(), kDigits[rest & 0xFU]);
  return "U+" + digits;
}

// In brackets behind the number.
std::string_view common_name(char32_t code) {
  switch (code) {
    case 0x00A0:
      return " (a no-break space)";
    case 0x00AD:
      return " (a soft hyphen)";
    case 0x200B:
      return " (a zero-width space)";
    case 0x3000:
      return " (an ideographic space)";
    case 0xFEFF:
      return " (a byte order mark)";
    default:
      return code >= kFullWidth.first && code <= kFullWidth.last ? " (a full-width character)" : "";
  }
}

}  // namespace

std::string plain_form(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = std::max<std::size_t>(utf8_length(text, at), 1);
    const char32_t code = utf8_code(text, at);
    const char like = looks_like(code);
    if (like != '\0') {
      plain += like;
    } else if (!is_in(kUnseen, code)) {
      plain += text.substr(at, length);
    }
    at += length;
  }
  return plain;
}

std::string odd_character(std::string_view text) {
  const std::string plain = plain_form(text);
  const bool foreign = is_foreign(plain);
  for (std::size_t at = 0; at < text.size(); at += std::max<std::size_t>(utf8_length(text, at), 1)) {
    const char32_t code = utf8_code(text, at);
    if (code < 0x80) continue;
    const std::string name = name_of(code) + std::string(common_name(code)) + " ";
    if (is_in(kUnseen, code)) return name + "cannot be seen";
    const char like = looks_like(code);
    if (like == ' ') return name + "looks like a blank";
    if (like != '\0' && !foreign) return name + "looks like " + (like == '"' ? "'\"'" : "\"" + std::string(1, like) + "\"");
  }
  return {};
}

bool holds_unseen(std::string_view text) {
  const bool foreign = is_foreign(plain_form(text));
  for (std::size_t at = 0; at < text.size(); at += std::max<std::size_t>(utf8_length(text, at), 1)) {
    const char32_t code = utf8_code(text, at);
    if (foreign && is_joiner(code)) continue;
    if (code >= 0x80 && (is_in(kUnseen, code) || is_in(kBlanks, code))) return true;
  }
  return false;
}

}  // namespace penstock
