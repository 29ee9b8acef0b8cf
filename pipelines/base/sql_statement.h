#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "pipelines/base/sql_text.h"

namespace penstock {

/// What keeps a text from being one whole statement.
struct StatementFault {
  enum class Kind { second_statement, open_text, open_comment, open_bracket, stray_bracket, empty };
  Kind kind = Kind::empty;
  std::size_t offset = 0;  ///< Of what begins the second statement, is open, or has no partner.
  std::size_t length = 1;
};

/// The fault of a text that is sent inside of other SQL, if it has one: behind a semicolon there may be blanks, comments and semicolons.
std::optional<StatementFault> find_statement_fault(std::string_view text, const SqlLexicon& lexicon);

/// The offset of the semicolon that ends the statement, or the text's end where there is none.
std::size_t statement_end(std::string_view text, const SqlLexicon& lexicon);

}  // namespace penstock
