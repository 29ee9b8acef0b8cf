#include "pipelines/base/sql_statement.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace penstock {
namespace {

/// With these a statement of T-SQL begins, and no name can be one of them without brackets (Microsoft's list of reserved keywords, read
/// on 2026-11-30).
constexpr std::array<std::string_view, 41> kStatementWords{
    "alter",      "backup",  "begin",    "break",    "bulk",      "checkpoint",  "close",   "commit", "continue", "create", "dbcc",
    "deallocate", "declare", "delete",   "deny",     "drop",      "exec",        "execute", "goto",   "grant",    "if",     "insert",
    "kill",       "load",    "open",     "print",    "raiserror", "reconfigure", "restore", "return", "revert",   "revoke", "rollback",
    "save",       "set",     "shutdown", "truncate", "update",    "use",         "waitfor", "while"};

std::string lower_case(std::string_view word) {
  std::string made(word);
  for (char& c : made) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return made;
}

template <std::size_t count>
bool is_one_of(std::string_view word, const std::array<std::string_view, count>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// Tells by the words outside of brackets where a statement follows another one without a semicolon.
class BareStatements {
 public:
  bool begins(std::string_view written) {
    constexpr std::array<std::string_view, 4> kBetweenSelects{"union", "all", "except", "intersect"};
    constexpr std::array<std::string_view, 5> kBeforeMergeJoin{"inner", "outer", "left", "right", "full"};
    const std::string word = lower_case(written);
    const std::string before = std::exchange(before_, word);
    const bool has_select = has_select_;
    has_select_ = has_select_ || word == "select";
    if (word == "select") return has_select && !is_one_of(before, kBetweenSelects);
    if (word == "merge") return !before.empty() && !is_one_of(before, kBeforeMergeJoin);
    return !before.empty() && is_one_of(word, kStatementWords);
  }

 private:
  std::string before_;
  bool has_select_ = false;
};

/// What of a text is code, piece by piece.
class Pieces {
 public:
  Pieces(std::string_view text, const SqlLexicon& lexicon) : padded_(std::string(text) + " "), lexicon_(lexicon) {}

  enum class Kind { blank, quoted, word, sign };
  struct Piece {
    Kind kind = Kind::blank;
    std::size_t offset = 0;
    std::string_view text;
  };

  /// False at the end.
  bool next(Piece& piece) {
    const std::string_view text = padded_;
    if (at_ + 1 >= text.size()) return false;
    piece.offset = at_;
    std::size_t end = after_sql_comment(text, at_, lexicon_);
    piece.kind = Kind::blank;
    if (end == at_) {
      end = after_sql_quoted(text, at_, lexicon_);
      piece.kind = Kind::quoted;
    }
    if (end == at_) {
      end = after_sql_word(text, at_);
      piece.kind = Kind::word;
    }
    if (end == at_) {
      end = at_ + 1;
      piece.kind = std::string_view(" \t\r\n\f\v").find(text[at_]) != std::string_view::npos ? Kind::blank : Kind::sign;
    }
    piece.text = text.substr(at_, end - at_);
    at_ = end;
    return true;
  }

  /// Whether the piece, the last one, ran to the end of the text because nothing closed it.
  bool is_open(const Piece& piece) const {
    const bool to_line_end = piece.text.substr(0, 2) == "--" || (lexicon_.hash_comments && piece.text.front() == '#');
    return at_ == padded_.size() && piece.text.size() > 1 && piece.kind != Kind::word && !to_line_end;
  }

 private:
  const std::string padded_;  ///< By a blank, behind which nothing is that is closed.
  const SqlLexicon& lexicon_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<StatementFault> find_statement_fault(std::string_view text, const SqlLexicon& lexicon) {
  using Kind = StatementFault::Kind;
  Pieces pieces(text, lexicon);
  Pieces::Piece piece;
  BareStatements bare;
  std::vector<std::size_t> brackets;
  bool has_begun = false;
  bool has_ended = false;
  while (pieces.next(piece)) {
    if (pieces.is_open(piece)) {
      const bool is_quoted = piece.kind == Pieces::Kind::quoted;
      return StatementFault{is_quoted ? Kind::open_text : Kind::open_comment, piece.offset, is_quoted ? std::size_t{1} : std::size_t{2}};
    }
    if (piece.kind == Pieces::Kind::blank) continue;
    const bool is_semicolon = piece.text == ";";
    const bool is_bare = lexicon.bare_statements && brackets.empty() && piece.kind == Pieces::Kind::word;
    if (!is_semicolon && (has_ended || (is_bare && bare.begins(piece.text)))) {
      return StatementFault{Kind::second_statement, piece.offset, piece.text.size()};
    }
    if (piece.text == "(") brackets.push_back(piece.offset);
    if (piece.text == ")" || is_semicolon) {
      if (brackets.empty() && !is_semicolon) return StatementFault{Kind::stray_bracket, piece.offset, 1};
      if (!brackets.empty() && is_semicolon) return StatementFault{Kind::open_bracket, brackets.back(), 1};
      if (!is_semicolon) brackets.pop_back();
    }
    has_begun = has_begun || !is_semicolon;
    has_ended = is_semicolon && has_begun;
  }
  if (!brackets.empty()) return StatementFault{Kind::open_bracket, brackets.back(), 1};
  if (!has_begun) return StatementFault{Kind::empty, 0, text.size()};
  return std::nullopt;
}

std::size_t statement_end(std::string_view text, const SqlLexicon& lexicon) {
  Pieces pieces(text, lexicon);
  Pieces::Piece piece;
  while (pieces.next(piece)) {
    if (piece.kind == Pieces::Kind::sign && piece.text == ";") return piece.offset;
  }
  return text.size();
}

}  // namespace penstock
