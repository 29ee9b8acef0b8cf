#pragma once

#include "pipelines/base/sql_text.h"
#include "pipelines/ir/relation.h"
#include "pipelines/sql/query.h"

namespace penstock::sql {

/// Cuts SQL of a target's own language at its parameters, and cuts a final semicolon off. Nothing else is read in it but that it is one
/// whole statement: what is not is reported, for it would do more than be read. A parameter that there is not is reported at
/// its place and stays text.
ir::Native read_native(const model::Node& text, const SqlLexicon& lexicon, const Parameters& parameters, Diagnostics& diagnostics);

/// "there is no parameter :x", with those that there are.
void report_unknown_parameter(const std::string& name, Span where, const Parameters& parameters, Diagnostics& diagnostics);

}  // namespace penstock::sql
