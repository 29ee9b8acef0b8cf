#pragma once

#include "connectors/connector.h"
#include "daemon/store/records.h"
#include "pipelines/compiler/compiled.h"
#include "pipelines/dialects/dialect.h"
#include "pipelines/publish/plan.h"

namespace penstock::run {

/// What the publish protocol has to know of a table, from what the target's catalogue says.
publish::TargetFacts facts_from(const connectors::TableDescription& table, const dialects::Dialect& dialect);

/// The step with the values of its parameters, in its query and its checks; run, interval and facts are the caller's to add. Errors:
/// invalid_input for a step that did not compile, or a value that does not fit.
Result<publish::StepInput> bind_step(const compiler::CompiledStep& step, const ir::ParameterValues& values);

store::Purpose purpose_of(publish::Unit::Purpose purpose);

}  // namespace penstock::run
