#pragma once

#include <optional>
#include <string_view>

#include "pipelines/sql/resolver.h"

namespace penstock::sql {

/// The parser's error as a diagnostic, with the way out where the text is of another dialect. `original` has the parameters unmasked.
void report_syntax_error(const SyntaxError& error, const Reporter& reporter, std::string_view original);

/// False, with a diagnostic, for a text that the parser must not see: its stack would not hold it.
bool is_readable(const Masked& masked, const Reporter& reporter);

/// The one SELECT of the text.
std::optional<Part> single_select(const SyntaxTree& tree, const Reporter& reporter);

}  // namespace penstock::sql
