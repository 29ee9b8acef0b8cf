#include <algorithm>
#include <utility>

#include "daemon/run/scheduler.h"
#include "daemon/run/scheduler_state.h"

namespace penstock::run {
namespace {

using std::chrono::microseconds;

constexpr std::size_t kMostMoments = 100000;

store::Event pipeline_event(const std::string& name, const char* change) {
  store::Event event;
  event.kind = store::Event::Kind::pipeline;
  event.pipeline = name;
  event.subject = change;
  return event;
}

}  // namespace

Decision Scheduler::load(const ProjectSpec& project, const Moment& now) {
  Decision decision;
  for (const auto& [name, slots] : project.slots) connection(name).gate.set_slots(slots);
  for (auto& [name, pipeline] : pipelines_) {
    if (!pipeline.spec || project.pipelines.count(name) > 0) continue;
    if (pipeline.next) due_.erase({*pipeline.next, name});
    pipeline.next.reset();
    pipeline.spec = nullptr;
    decision.transaction.changes.emplace_back(store::AnnounceEvent{pipeline_event(name, "removed")});
  }
  for (const auto& [name, spec] : project.pipelines) load_pipeline(spec, decision, now);
  // What an earlier process did not begin any more because it was stopping.
  std::vector<std::string> fed;
  for (const auto& [id, backfill] : backfills_) {
    if (backfill.backfill.active < backfill.backfill.max_active && backfill.next < backfill.intervals.size()) fed.push_back(id);
  }
  for (const std::string& id : fed) feed_backfill(backfills_.at(id), decision, now);
  for (auto& [name, pipeline] : pipelines_) begin_waiting(pipeline, now);
  return conclude(std::move(decision), now);
}

void Scheduler::load_pipeline(const SpecPtr& spec, Decision& decision, const Moment& now) {
  PipelineState& pipeline = pipelines_[spec->name];
  if (!pipeline.spec || pipeline.spec->definition_hash != spec->definition_hash) {
    decision.transaction.changes.emplace_back(store::AnnounceEvent{pipeline_event(spec->name, pipeline.spec ? "changed" : "added")});
  }
  pipeline.spec = spec;
  if (!options_.schedules || !spec->cron) {
    plan_next(pipeline);
    return;
  }
  // An edited schedule begins now: what the old one would have done before is decided, and what the new one would have done is not wanted.
  store::Cursor& cursor = cursors_[spec->name];
  const std::string definition = spec->cron->definition();
  if (cursor.definition != definition) {
    cursor = {spec->name, kScheduleTrigger, definition, std::max(cursor.at, now.wall)};
    decision.transaction.changes.emplace_back(store::MoveCursor{cursor});
  }
  plan_next(pipeline);
}

void Scheduler::plan_next(PipelineState& pipeline) {
  if (!pipeline.spec) return;
  const std::string& name = pipeline.spec->name;
  if (pipeline.next) due_.erase({*pipeline.next, name});
  pipeline.next.reset();
  furthest_ = std::max(furthest_, cursors_[name].at);
  if (!options_.schedules || !pipeline.spec->cron || pipeline.spec->broken || is_paused(name)) return;
  pipeline.next = pipeline.spec->cron->next(cursors_[name].at);
  due_.insert({*pipeline.next, name});
}

void Scheduler::fire_due(PipelineState& pipeline, const char* missed, Decision& decision, const Moment& now) {
  const PipelineSpec& spec = *pipeline.spec;
  store::Cursor& cursor = cursors_[spec.name];
  const std::vector<Time> moments = spec.cron->between(cursor.at + microseconds(1), now.wall + microseconds(1), kMostMoments);
  if (moments.empty()) return plan_next(pipeline);
  const auto policy = spec.schedule.misfire;
  std::vector<std::pair<Time, Reason>> skipped;
  std::vector<Time> fires;
  const auto ran = ran_ahead_.find(spec.name);
  for (const Time nominal : moments) {
    if (ran != ran_ahead_.end() && ran->second.erase(nominal) > 0) continue;
    const bool on_time = now.wall - nominal <= kOnTime;
    const bool in_window = on_time || now.wall - nominal <= spec.schedule.misfire_window;
    const bool is_last = nominal == moments.back();
    if (on_time && (is_last || policy != model::Schedule::Misfire::last)) {
      fires.push_back(nominal);
    } else if (!in_window) {
      skipped.emplace_back(nominal, Reason{missed, "The start was missed, and by now it is older than the misfire window."});
    } else if (policy == model::Schedule::Misfire::all || (policy == model::Schedule::Misfire::last && is_last)) {
      fires.push_back(nominal);
    } else if (policy == model::Schedule::Misfire::last) {
      skipped.emplace_back(nominal, Reason{"superseded", "The start was missed, and a later one was made up for instead."});
    } else {
      skipped.emplace_back(nominal, Reason{missed, "The start was missed, and missed starts are not made up for."});
    }
  }
  const std::size_t dropped = skipped.size() > kMostSkippedRows ? skipped.size() - kMostSkippedRows : 0;
  for (std::size_t i = dropped; i < skipped.size(); ++i) {
    auto [nominal, reason] = skipped[i];
    if (i == dropped && dropped > 0) reason.message += " So were " + std::to_string(dropped) + " starts before it.";
    skip_start(pipeline, nominal, reason, decision, now);
  }
  for (const Time nominal : fires) fire(pipeline, nominal, decision, now);
  cursor.at = moments.back();
  decision.transaction.changes.emplace_back(store::MoveCursor{cursor});
  plan_next(pipeline);
}

void Scheduler::skip_start(PipelineState& pipeline, Time nominal, const Reason& reason, Decision& decision, const Moment& now) {
  Run run = fresh_run(*pipeline.spec, {TriggerKind::schedule, kScheduleTrigger, nominal, {}, {}}, now);
  run.state = RunState::skipped;
  run.reason = reason;
  run.interval = pipeline.spec->cron->interval_for(nominal);
  run.finished = now.wall;
  decision.transaction.changes.emplace_back(store::InsertRun{std::move(run), {}});
}

void Scheduler::fire(PipelineState& pipeline, Time nominal, Decision& decision, const Moment& now) {
  using Concurrency = model::Schedule::Concurrency;
  const PipelineSpec& spec = *pipeline.spec;
  const bool busy = !pipeline.active.empty() || !pipeline.waiting.empty();
  const Concurrency policy = spec.schedule.overlap;
  const bool wait = busy && policy != Concurrency::allow;
  if (busy && policy == Concurrency::skip) {
    return skip_start(pipeline, nominal, {"overlap", "A run of the pipeline was still active."}, decision, now);
  }
  if (busy && policy == Concurrency::queue_one && !pipeline.waiting.empty()) {
    return skip_start(pipeline, nominal, {"overlap", "A run of the pipeline was still active, and another one waited already."}, decision,
                      now);
  }
  if (busy && policy == Concurrency::cancel_running) {
    const std::set<std::string> active = pipeline.active;
    for (const std::string& id : active) cancel_run(runs_.at(id), {"superseded", "A later start took its place."}, decision, now);
    for (const std::string& id : std::deque<std::string>(pipeline.waiting))
      cancel_run(runs_.at(id), {"superseded", "A later start took its place."}, decision, now);
  }
  Run run = fresh_run(spec, {TriggerKind::schedule, kScheduleTrigger, nominal, {}, {}}, now);
  run.interval = spec.cron->interval_for(nominal);
  run.state = wait ? RunState::scheduled : RunState::queued;
  std::vector<StepRun> steps = fresh_steps(run, spec, now);
  ActiveRun& active = add_run(std::move(run), std::move(steps), pipeline.spec);
  if (!wait) begin(active, now);
}

std::optional<Time> Scheduler::decided_ahead(const Moment& now) const {
  return furthest_ > now.wall + kClockSlack ? std::optional(furthest_) : std::nullopt;
}

Decision Scheduler::set_back(Starts ran, const Moment& now) {
  Decision decision;
  ran_ahead_ = std::move(ran);
  furthest_ = now.wall;
  for (auto& [name, cursor] : cursors_) {
    if (cursor.at <= now.wall + kClockSlack) {
      furthest_ = std::max(furthest_, cursor.at);
      continue;
    }
    const Time was = std::exchange(cursor.at, now.wall);
    decision.transaction.changes.emplace_back(store::MoveCursor{cursor, true});
    const auto pipeline = pipelines_.find(name);
    if (pipeline == pipelines_.end() || !pipeline->second.spec) continue;
    if (pipeline->second.spec->cron) {
      skip_start(pipeline->second, was,
                 {"clock_set_back",
                  "The clock had been ahead, and starts up to this one were taken for due. The schedule goes on from now; what "
                  "ran then does not run again by itself."},
                 decision, now);
    }
    plan_next(pipeline->second);
  }
  return conclude(std::move(decision), now);
}

Result<Decision> Scheduler::pause(const std::string& name, bool paused, const Moment& now) {
  const auto found = pipelines_.find(name);
  if (found == pipelines_.end() || !found->second.spec) return fail(ErrorKind::not_found, "there is no pipeline \"" + name + "\"");
  Decision decision;
  if (paused != is_paused(name)) {
    decision.transaction.changes.emplace_back(store::SetPaused{name, paused});
    if (paused) {
      // Up to here the schedule is decided; what comes due from here on is subject to the misfire policy when the pause ends.
      if (found->second.next && *found->second.next <= now.wall) fire_due(found->second, "misfire_window", decision, now);
      paused_.insert(name);
      plan_next(found->second);
    } else {
      paused_.erase(paused_.find(name));
      if (options_.schedules && found->second.spec->cron && !found->second.spec->broken) fire_due(found->second, "paused", decision, now);
    }
  }
  return conclude(std::move(decision), now);
}

}  // namespace penstock::run
