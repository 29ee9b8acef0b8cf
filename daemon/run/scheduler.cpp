#include "daemon/run/scheduler.h"

#include <algorithm>

#include "daemon/run/run_id.h"
#include "daemon/run/scheduler_state.h"

namespace penstock::run {
namespace {

using std::chrono::microseconds;

}  // namespace

Scheduler::Scheduler(const Options& options) : options_(options), random_(options.seed) {}
Scheduler::~Scheduler() = default;

double Scheduler::random() { return static_cast<double>(random_() >> 11U) / static_cast<double>(std::uint64_t{1} << 53U); }

std::string Scheduler::new_id(char prefix, const Moment& now) {
  return make_id(prefix, now.wall, random_());
}

Scheduler::Connection& Scheduler::connection(const std::string& name) { return connections_[name]; }

Run Scheduler::fresh_run(const PipelineSpec& spec, const store::Trigger& trigger, const Moment& now) {
  Run run;
  run.id = new_id('r', now);
  run.pipeline = spec.name;
  run.environment = spec.environment;
  run.trigger = trigger;
  run.version = spec.version;
  run.definition_hash = spec.definition_hash;
  run.created = now.wall;
  return run;
}

std::vector<StepRun> Scheduler::fresh_steps(const Run& run, const PipelineSpec& spec, const Moment& now) const {
  std::vector<StepRun> steps;
  for (std::size_t i = 0; i < spec.steps.size(); ++i) {
    const StepSpec& from = spec.steps[i];
    StepRun& step = steps.emplace_back();
    step.run_id = run.id;
    step.pipeline = run.pipeline;
    step.name = from.name;
    step.ordinal = static_cast<int>(i);
    step.kind = from.kind;
    step.connection = from.connection;
    step.table = to_string(from.table);
    step.publish_as = from.publish_as;
    for (const int dependency : from.depends_on) step.depends_on.push_back(spec.steps[static_cast<std::size_t>(dependency)].name);
    const bool selected = run.selected.empty() || std::find(run.selected.begin(), run.selected.end(), step.name) != run.selected.end();
    if (!selected) {
      step.state = StepState::skipped;
      step.finished = now.wall;
      step.reason = Reason{"not_selected", "The run was asked for other steps."};
    }
  }
  return steps;
}

Scheduler::ActiveRun& Scheduler::add_run(Run run, std::vector<StepRun> steps, SpecPtr spec) {
  ActiveRun& active = runs_[run.id];
  active.run = std::move(run);
  active.steps = std::move(steps);
  active.spec = std::move(spec);
  const std::size_t count = active.steps.size();
  active.dependents.resize(count);
  active.unmet.assign(count, 0);
  active.timed_out.assign(count, false);
  active.run.steps = {};
  active.run.steps.total = static_cast<int>(count);
  std::map<std::string, std::size_t, std::less<>> places;
  for (std::size_t i = 0; i < count; ++i) {
    const StepRun& step = active.steps[i];
    places[step.name] = i;
    ++counter(active.run.steps, step.state);
    if (!is_final(step.state)) ++active.open_steps;
    for (const std::string& name : step.depends_on) {
      const auto found = places.find(name);
      if (found == places.end()) continue;
      active.dependents[found->second].push_back(i);
      if (!is_final(active.steps[found->second].state)) ++active.unmet[i];
    }
  }
  touched_.insert(active.run.id);
  if (active.run.backfill_id.empty()) {
    PipelineState& pipeline = pipelines_[active.run.pipeline];
    if (active.run.state == RunState::scheduled) {
      pipeline.waiting.push_back(active.run.id);
    } else {
      pipeline.active.insert(active.run.id);
    }
  }
  return active;
}

void Scheduler::begin(ActiveRun& active, const Moment& now) {
  active.run.state = RunState::queued;
  active.run.queued = now.wall;
  touched_.insert(active.run.id);
  for (std::size_t i = 0; i < active.steps.size(); ++i) {
    if (!is_final(active.steps[i].state)) writers_.enter(writer_of(active, i));
  }
  for (std::size_t i = 0; i < active.steps.size(); ++i) {
    if (active.steps[i].state == StepState::pending && active.unmet[i] == 0) queue_step(active, i, now);
  }
  end_if_done(active, now);
}

void Scheduler::begin_waiting(PipelineState& pipeline, const Moment& now) {
  while (pipeline.active.empty() && !pipeline.waiting.empty() && !stopping_) {
    const std::string id = pipeline.waiting.front();
    pipeline.waiting.pop_front();
    const auto found = runs_.find(id);
    if (found == runs_.end() || found->second.ended) continue;
    pipeline.active.insert(id);
    begin(found->second, now);
  }
}

void Scheduler::end_if_done(ActiveRun& active, const Moment& now) {
  if (active.open_steps > 0 || active.ended || active.run.state == RunState::scheduled) return;
  Run& run = active.run;
  const store::StepCounts& counts = run.steps;
  if (run.state == RunState::cancelling && counts.cancelled > 0) {
    run.state = RunState::cancelled;
  } else if (counts.failed + counts.unknown > 0) {
    run.state = run.error && run.error->kind == "timeout" ? RunState::timed_out : RunState::failed;
  } else if (counts.cancelled > 0) {
    run.state = RunState::cancelled;
  } else {
    run.state = RunState::succeeded;
  }
  run.finished = now.wall;
  active.ended = true;
  touched_.insert(run.id);
}

void Scheduler::run_ended(const Run& run, Decision& decision, const Moment& now) {
  if (const auto pipeline = pipelines_.find(run.pipeline); pipeline != pipelines_.end() && run.backfill_id.empty()) {
    pipeline->second.active.erase(run.id);
    auto& waiting = pipeline->second.waiting;
    waiting.erase(std::remove(waiting.begin(), waiting.end(), run.id), waiting.end());
    begin_waiting(pipeline->second, now);
  }
  if (const auto backfill = backfills_.find(run.backfill_id); backfill != backfills_.end()) {
    ActiveBackfill& active = backfill->second;
    active.runs.erase(run.id);
    Backfill& counts = active.backfill;
    --counts.active;
    ++(run.state == RunState::succeeded ? counts.succeeded : run.state == RunState::cancelled ? counts.cancelled : counts.failed);
    feed_backfill(active, decision, now);
  }
}

void Scheduler::cancel_run(ActiveRun& active, const Reason& reason, Decision& decision, const Moment& now) {
  if (active.ended || active.run.state == RunState::cancelling) return;
  active.run.state = RunState::cancelling;
  active.run.reason = reason;
  touched_.insert(active.run.id);
  for (std::size_t i = 0; i < active.steps.size(); ++i) {
    StepRun& step = active.steps[i];
    if (step.state == StepState::running) {
      decision.cancel.push_back({active.run.id, step.name, step.attempt});
    } else if (!is_final(step.state)) {
      step.reason = Reason{"run_cancelled", "The run was cancelled before this step began."};
      step.next_attempt.reset();
      set_state(active, i, StepState::cancelled, now);
    }
  }
  end_if_done(active, now);
}

Result<Decision> Scheduler::trigger(const NewRun& wanted, const Moment& now, std::string& run_id) {
  const SpecPtr spec = pipeline(wanted.pipeline);
  if (!spec) return fail(ErrorKind::not_found, "there is no pipeline \"" + wanted.pipeline + "\"");
  if (spec->broken) return fail(ErrorKind::refused, "the pipeline \"" + wanted.pipeline + "\" has errors", "penstock validate shows them");
  if (stopping_) return fail(ErrorKind::refused, "Penstock is stopping and starts nothing more");
  Run run = fresh_run(*spec, wanted.trigger, now);
  run.parameters = wanted.parameters;
  run.interval = wanted.interval;
  run.selected = wanted.steps;
  run_id = run.id;
  Decision decision;
  std::vector<StepRun> steps = fresh_steps(run, *spec, now);
  begin(add_run(std::move(run), std::move(steps), spec), now);
  return conclude(std::move(decision), now);
}

Result<Decision> Scheduler::retry(const Again& wanted, const Moment& now, std::string& run_id) {
  const SpecPtr spec = pipeline(wanted.old.pipeline);
  if (!spec) return fail(ErrorKind::not_found, "there is no pipeline \"" + wanted.old.pipeline + "\" any more");
  if (spec->broken) return fail(ErrorKind::refused, "the pipeline \"" + spec->name + "\" has errors", "penstock validate shows them");
  if (stopping_) return fail(ErrorKind::refused, "Penstock is stopping and starts nothing more");
  Run run = fresh_run(*spec, wanted.trigger, now);
  run.parameters = wanted.old.parameters;
  run.interval = wanted.old.interval;
  run.selected = wanted.old.selected;
  run.retry_of = wanted.old.id;
  run.first_created = store::run_started_at(wanted.old);
  run_id = run.id;
  std::vector<StepRun> steps = fresh_steps(run, *spec, now);
  std::vector<bool> again(steps.size(), wanted.restart);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (std::find(wanted.steps.begin(), wanted.steps.end(), steps[i].name) != wanted.steps.end()) again[i] = true;
    for (const int dependency : spec->steps[i].depends_on) again[i] = again[i] || again[static_cast<std::size_t>(dependency)];
    const auto old =
        std::find_if(wanted.old_steps.begin(), wanted.old_steps.end(), [&](const StepRun& step) { return step.name == steps[i].name; });
    if (steps[i].state != StepState::pending) continue;
    if (again[i] || old == wanted.old_steps.end() || old->state != StepState::succeeded) {
      again[i] = true;
      continue;
    }
    const int ordinal = steps[i].ordinal;
    std::vector<std::string> depends_on = std::move(steps[i].depends_on);
    steps[i] = *old;
    steps[i].run_id = run.id;
    steps[i].ordinal = ordinal;
    steps[i].depends_on = std::move(depends_on);
    if (steps[i].reused_from.empty()) steps[i].reused_from = wanted.old.id;
  }
  Decision decision;
  begin(add_run(std::move(run), std::move(steps), spec), now);
  return conclude(std::move(decision), now);
}

