#pragma once

#include <string_view>

#include "pipelines/base/diagnostic.h"
#include "pipelines/base/sql_text.h"
#include "pipelines/model/node.h"
#include "pipelines/sql/syntax.h"

namespace penstock::sql {

/// True, with an error, where a comment to the end of the line goes on over lines of the file, because YAML made one line of them.
bool loses_lines(const model::Node& text, const SqlLexicon& lexicon, Diagnostics& diagnostics);

/// True, with an error, where the text ends too early for the parser, and it is a comment of YAML that ends it.
bool is_cut_short(const model::Node& text, const SyntaxError& error, Diagnostics& diagnostics);

/// True, with an error, where the comment of YAML behind a whole text goes on with the SQL; only a warning where it may be words as well.
/// `before` is put before the text to parse it; of what it then is, `fits` tells whether it could have been meant.
bool goes_on(const model::Node& text, std::string_view before, bool (*fits)(Part select), Diagnostics& diagnostics);

/// The same two for SQL of a target's own language, as far as PostgreSQL's parser can read it.
void report_cut_native(const model::Node& text, Diagnostics& diagnostics);

}  // namespace penstock::sql
