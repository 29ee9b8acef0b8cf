#pragma once

#include "pipelines/base/result.h"
#include "pipelines/compiler/compiled.h"
#include "pipelines/publish/plan.h"

namespace penstock::compiler {

/// The step with the values of its parameters, in its query and its checks; run, interval and facts are the caller's to add. Errors:
/// invalid_input for a step that did not compile, or a value that does not fit.
Result<publish::StepInput> bind_step(const CompiledStep& step, const ir::ParameterValues& values);

/// The step of a run that there is not: its parameters have example values, its interval is January 2000.
Result<publish::StepInput> example_input(const CompiledStep& step);

}  // namespace penstock::compiler
