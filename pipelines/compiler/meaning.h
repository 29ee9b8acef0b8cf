#pragma once

#include <string>
#include <vector>

#include "pipelines/compiler/compiled.h"

namespace penstock::compiler {

/// Names of the run's parameters that the tree uses, sorted, without repeats.
std::vector<std::string> parameters_used(const ir::Relation& relation);

/// Of a step whose query is there.
Meaning meaning_of(const CompiledStep& step);

/// Values of the right types for every parameter, for printing a query when there is no run.
ir::ParameterValues example_values(const model::Pipeline& pipeline);

}  // namespace penstock::compiler
