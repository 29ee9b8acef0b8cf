#pragma once

#include <functional>
#include <string>
#include <vector>

#include "daemon/store/records.h"
#include "pipelines/compiler/compiled.h"
#include "pipelines/dialects/dialect.h"

namespace penstock::run {

/// A unit as it would be sent, for people: statements in one text, each ended by a semicolon.
struct PreviewUnit {
  store::Purpose purpose;
  std::string sql;
  std::vector<std::string> remade;  ///< The views that it makes again.
  bool makes_table = false;         ///< The published table is made, or made anew.
};

/// The statements of a step in a dialect, without a run: parameters have example values (the interval is January 2000), and the
/// published table is taken to be as `facts` says, with the dependants that `look` finds; null: none. Errors: those of `look`, of the
/// dialect and of the publish protocol.
using LookForDependants = std::function<Result<publish::Dependants>(const publish::Taken& taken)>;
Result<std::vector<PreviewUnit>> preview_units(const compiler::CompiledStep& step, const dialects::Dialect& dialect,
                                               const publish::TargetFacts& facts, const LookForDependants& look = {});

/// What the step could declare to be matched, joined and grouped by bare columns in that dialect, in words.
std::vector<std::string> wanted_declarations(const compiler::CompiledStep& step, const dialects::Dialect& dialect);

/// What the target makes of the step's layout where that is not what it says, in words.
std::vector<std::string> layout_notes(const compiler::CompiledStep& step, const dialects::Dialect& dialect);

/// By what the step's table is laid out on that target: equal texts are equal layouts; empty: by nothing of the step's.
std::string layout_text(const compiler::CompiledStep& step, const dialects::Dialect& dialect);

/// The step's SELECT alone. Errors: invalid_input where the dialect cannot say it.
Result<std::string> preview_query(const compiler::CompiledStep& step, const dialects::Dialect& dialect);

}  // namespace penstock::run
