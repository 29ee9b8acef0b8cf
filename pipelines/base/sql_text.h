#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace penstock {

/// How a kind of SQL writes what is no code: texts, quoted names and comments. The defaults are PostgreSQL's.
struct SqlLexicon {
  std::string_view quotes = "'\"";  ///< Each opens a text or a name and closes it; doubled, it stands for itself.
  bool brackets = false;            ///< [name], in which ]] stands for ].
  bool backslashes = false;         ///< A backslash escapes the next character in everything that is quoted.
  bool plain_names = false;         ///< It does so in '...' only, and not in "...".
  bool escape_strings = true;       ///< It does so in E'...' only.
  bool dollar_quotes = true;        ///< $tag$ ... $tag$.
  bool triple_quotes = false;       ///< ''' ... ''', in which single quotes are ordinary.
  bool hash_comments = false;       ///< # to the end of the line.
  bool slash_comments = false;      ///< // to the end of the line.
  bool nested_comments = true;      ///< A comment inside of a comment.
  bool bare_statements = false;     ///< T-SQL: a statement may follow another one without a semicolon, and begins with a reserved word.
};

bool is_sql_digit(char c);
/// A character with which a name begins, as in every kind of SQL: a letter, an underscore, or anything beyond ASCII.
bool is_sql_word_start(char c);
/// A character of a name.
bool is_sql_word(char c);

/// The offset behind the word or number that starts at `at`.
std::size_t after_sql_word(std::string_view text, std::size_t at);
/// The offset behind the comment that starts at `at`, or `at` itself where none does there.
std::size_t after_sql_comment(std::string_view text, std::size_t at, const SqlLexicon& lexicon);
/// The offset behind the text or quoted name that starts at `at`, or `at` itself where none does there. One without an end goes to the
/// end of the text.
std::size_t after_sql_quoted(std::string_view text, std::size_t at, const SqlLexicon& lexicon);

/// A `:name` in SQL.
struct ParameterUse {
  std::size_t offset = 0;  ///< Of the colon.
  std::string name;
};

/// The parameters of native SQL, in order. Nothing inside of texts, quoted names and comments is one, nor is a colon that stands directly
/// behind a word, a number, a quote, a bracket or another colon: casts `::`, slices `[1:n]`, fields `value:path` and keys `{'a':b}`.
std::vector<ParameterUse> native_parameters(std::string_view text, const SqlLexicon& lexicon);

}  // namespace penstock
