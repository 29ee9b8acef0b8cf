#include <algorithm>

#include "daemon/run/scheduler.h"
#include "daemon/run/scheduler_state.h"

namespace penstock::run {

Result<Decision> Scheduler::backfill(Backfill wanted, std::vector<store::BackfillInterval> intervals, const Moment& now) {
  const SpecPtr spec = pipeline(wanted.pipeline);
  if (!spec) return fail(ErrorKind::not_found, "there is no pipeline \"" + wanted.pipeline + "\"");
  if (spec->broken) return fail(ErrorKind::refused, "the pipeline \"" + spec->name + "\" has errors", "penstock validate shows them");
  if (stopping_) return fail(ErrorKind::refused, "Penstock is stopping and starts nothing more");
  Decision decision;
  wanted.state = BackfillState::running;
  wanted.created = now.wall;
  wanted.total = static_cast<int>(intervals.size());
  wanted.waiting = wanted.total;
  for (store::BackfillInterval& interval : intervals) interval.backfill_id = wanted.id;
  decision.transaction.changes.emplace_back(store::InsertBackfill{wanted, intervals});
  ActiveBackfill& active = backfills_[wanted.id];
  active.backfill = std::move(wanted);
  active.intervals = std::move(intervals);
  feed_backfill(active, decision, now);
  return conclude(std::move(decision), now);
}

void Scheduler::feed_backfill(ActiveBackfill& active, Decision& decision, const Moment& now) {
  Backfill& backfill = active.backfill;
  if (backfill.stop_on_failure && backfill.failed > 0 && backfill.waiting > 0) {
    backfill.cancelled += backfill.waiting;
    backfill.waiting = 0;
    active.next = active.intervals.size();
  }
  const SpecPtr spec = pipeline(backfill.pipeline);
  const bool may_feed = spec && !spec->broken && !stopping_ && backfill.state == BackfillState::running;
  while (may_feed && backfill.active < backfill.max_active && active.next < active.intervals.size()) {
    const store::BackfillInterval& interval = active.intervals[active.next++];
    Run run = fresh_run(*spec, {TriggerKind::backfill, {}, std::nullopt, backfill.actor, backfill.note}, now);
    run.backfill_id = backfill.id;
    run.interval = interval.interval;
    run.parameters = backfill.parameters;
    run.selected = backfill.selected;
    active.runs.insert(run.id);
    --backfill.waiting;
    ++backfill.active;
    decision.transaction.changes.emplace_back(store::AssignInterval{backfill.id, interval.ordinal, run.id});
    std::vector<StepRun> steps = fresh_steps(run, *spec, now);
    begin(add_run(std::move(run), std::move(steps), spec), now);
  }
  settle_backfill(active, decision, now);
}

void Scheduler::settle_backfill(ActiveBackfill& active, Decision& decision, const Moment& now) {
  Backfill& backfill = active.backfill;
  const bool done = backfill.active == 0 && backfill.waiting == 0;
  if (done) {
    const bool cancelled = backfill.state == BackfillState::cancelling;
    backfill.state = cancelled                ? BackfillState::cancelled
                     : backfill.failed > 0    ? BackfillState::failed
                     : backfill.cancelled > 0 ? BackfillState::cancelled
                                              : BackfillState::succeeded;
    backfill.finished = now.wall;
  }
  decision.transaction.changes.emplace_back(store::UpdateBackfill{backfill});
  if (done) backfills_.erase(std::string(backfill.id));
}

Result<Decision> Scheduler::cancel_backfill(const std::string& id, const Moment& now) {
  const auto found = backfills_.find(id);
  if (found == backfills_.end()) return fail(ErrorKind::not_found, "no backfill \"" + id + "\" is open");
  Decision decision;
  cancel_backfill(found->second, {"cancelled_by_user", "The backfill was cancelled."}, decision, now);
  return conclude(std::move(decision), now);
}

void Scheduler::cancel_backfill(ActiveBackfill& active, const Reason& reason, Decision& decision, const Moment& now) {
  active.backfill.state = BackfillState::cancelling;
  active.backfill.cancelled += active.backfill.waiting;
  active.backfill.waiting = 0;
  active.next = active.intervals.size();
  const std::set<std::string> runs = active.runs;
  for (const std::string& run : runs) {
    const auto open = runs_.find(run);
    if (open != runs_.end()) cancel_run(open->second, reason, decision, now);
  }
  settle_backfill(active, decision, now);
}

}  // namespace penstock::run
