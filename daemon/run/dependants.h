#pragma once

#include <set>
#include <string>

#include "connectors/connector.h"
#include "pipelines/compiler/compiled.h"
#include "pipelines/publish/plan.h"

namespace penstock::run {

/// The run, or the example of one, in which a step publishes.
struct PublishingRun {
  const ir::ParameterValues& values;
  std::set<std::string> steps;  ///< Those of its pipeline that it runs; empty: all.
};

/// What has to be asked of the step's connector.
connectors::DependedOn depended_on(const compiler::CompiledStep& step, const publish::Taken& taken);

/// Transient where a step of another run is just checking a view over the table: it goes by itself.
Result<void> check_staged_views(const compiler::CompiledStep& step, const connectors::Dependants& found);

/// Whose the dependants are. The project's own are views that a step of it publishes and has published there, by the ledger beside them, and
/// that the connection's user may drop; all else is somebody else's. They are made again from the step's query as it is compiled today: it
/// knows the new columns, and nobody else's words enter it. A view that was made with the values of another run, or whose step does not
/// compile, keeps the words that the target has for it: they hold those values.
publish::Dependants sort_dependants(const compiler::CompiledProject& project, const compiler::CompiledStep& step, const PublishingRun& run,
                                    const connectors::Dependants& found);

}  // namespace penstock::run
