#include "pipelines/yaml/text.h"

#include <algorithm>
#include <string>

#include "pipelines/base/utf8.h"
#include "pipelines/yaml/parse.h"

namespace penstock::yaml {
namespace {

std::string hex_of(unsigned char byte) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  return {'0', 'x', kDigits[byte >> 4U], kDigits[byte & 15U]};
}

void report_control_character(std::string_view text, std::size_t offset, std::uint32_t file, Diagnostics& diagnostics) {
  const char c = text[offset];
  const Span place = place_in(text, offset, file);
  if (c == '\0') {
    diagnostics.error(Code::file_unreadable, place, "the file holds a NUL byte, so it is not a text", "",
                      "it may be UTF-16 or a binary file; save it as UTF-8");
  } else if (c == '\r') {
    diagnostics.error(Code::yaml_syntax, place, "a carriage return without a line feed", "", "end lines with LF or CRLF");
  } else {
    diagnostics.error(Code::yaml_syntax, place, "a control character (" + hex_of(static_cast<unsigned char>(c)) + ")", "",
                      "remove it; in a double-quoted value it can be written as \\x" + hex_of(static_cast<unsigned char>(c)).substr(2));
  }
}

}  // namespace

Span place_in(std::string_view text, std::size_t offset, std::uint32_t file, std::uint32_t length) {
  offset = std::min(offset, text.size());
  const std::string_view before = text.substr(0, offset);
  const std::size_t last_break = before.rfind('\n');
  const std::size_t column = last_break == std::string_view::npos ? offset : offset - last_break - 1;
  return Span{file, static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n')) + 1, static_cast<std::uint32_t>(column) + 1,
              length};
}

bool is_readable(std::string_view text, std::uint32_t file, Diagnostics& diagnostics) {
  if (text.size() > kMostFileBytes) {
    diagnostics.error(Code::yaml_limit, Span{file, 1, 1, 1},
                      "the file has " + std::to_string(text.size()) + " bytes; at most 10 MiB are read", "",
                      "split it into several pipelines; data does not belong into YAML");
    return false;
  }
  std::size_t line_start = 0;
  std::size_t flow_characters = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (i - line_start > kMostLineBytes) {
      diagnostics.error(Code::yaml_limit, place_in(text, line_start, file), "a line of more than 1 MiB", "",
                        "break it; data does not belong into YAML: load it into a table");
      return false;
    }
    if (byte >= 0x20 && byte < 0x7F) {
      const bool is_flow = byte == ',' || byte == '[' || byte == ']' || byte == '{' || byte == '}';
      if (is_flow && ++flow_characters > kMostFlowCharacters) {
        diagnostics.error(Code::yaml_limit, place_in(text, i, file), "more than 1,000,000 brackets and commas in one file", "",
                          "split it into several pipelines");
        return false;
      }
      ++i;
      continue;
    }
    if (byte < 0x80) {
      const bool ends_line = byte == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
      if (byte == '\n' || byte == '\t' || ends_line) {
        ++i;
        if (byte == '\n') line_start = i;
        continue;
      }
      report_control_character(text, i, file, diagnostics);
      return false;
    }
    const std::size_t length = utf8_length(text, i);
    if (length == 0 && i == 0 && (text.substr(0, 2) == "\xFF\xFE" || text.substr(0, 2) == "\xFE\xFF")) {
      diagnostics.error(Code::file_unreadable, place_in(text, i, file), "the file is UTF-16, not UTF-8", "",
                        "save it as UTF-8, such as by: iconv -f utf-16 -t utf-8");
      return false;
    }
    if (length == 0) {
      diagnostics.error(Code::file_unreadable, place_in(text, i, file),
                        "the file is not UTF-8: byte " + hex_of(byte) + " begins no character", "",
                        "save it as UTF-8, such as by: iconv -f latin1 -t utf-8");
      return false;
    }
    i += length;
  }
  return true;
}

}  // namespace penstock::yaml
