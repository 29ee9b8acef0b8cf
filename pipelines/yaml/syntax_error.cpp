#include "pipelines/yaml/syntax_error.h"

#include <yaml-cpp/exceptions.h>

#include <array>
#include <optional>
#include <string>

#include "pipelines/base/lookalike.h"
#include "pipelines/yaml/text.h"

namespace penstock::yaml {
namespace {

struct Wording {
  const char* theirs;  ///< How the parser's message begins.
  std::string_view message;
  std::string_view help;
};

constexpr std::string_view kQuote = "a value with \": \" or \" #\" in it, or that starts with a special character, must be quoted";
constexpr std::string_view kQuoteInFlow =
    "inside of brackets a value with a comma, a quote, \": \" or \" #\" in it must stand in quotes as a whole";
constexpr std::string_view kIndent = "the items of a list and the keys of a mapping stand in the same column";

constexpr std::array kWordings = {
    Wording{YAML::ErrorMsg::MAP_VALUE, "a \":\" cannot stand here", kQuote},
    Wording{YAML::ErrorMsg::MAP_KEY, "a key cannot stand here", kIndent},
    Wording{YAML::ErrorMsg::BLOCK_ENTRY, "a list item cannot stand here",
            "write the list below its key, one item per line, all in the same column"},
    Wording{YAML::ErrorMsg::END_OF_MAP_FLOW, "expected \",\" or \"}\"", kQuoteInFlow},
    Wording{YAML::ErrorMsg::END_OF_SEQ_FLOW, "expected \",\" or \"]\"", kQuoteInFlow},
    Wording{YAML::ErrorMsg::END_OF_MAP, "this does not fit the keys above", kIndent},
    Wording{YAML::ErrorMsg::END_OF_SEQ, "this does not fit the list above", kIndent},
    Wording{YAML::ErrorMsg::FLOW_END, "a closing bracket without its opening one", kQuote},
    Wording{YAML::ErrorMsg::UNKNOWN_TOKEN, "a value cannot start with this character", "put the value in quotes"},
    Wording{YAML::ErrorMsg::CHAR_IN_SCALAR, "a value cannot start with this character", "put the value in quotes"},
    Wording{YAML::ErrorMsg::EOF_IN_SCALAR, "the file ends inside of a quoted value", "close the quote"},
    Wording{YAML::ErrorMsg::DOC_IN_SCALAR, "a document marker inside of a quoted value", "close the quote"},
    Wording{YAML::ErrorMsg::TAB_IN_INDENTATION, "a tab in the indentation", "indent with blanks"},
    Wording{YAML::ErrorMsg::UNKNOWN_ANCHOR, "an alias (*) without its anchor (&)",
            "a value that starts with * must be quoted, such as a cron expression"},
    Wording{YAML::ErrorMsg::ALIAS_NOT_FOUND, "a name should follow the *",
            "a value that starts with * must be quoted, such as a cron expression"},
    Wording{YAML::ErrorMsg::CHAR_IN_ALIAS, "a name should follow the *",
            "a value that starts with * must be quoted, such as a cron expression"},
    Wording{YAML::ErrorMsg::ALIAS_CONTENT, "nothing may follow an alias",
            "a value that starts with * must be quoted, such as a cron expression"},
    Wording{YAML::ErrorMsg::ANCHOR_NOT_FOUND, "a name should follow the &", "a value that starts with & must be quoted"},
    Wording{YAML::ErrorMsg::CHAR_IN_ANCHOR, "a name should follow the &", "a value that starts with & must be quoted"},
    Wording{YAML::ErrorMsg::INVALID_ESCAPE, "an unknown escape in a double-quoted value",
            "write \\\\ for a backslash, or use single quotes"},
    Wording{YAML::ErrorMsg::INVALID_HEX, "an escape without its hexadecimal digits", "write \\\\ for a backslash, or use single quotes"},
    Wording{YAML::ErrorMsg::INVALID_UNICODE, "an escape that is no character", "use the character itself"},
    Wording{YAML::ErrorMsg::ZERO_INDENT_IN_BLOCK, "a block cannot have the indentation 0", "write | alone"},
    Wording{YAML::ErrorMsg::CHAR_IN_BLOCK, "nothing may follow the | or > on its line", "write the text on the lines below"},
};

bool starts_with(std::string_view text, std::string_view start) { return text.substr(0, start.size()) == start; }

std::size_t line_start_of(std::string_view text, std::size_t offset) {
  const std::size_t line_break = offset == 0 ? std::string_view::npos : text.rfind('\n', offset - 1);
  return line_break == std::string_view::npos ? 0 : line_break + 1;
}

std::optional<Span> tab_in_indentation(std::string_view text, std::size_t line_start, std::uint32_t file) {
  const std::size_t first = text.find_first_not_of(" \t", line_start);
  const std::size_t tab = text.find('\t', line_start);
  if (tab == std::string_view::npos || (first != std::string_view::npos && tab > first)) return std::nullopt;
  return place_in(text, tab, file);
}

std::optional<Span> tab_near(std::string_view text, std::size_t offset, std::uint32_t file) {
  const std::size_t line_start = line_start_of(text, offset);
  if (const auto tab = tab_in_indentation(text, line_start, file)) return tab;
  // The parser notices an indentation that does not fit only when the line behind it has begun.
  if (line_start < 2) return std::nullopt;
  return tab_in_indentation(text, line_start_of(text, line_start - 1), file);
}

// The quote that is never closed is the first one behind the last value that could be read.
std::optional<Span> open_quote(std::string_view text, std::size_t from, std::uint32_t file) {
  std::size_t at = text.find_first_of(" \t\r\n:,[{", from);
  while (at != std::string_view::npos && at + 1 < text.size()) {
    if (text[at + 1] == '"' || text[at + 1] == '\'') return place_in(text, at + 1, file);
    at = text.find_first_of(" \t\r\n:,[{", at + 1);
  }
  return std::nullopt;
}

bool has_key(std::string_view line) {
  const std::size_t colon = line.find(": ");
  return colon != std::string_view::npos || line.find_last_not_of(" \r") == line.rfind(':');
}

// A ":" that the parser did not expect: the second one of its line, or one behind a line that is no key, or a wrong indentation.
void explain_colon(std::string_view text, std::size_t offset, std::uint32_t file, Diagnostic& result) {
  const std::size_t line_start = line_start_of(text, offset);
  if (text.substr(line_start, offset - line_start).find(": ") != std::string_view::npos) {
    result.message = "a second \": \" in one line";
    result.help = "a value that holds \": \" must be quoted";
    return;
  }
  if (line_start > 0) {
    const std::size_t before_start = line_start_of(text, line_start - 1);
    const std::string_view before = text.substr(before_start, line_start - 1 - before_start);
    const std::size_t first = before.find_first_not_of(" -");
    if (first != std::string_view::npos && before[first] != '#' && !has_key(before)) {
      const std::size_t last = before.find_last_not_of(" \r");
      result.where = place_in(text, before_start + first, file, static_cast<std::uint32_t>(last - first + 1));
      result.message = "this line is no \"key: value\"";
      result.help = "behind a key stand a \":\" and a blank";
      return;
    }
  }
  const std::size_t first = text.find_first_not_of(" -", line_start);
  result.where = place_in(text, first, file, static_cast<std::uint32_t>(offset > first ? offset - first : 1));
  result.message = "this key is indented deeper than the line above allows";
  result.help = kIndent;
}

// "-name: x", where the list item lacks its blank; npos where the line is none.
std::size_t bare_dash(std::string_view text, std::size_t line_start) {
  const std::size_t first = text.find_first_not_of(' ', line_start);
  const bool is_bare = first != std::string_view::npos && text[first] == '-' && first + 1 < text.size() &&
                       std::string_view("- \t\r\n").find(text[first + 1]) == std::string_view::npos;
  return is_bare && has_key(text.substr(first, text.find('\n', first) - first)) ? first : std::string_view::npos;
}

// A mapping's keys do not fit each other where the first of them was meant for an item of a list.
void explain_bare_dash(std::string_view text, std::size_t offset, std::uint32_t file, Diagnostic& result) {
  std::size_t line_start = line_start_of(text, offset);
  for (int lines = 0; lines < 2; ++lines) {
    const std::size_t dash = bare_dash(text, line_start);
    if (dash != std::string_view::npos) {
      result.where = place_in(text, dash, file);
      result.message = "a \"-\" without a blank behind it begins no list item";
      result.help = "write \"- \" before the first key of an item: - name: ...";
      return;
    }
    if (line_start == 0) return;
    line_start = line_start_of(text, line_start - 1);
  }
}

// A plain value that was to go on behind a comment ends before it.
bool explain_comment(std::string_view text, std::size_t value, std::size_t offset, std::uint32_t file, Diagnostic& result) {
  if (value >= offset || std::string_view("'\"|>").find(text[value]) != std::string_view::npos) return false;
  const std::string_view between = text.substr(value, offset - value);
  const std::size_t hash = std::min({between.find(" #"), between.find("\t#"), between.size()});
  if (hash == between.size() || between.find('\n', hash) == std::string_view::npos) return false;
  result.code = Code::cut_text;
  result.where = place_in(text, value + hash + 1, file);
  result.message = "this # begins a comment of YAML, and the value before it ends there";
  result.help = "write a value of several lines as a block, with | behind its key";
  return true;
}

// A blank that is none, and what cannot be seen, changes what YAML takes a line for.
void explain_odd_character(std::string_view text, Diagnostic& result) {
  std::size_t start = 0;
  for (std::uint32_t line = 1; line < result.where.line; ++line) start = text.find('\n', start) + 1;
  const std::string_view line = text.substr(start, text.find('\n', start) - start);
  if (holds_unseen(line)) result.suggestion = odd_character(line);
}

// Something behind a quoted value on its line.
bool follows_quote(std::string_view text, std::size_t offset) {
  const std::size_t last = offset == 0 ? std::string_view::npos : text.find_last_not_of(" \t", offset - 1);
  return last != std::string_view::npos && (text[last] == '\'' || text[last] == '"') && last >= line_start_of(text, offset);
}

}  // namespace

Diagnostic explain_syntax_error(std::string_view message, const YAML::Mark& mark, std::string_view text, std::uint32_t file,
                                const Builder& builder) {
  const std::size_t offset = std::min(static_cast<std::size_t>(mark.pos < 0 ? 0 : mark.pos), text.size());
  Diagnostic result{Code::yaml_syntax, Severity::error, place_in(text, offset, file), "", "", "", {}};
  if (const auto tab = tab_near(text, offset, file)) {
    result.where = *tab;
    result.message = "a tab in the indentation";
    result.suggestion = "indent with blanks";
    return result;
  }
  for (const Wording& wording : kWordings) {
    if (!starts_with(message, wording.theirs)) continue;
    result.message = wording.message;
    result.help = wording.help;
    break;
  }
  if (result.message.empty()) {
    result.message = "the YAML cannot be read here: " + std::string(message);
    result.help = kQuote;
  }
  if (starts_with(message, YAML::ErrorMsg::MAP_VALUE)) explain_colon(text, offset, file, result);
  const bool at_end = text.find_first_not_of(" \t\r\n", offset) == std::string_view::npos;
  const bool is_flow = starts_with(message, YAML::ErrorMsg::END_OF_MAP_FLOW) || starts_with(message, YAML::ErrorMsg::END_OF_SEQ_FLOW);
  if (!is_flow && (starts_with(message, YAML::ErrorMsg::MAP_VALUE) || starts_with(message, YAML::ErrorMsg::END_OF_MAP) ||
                   starts_with(message, YAML::ErrorMsg::END_OF_SEQ))) {
    explain_bare_dash(text, offset, file, result);
  }
  explain_odd_character(text, result);
  const bool is_short = is_flow || starts_with(message, YAML::ErrorMsg::END_OF_MAP);
  if (is_short && !at_end && explain_comment(text, builder.last_offset(), offset, file, result)) return result;
  if (starts_with(message, YAML::ErrorMsg::END_OF_MAP) && !starts_with(message, YAML::ErrorMsg::END_OF_MAP_FLOW) &&
      follows_quote(text, offset)) {
    result.message = "text behind the closing quote";
    result.help = "put the whole value in quotes; a quote inside of a single-quoted value is written twice";
  }
  if (starts_with(message, YAML::ErrorMsg::EOF_IN_SCALAR)) {
    if (const auto quote = open_quote(text, builder.last_offset(), file)) {
      result.where = *quote;
      result.message = "a quote that is never closed";
      result.help = "close it; a quote inside of a single-quoted value is written twice";
    }
    return result;
  }
  const auto open = builder.open_places();
  if (!open.empty() && open.back().flow) {
    const std::string bracket = open.back().mapping ? "{" : "[";
    if (at_end) {
      result.where = open.back().where;
      result.message = "a \"" + bracket + "\" that is never closed";
      result.help = "";
    } else if (starts_with(message, YAML::ErrorMsg::END_OF_MAP_FLOW) || starts_with(message, YAML::ErrorMsg::END_OF_SEQ_FLOW) ||
               starts_with(message, YAML::ErrorMsg::FLOW_END)) {
      result.related.push_back({open.back().where, "the \"" + bracket + "\" that is open here"});
    }
  }
  return result;
}

}  // namespace penstock::yaml
