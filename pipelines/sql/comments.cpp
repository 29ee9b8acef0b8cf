#include "pipelines/sql/comments.h"

#include <algorithm>
#include <array>
#include <string>

#include "pipelines/sql/mask.h"

namespace penstock::sql {
namespace {

// With these, or with an operator, a comment goes on with what stands before it.
constexpr std::array<std::string_view, 33> kContinuing{
    "and",   "or",     "where", "from",  "join",   "left",  "right",  "inner",     "full",    "cross",  "on",
    "group", "having", "order", "limit", "offset", "union", "except", "intersect", "between", "in",     "like",
    "ilike", "is",     "not",   "then",  "else",   "when",  "asc",    "desc",      "over",    "filter", "within"};
constexpr std::string_view kOperators = "+-*/%|<>=!,:~^";
// In a comment of words only there is none of these.
constexpr std::string_view kOfSql = "0123456789'\"<>=()|:";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Anything but blanks, comments and the end of the statement.
bool is_code(std::string_view line, const SqlLexicon& lexicon) {
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t end = is_blank(line[at]) || line[at] == ';' ? at + 1 : after_sql_comment(line, at, lexicon);
    if (end == at) return true;
    at = end;
  }
  return false;
}

// The text from `at` to `end` was several lines of the file: whether one of them behind the first holds code.
bool hides_code(const model::Node& text, std::size_t at, std::size_t end, const SqlLexicon& lexicon) {
  const auto& segments = *text.segments;
  std::uint32_t line = text.place_of(at).line;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (segments[i].offset <= at || segments[i].offset >= end || segments[i].line == line) continue;
    line = segments[i].line;
    std::size_t last = i + 1;
    while (last < segments.size() && segments[last].line == line) ++last;
    const std::size_t line_end = last < segments.size() ? std::min<std::size_t>(segments[last].offset, end) : end;
    if (is_code(std::string_view(text.text).substr(segments[i].offset, line_end - segments[i].offset), lexicon)) return true;
  }
  return false;
}

bool continues(std::string_view rest) {
  if (kOperators.find(rest.front()) != std::string_view::npos) return true;
  std::string word(rest.substr(0, after_sql_word(rest, 0)));
  std::transform(word.begin(), word.end(), word.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return std::find(kContinuing.begin(), kContinuing.end(), word) != kContinuing.end();
}

constexpr std::string_view kQuoteIt = "put the whole value in quotes, or write it as a block, with | behind the key";

}  // namespace

bool loses_lines(const model::Node& text, const SqlLexicon& lexicon, Diagnostics& diagnostics) {
  if (!text.segments) return false;
  const std::string_view whole = text.text;
  for (std::size_t at = 0; at < whole.size();) {
    const std::size_t behind_comment = after_sql_comment(whole, at, lexicon);
    const bool to_line_end = behind_comment > at && whole.substr(at, 2) != "/*";
    if (to_line_end && hides_code(text, at, behind_comment, lexicon)) {
      const std::string sign(whole.substr(at, whole[at] == '#' ? 1 : 2));
      diagnostics.error(Code::cut_text, text.place_of(at, sign.size()),
                        "this " + sign + " makes a comment of the lines below it too: YAML makes one line of this value", "",
                        "write the value as a block, with | behind the key, or the comment as /* ... */");
      return true;
    }
    const std::size_t end = std::max({behind_comment, after_sql_quoted(whole, at, lexicon), after_sql_word(whole, at)});
    at = std::max(end, at + 1);
  }
  return false;
}

bool is_cut_short(const model::Node& text, const SyntaxError& error, Diagnostics& diagnostics) {
  const bool is_short = error.message.find("at end of input") != std::string::npos || error.message.starts_with("unterminated");
  if (!text.comment || !is_short) return false;
  diagnostics.error(Code::cut_text, text.comment->where, "this # begins a comment of YAML, and what stands before it is not whole", "",
                    std::string(kQuoteIt));
  return true;
}

bool goes_on(const model::Node& text, std::string_view before, bool (*fits)(Part select), Diagnostics& diagnostics) {
  if (!text.comment) return false;
  const std::string_view comment = text.comment->text;
  const std::size_t first = comment.find_first_not_of("# \t");
  if (first == std::string_view::npos || !continues(comment.substr(first))) return false;
  const std::string_view rest = comment.substr(first);
  const Masked whole = mask(std::string(before) + text.text + " " + std::string(rest));
  if (whole.unreadable) return false;
  const auto tree = SyntaxTree::parse(whole.text);
  if (!tree || tree->statements().size() != 1 || !fits(tree->statements().first()["stmt"]["SelectStmt"])) return false;
  const bool is_sure = rest.find_first_of(kOfSql) != std::string_view::npos;
  Diagnostic found{Code::cut_text, is_sure ? Severity::error : Severity::warning, text.comment->where, "", "", "", {}};
  found.message = is_sure ? "this # makes a comment of what goes on with the SQL" : "this # makes a comment of what may go on with the SQL";
  found.help = "a comment can stand on a line of its own; if this belongs to the value, " + std::string(kQuoteIt);
  diagnostics.add(std::move(found));
  return is_sure;
}

void report_cut_native(const model::Node& text, Diagnostics& diagnostics) {
  if (!text.comment) return;
  const Masked masked = mask(text.text);
  if (masked.unreadable) return;
  const auto tree = SyntaxTree::parse(masked.text);
  if (!tree) {
    is_cut_short(text, tree.error(), diagnostics);
  } else {
    goes_on(
        text, {}, [](Part) { return true; }, diagnostics);
  }
}

}  // namespace penstock::sql
