#pragma once

#include <mutex>
#include <set>
#include <string>

#include "connectors/connector.h"
#include "daemon/run/connection_registry.h"
#include "daemon/run/scheduler.h"
#include "daemon/run/step_machine.h"
#include "pipelines/compiler/compiled.h"

namespace penstock::run {

/// Lays one step of one run out as text, just before it runs: asks the target how the published table looks, lets the publish protocol
/// lay out the units, and the dialect print them. Any thread.
class StepPlanner {
 public:
  /// `laid_out` tells with what layout tables were made. Errors: those of the connector's describe; refused and invalid_input of the
  /// publish protocol and the dialect.
  Result<PlannedStep> plan(const compiler::CompiledProject& project, const Run& run, const std::string& step,
                           connectors::Connector& connector, const std::vector<store::LaidOut>& laid_out = {});

  /// What removes the rows of runs that were created before that moment from the ledger beside the step's table. Errors: those of the
  /// dialect.
  static Result<PlannedUnit> shorten_ledger(const compiler::CompiledStep& step, const std::string& dialect, store::Time before);

  /// What was known to be there may be gone: a step on the connection failed.
  void forget(const model::Connection& connection);

 private:
  std::mutex mutex_;
  std::set<std::pair<ContentHash, TableName>> ledgers_;  ///< By connection: those that are known to exist.
};

/// By what the step's published table was laid out when it was made; empty where nothing is known of it.
std::string layout_made(const std::vector<store::LaidOut>& laid_out, const compiler::CompiledStep& step);

/// The run's parameters with the types that the pipeline declares, the built-in ones among them. Errors: invalid_input.
Result<ir::ParameterValues> bind_values(const model::Pipeline& pipeline, const Run& run);

/// Errors: invalid_input for an unknown name, a missing value, or one that is not of the parameter's type.
Result<void> check_parameters(const model::Pipeline& pipeline, const store::Parameters& parameters);

}  // namespace penstock::run
