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

/// The first run of a pipeline in a month, by UTC, shortens the ledgers beside its tables, each once: a scan of a ledger a month is cheap,
/// and one at every publish is not.
Result<void> Control::add_shortening(PlannedStep& plan, const compiler::CompiledProject& project, const StartStep& step) {
  const auto publishes = [](const PlannedUnit& each) { return !each.unit.ledger_table.empty(); };
  const auto publish = std::find_if(plan.units.begin(), plan.units.end(), publishes);
  const compiler::CompiledStep* compiled = project.find(step.pipeline + "." + step.id.step);
  const auto connection = connection_of(step);
  if (publish == plan.units.end() || compiled == nullptr || connection == nullptr) return {};
  auto snapshot = readers_->snapshot();
  if (!snapshot) return tl::unexpected(snapshot.error());
  store::RunFilter earlier;
  earlier.pipeline = step.pipeline;
  earlier.until = step.run.created;
  const auto runs = snapshot->runs(earlier, {1, {}});
  if (!runs) return tl::unexpected(runs.error());
  const std::chrono::year_month month = month_of(step.run.created);
  if (runs->items.empty() || month_of(runs->items.front().created) == month) return {};
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
