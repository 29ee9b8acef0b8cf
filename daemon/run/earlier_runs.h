#pragma once

#include <string>
#include <vector>

#include "daemon/run/engine.h"
#include "daemon/store/reader.h"
#include "pipelines/compiler/compiled.h"

namespace penstock::run {

/// Whether the rows of a step are those of the run's interval.
bool reads_interval(const compiler::CompiledProject& project, const model::Pipeline& pipeline, const model::Step& step);

/// What runs of these intervals, the newest of them last, would do that earlier runs make wrong: rows of an append twice, and what a later
/// interval wrote set back by an older one. `steps`: only these; empty: all. Errors: storage.
Result<std::vector<Warning>> warnings_of(const compiler::CompiledProject& project, const model::Pipeline& pipeline,
                                         const std::vector<std::string>& steps, std::vector<store::Interval> spans,
                                         store::Snapshot& snapshot);

}  // namespace penstock::run