Result<Decision> Scheduler::cancel(const std::string& run_id, const Reason& reason, const Moment& now) {
  const auto found = runs_.find(run_id);
  if (found == runs_.end()) return fail(ErrorKind::not_found, "no run \"" + run_id + "\" is open");
  Decision decision;
  cancel_run(found->second, reason, decision, now);
  return conclude(std::move(decision), now);
}

Decision Scheduler::conclude(Decision decision, const Moment& now) {
  // Ending a run may begin others, and those may end at once, so this goes on until nothing more follows.
  for (;;) {
    dispatch(decision, now);
    std::vector<std::string> ended;
    for (const std::string& id : touched_) {
      if (runs_.at(id).ended) ended.push_back(id);
    }
    for (const std::string& id : std::set<std::string>(touched_)) {
      ActiveRun& active = runs_.at(id);
      std::vector<store::Change>& changes = decision.transaction.changes;
      if (!active.stored) {
        changes.emplace_back(store::InsertRun{active.run, active.steps});
      } else {
        for (const std::size_t i : active.dirty) {
          changes.emplace_back(store::UpdateStep{active.steps[i], active.stored_steps[i].first, active.stored_steps[i].second});
        }
        changes.emplace_back(store::UpdateRun{active.run, *active.stored});
      }
      active.stored = active.run.state;
      active.dirty.clear();
      active.stored_steps.clear();
      for (const StepRun& step : active.steps) active.stored_steps.emplace_back(step.state, step.attempt);
    }
    touched_.clear();
    for (const std::string& id : ended) {
      const Run run = runs_.at(id).run;
      runs_.erase(id);
      run_ended(run, decision, now);
    }
    if (touched_.empty() && ended.empty()) break;
  }
  decision.transaction.at = now.wall;
  return decision;
}

std::size_t Scheduler::running_steps() const {
  std::size_t running = 0;
  for (const auto& [id, active] : runs_) running += static_cast<std::size_t>(active.run.steps.running);
  return running;
}

std::vector<std::string> Scheduler::open_runs() const {
  std::vector<std::string> ids;
  for (const auto& [id, active] : runs_) ids.push_back(id);
  return ids;
}

std::optional<Run> Scheduler::find(const std::string& run_id) const {
  const auto found = runs_.find(run_id);
  return found == runs_.end() ? std::nullopt : std::optional(found->second.run);
}

SpecPtr Scheduler::pipeline(std::string_view name) const {
  const auto found = pipelines_.find(name);
  return found == pipelines_.end() ? nullptr : found->second.spec;
}

bool Scheduler::is_paused(std::string_view name) const { return paused_.find(name) != paused_.end(); }

std::vector<Scheduler::ConnectionView> Scheduler::connections() const {
  std::vector<ConnectionView> views;
  for (const auto& [name, connection] : connections_) {
    views.push_back({name, connection.gate.slots(), connection.gate.used(), static_cast<int>(connection.queue.size()),
                     connection.gate.is_open(), connection.gate.opens_at()});
  }
  return views;
}

}  // namespace penstock::run
