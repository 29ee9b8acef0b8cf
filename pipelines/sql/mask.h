#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipelines/base/sql_text.h"

namespace penstock::sql {

/// SQL text as PostgreSQL's parser can read it: every `:name` is a `$` parameter of the same length, so that every place stays where it is.
struct Masked {
  std::string text;
  std::vector<ParameterUse> parameters;  ///< In order of their offsets.
  /// Where the text nests or chains deeper than any parser's stack allows, or holds a NUL character.
  std::optional<std::size_t> unreadable;

  const ParameterUse* parameter_at(std::size_t offset) const;
};

/// Reads strings, quoted identifiers, dollar quotes and comments as PostgreSQL does; nothing inside them is a parameter.
Masked mask(std::string_view text);

/// The length in bytes of the word, name with dots, number, string or operator that starts at an offset; at least 1.
std::size_t token_length(std::string_view text, std::size_t offset);

}  // namespace penstock::sql
