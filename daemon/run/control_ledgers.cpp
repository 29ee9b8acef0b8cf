#include <algorithm>
#include <chrono>

#include "daemon/run/control.h"
#include "daemon/run/run_id.h"
#include "pipelines/compiler/compiled.h"

namespace penstock::run {
namespace {

std::chrono::year_month month_of(Time moment) {
  const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(moment)};
  return day.year() / day.month();
}

}  // namespace

/// Whether no run of the pipeline was created earlier in the run's month while there are runs of other months. The store is asked once a run,
/// and not once a step.
Result<bool> Control::opens_month(const store::Run& run) {
  {
    const std::lock_guard lock(mutex_);
    const auto asked = months_opened_.find(run.pipeline);
    if (asked != months_opened_.end() && asked->second.first == run.id) return asked->second.second;
  }
  auto snapshot = readers_->snapshot();
  if (!snapshot) return tl::unexpected(snapshot.error());
  store::RunFilter earlier;
  earlier.pipeline = run.pipeline;
  earlier.until = run.created;
  const auto runs = snapshot->runs(earlier, {1, {}});
  if (!runs) return tl::unexpected(runs.error());
  const bool opens = !runs->items.empty() && month_of(runs->items.front().created) != month_of(run.created);
  const std::lock_guard lock(mutex_);
  months_opened_[run.pipeline] = {run.id, opens};
  return opens;
}

/// The first run of a pipeline in a month, by UTC, shortens the ledgers beside its tables, each once: a scan of a ledger a month is cheap,
/// and one at every publish is not.
Result<void> Control::add_shortening(PlannedStep& plan, const compiler::CompiledProject& project, const StartStep& step) {
  const auto publishes = [](const PlannedUnit& each) { return !each.unit.ledger_table.empty(); };
  const auto publish = std::find_if(plan.units.begin(), plan.units.end(), publishes);
  const compiler::CompiledStep* compiled = project.find(step.pipeline + "." + step.id.step);
  const auto connection = connection_of(step);
  if (publish == plan.units.end() || compiled == nullptr || connection == nullptr) return {};
  const Result<bool> opens = opens_month(step.run);
  if (!opens) return tl::unexpected(opens.error());
  if (!*opens) return {};
  const std::chrono::year_month month = month_of(step.run.created);
  {
    const std::lock_guard lock(mutex_);
    const auto [shortened, is_first] =
        ledgers_shortened_.try_emplace({step.connection, publish->unit.ledger_table}, Shortened{month, step.id.run_id, step.id.step});
    const bool is_mine = shortened->second.run_id == step.id.run_id && shortened->second.step == step.id.step;
    if (!is_first && !is_mine && shortened->second.month == month) return {};
    shortened->second = {month, step.id.run_id, step.id.step};
  }
  auto unit = StepPlanner::shorten_ledger(*compiled, connection->type.value, step.run.created - kLedgerKept);
  if (!unit) return tl::unexpected(unit.error());
  plan.units.push_back(std::move(*unit));
  return {};
}

}  // namespace penstock::run
