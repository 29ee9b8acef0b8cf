#include <algorithm>

#include "daemon/run/scheduler.h"
#include "daemon/run/scheduler_state.h"

namespace penstock::run {

Decision Scheduler::restore(const Restored& restored, const ProjectSpec& project, const Moment& now) {
  Decision decision;
  for (const auto& [name, slots] : project.slots) connection(name).gate.set_slots(slots);
  for (const std::string& name : restored.paused) paused_.insert(name);
  for (store::Cursor cursor : restored.cursors) {
    if (restored.older_than && cursor.at < std::min(*restored.older_than, now.wall)) {
      cursor.at = std::min(*restored.older_than, now.wall);
      decision.transaction.changes.emplace_back(store::MoveCursor{cursor});
    }
    furthest_ = std::max(furthest_, cursor.at);
    cursors_[cursor.pipeline] = cursor;
  }
  ran_ahead_ = restored.ran_ahead;
  for (const auto& [backfill, intervals] : restored.backfills) {
    ActiveBackfill& active = backfills_[backfill.id];
    active.backfill = backfill;
    active.intervals = intervals;
    active.next = intervals.size();
    for (std::size_t i = 0; i < intervals.size(); ++i) {
      if (intervals[i].run_id.empty()) {
        active.next = backfill.waiting > 0 ? std::min(active.next, i) : active.next;
      } else if (!intervals[i].state || !is_final(*intervals[i].state)) {
        active.runs.insert(intervals[i].run_id);
      }
    }
  }
  for (const store::OpenRun& open : restored.runs) {
    const auto spec = restored.specs.find(open.run.id);
    restore_run(open, spec == restored.specs.end() ? nullptr : spec->second, restored.cancel, decision, now);
  }
  if (restored.older_than) {
    give_up_open({"older_copy",
                  "It was open in the copy of the store that was put in place of a later one. What it did after the copy was made "
                  "is in its tables, and not known here."},
                 decision, now);
  }
  // No pipeline is known before `load`, so what waits for one begins there.
  return conclude(std::move(decision), now);
}

void Scheduler::give_up_open(const Reason& reason, Decision& decision, const Moment& now) {
  std::vector<std::string> backfills;
  for (const auto& [id, active] : backfills_) backfills.push_back(id);
  for (const std::string& id : backfills) cancel_backfill(backfills_.at(id), reason, decision, now);
  for (auto& [id, active] : runs_) cancel_run(active, reason, decision, now);
}

void Scheduler::restore_run(const store::OpenRun& open, SpecPtr spec, const std::optional<Reason>& cancel, Decision& decision,
                            const Moment& now) {
  ActiveRun& active = add_run(open.run, open.steps, std::move(spec));
  active.stored = open.run.state;
  for (const StepRun& step : active.steps) active.stored_steps.emplace_back(step.state, step.attempt);
  const bool cancelling = open.run.state == RunState::cancelling || cancel;
  for (std::size_t i = 0; i < active.steps.size(); ++i) {
    StepRun& step = active.steps[i];
    if (!is_final(step.state) && open.run.state != RunState::scheduled) writers_.enter(writer_of(active, i));
    if (step.state == StepState::running) {
      writers_.start(writer_of(active, i));
      StartStep start{{open.run.id, step.name, step.attempt}, open.run.pipeline, step.connection, open.run, active.spec, {}, cancelling};
      for (const UnitRun& unit : open.units) {
        if (unit.step == step.name && unit.attempt == step.attempt) start.units.push_back(unit);
      }
      connection(step.connection).gate.start();
      if (active.spec && i < active.spec->steps.size() && active.spec->steps[i].timeout && step.started) {
        const auto passed = std::max(now.wall - *step.started, std::chrono::microseconds(0));
        timers_.insert({now.boot + std::max(*active.spec->steps[i].timeout - passed, std::chrono::microseconds(0)), start.id, true});
      }
      decision.start.push_back(std::move(start));
    } else if (step.state == StepState::queued && step.next_attempt) {
      timers_.insert({now.boot + std::max(*step.next_attempt - now.wall, std::chrono::microseconds(0)),
                      {open.run.id, step.name, step.attempt},
                      false});
    } else if (step.state == StepState::queued ||
               (step.state == StepState::pending && active.unmet[i] == 0 && open.run.state != RunState::scheduled)) {
      queue_step(active, i, now);
    }
  }
  if (cancel) cancel_run(active, *cancel, decision, now);
  end_if_done(active, now);
}

}  // namespace penstock::run
