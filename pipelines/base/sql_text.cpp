#include "pipelines/base/sql_text.h"

#include <algorithm>

namespace penstock {
namespace {

// `opening` quotes that close it again: one, or three.
std::size_t after_quotes(std::string_view text, std::size_t at, std::size_t opening, bool backslashes) {
  const std::string_view closing = text.substr(at, opening);
  std::size_t place = at + opening;
  while (place < text.size()) {
    if (backslashes && text[place] == '\\') {
      place += 2;
    } else if (text.compare(place, opening, closing) != 0) {
      ++place;
    } else if (opening == 1 && place + 1 < text.size() && text[place + 1] == closing[0]) {
      place += 2;
    } else {
      return place + opening;
    }
  }
  return text.size();
}

std::size_t after_brackets(std::string_view text, std::size_t at) {
  for (std::size_t place = at + 1; place < text.size(); ++place) {
    if (text[place] != ']') continue;
    if (place + 1 >= text.size() || text[place + 1] != ']') return place + 1;
    ++place;
  }
  return text.size();
}

std::size_t after_dollar_quote(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  if (end < text.size() && is_sql_digit(text[end])) return at;
  while (end < text.size() && is_sql_word(text[end]) && text[end] != '$') ++end;
  if (end >= text.size() || text[end] != '$') return at;
  const std::string_view tag = text.substr(at, end - at + 1);
  const auto close = text.find(tag, end + 1);
  return close == std::string_view::npos ? text.size() : close + tag.size();
}

std::size_t after_block_comment(std::string_view text, std::size_t at, bool nested) {
  std::size_t depth = 0;
  while (at + 1 < text.size()) {
    const std::string_view two = text.substr(at, 2);
    if (two == "/*" && (nested || depth == 0)) {
      ++depth;
      at += 2;
    } else if (two == "*/") {
      at += 2;
      if (--depth == 0) return at;
    } else {
      ++at;
    }
  }
  return text.size();
}

// Behind these a colon means something of the target's own.
bool ends_operand(char c) { return is_sql_word(c) || std::string_view(")]}'\"`:").find(c) != std::string_view::npos; }

}  // namespace

bool is_sql_digit(char c) { return c >= '0' && c <= '9'; }

bool is_sql_word_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (static_cast<unsigned char>(c) & 0x80U) != 0;
}

bool is_sql_word(char c) { return is_sql_word_start(c) || is_sql_digit(c) || c == '$'; }

std::size_t after_sql_word(std::string_view text, std::size_t at) {
  while (at < text.size() && is_sql_word(text[at])) ++at;
  return at;
}

std::size_t after_sql_comment(std::string_view text, std::size_t at, const SqlLexicon& lexicon) {
  const std::string_view two = text.substr(at, 2);
  if (two == "/*") return after_block_comment(text, at, lexicon.nested_comments);
  if (two != "--" && !(lexicon.slash_comments && two == "//") && !(lexicon.hash_comments && text[at] == '#')) return at;
  return std::min(text.find('\n', at), text.size());
}

std::size_t after_sql_quoted(std::string_view text, std::size_t at, const SqlLexicon& lexicon) {
  const char c = text[at];
  if (lexicon.quotes.find(c) != std::string_view::npos) {
    const std::string_view three = text.substr(at, 3);
    const bool triple = lexicon.triple_quotes && c != '`' && three.size() == 3 && three[1] == c && three[2] == c;
    return after_quotes(text, at, triple ? 3 : 1, lexicon.backslashes && !(lexicon.plain_names && c == '"'));
  }
  if (lexicon.brackets && c == '[') return after_brackets(text, at);
  if (lexicon.dollar_quotes && c == '$') return after_dollar_quote(text, at);
  const bool escapes = lexicon.escape_strings && (c == 'e' || c == 'E') && at + 1 < text.size() && text[at + 1] == '\'';
  return escapes ? after_quotes(text, at + 1, 1, true) : at;
}

std::vector<ParameterUse> native_parameters(std::string_view text, const SqlLexicon& lexicon) {
  std::vector<ParameterUse> found;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t next = std::max(after_sql_comment(text, at, lexicon), after_sql_quoted(text, at, lexicon));
    if (next == at) next = std::max(after_sql_word(text, at), at + 1);
    const bool begins = text[at] == ':' && next < text.size() && is_sql_word_start(text[next]);
    if (begins && (at == 0 || !ends_operand(text[at - 1]))) {
      const std::size_t end = after_sql_word(text, next);
      found.push_back({at, std::string(text.substr(next, end - next))});
      next = end;
    }
    at = next;
  }
  return found;
}

}  // namespace penstock
