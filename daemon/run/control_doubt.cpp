#include <utility>

#include "daemon/run/control.h"
#include "daemon/run/scheduler_state.h"

namespace penstock::run {
namespace {

constexpr int kMostDoubts = 100;

Reason settled_reason(StepState state) {
  return {"settled", state == StepState::succeeded
                         ? "The engine fell silent while the step published; it has answered since: the step took effect."
                         : "The engine fell silent while the step published; it has answered since: the step had no effect."};
}

}  // namespace

/// Steps that an earlier process left without knowing how they ended.
Result<void> Control::ask_about_doubts() {
  auto snapshot = readers_->snapshot();
  if (!snapshot) return tl::unexpected(snapshot.error());
  auto doubtful = snapshot->in_doubt(kMostDoubts);
  if (!doubtful) return tl::unexpected(doubtful.error());
  for (store::OpenRun& one : *doubtful) {
    const StepRun& step = one.steps.front();
    if (project_of(one.run) == nullptr && config_.recompile) {
      const auto version = snapshot->version(one.run.version);
      if (version && *version) remember_version(one.run.version, config_.recompile(**version));
    }
    in_doubt_.insert(one.run.version);
    executor_->settle({{one.run.id, step.name, step.attempt}, one.run.pipeline, step.connection, one.run, {}, std::move(one.units), true});
  }
  return {};
}

/// Called from the executor's threads.
void Control::settle(const StartStep& start, const StepResult& result) {
  // That the attempt was given up goes to the store first.
  static_cast<void>(ask<int>([](Scheduler&, const Moment&) -> Result<int> { return 0; }));
  const Time now = config_.clock->now();
  if (!store_->commit({now, result.changes}) || result.state == StepState::unknown) return;
  auto snapshot = readers_->snapshot();
  if (!snapshot) return;
  auto step = snapshot->step(start.id.run_id, start.id.step);
  auto run = snapshot->run(start.id.run_id);
  // A person may have said meanwhile how it ended.
  if (!step || !*step || !run || !*run || (*step)->state != StepState::unknown || (*step)->attempt != start.id.attempt) return;
  StepRun settled = std::move(**step);
  const bool has_failed = result.state == StepState::cancelled && (*run)->state != RunState::cancelled;
  settled.state = has_failed ? StepState::failed : result.state;
  settled.reason = settled_reason(settled.state);
  if (settled.state != StepState::failed) settled.error.reset();
  if (result.fault || (result.error && settled.state == StepState::failed)) {
    settled.error = result.fault ? result.fault : std::optional(store::fault_from(*result.error, settled.name));
  }
  settled.rows = result.rows;
  settled.bytes_scanned = result.bytes_scanned;
  settled.units_finished = result.units_finished;
  store::Transaction transaction;
  transaction.at = now;
  transaction.changes.emplace_back(store::UpdateStep{settled, StepState::unknown, settled.attempt});
  // The scheduler writes an open run.
  if (is_final((*run)->state)) {
    --(*run)->steps.unknown;
    ++counter((*run)->steps, settled.state);
    transaction.changes.emplace_back(store::UpdateRun{**run, (*run)->state});
  }
  static_cast<void>(store_->commit(std::move(transaction)));
}

}  // namespace penstock::run
