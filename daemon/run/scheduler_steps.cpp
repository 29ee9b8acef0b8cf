#include <algorithm>
#include <cmath>

#include "daemon/run/scheduler.h"
#include "daemon/run/scheduler_state.h"

namespace penstock::run {

using std::chrono::microseconds;

namespace {

Reason waiting_for_slot(const StepRun& step) {
  return {"waiting_for_slot", "It waits for a slot of the connection " + step.connection + "."};
}

}  // namespace

void Scheduler::set_state(ActiveRun& active, std::size_t index, StepState state, const Moment& now) {
  StepRun& step = active.steps[index];
  --counter(active.run.steps, step.state);
  ++counter(active.run.steps, state);
  if (is_final(state) && !is_final(step.state)) {
    step.finished = now.wall;
    --active.open_steps;
    writers_.leave(writer_of(active, index));
  }
  if (step.state == StepState::running && state != StepState::running) writers_.finish(writer_of(active, index));
  if (state == StepState::running) writers_.start(writer_of(active, index));
  step.state = state;
  active.dirty.insert(index);
  touched_.insert(active.run.id);
}

void Scheduler::queue_step(ActiveRun& active, std::size_t index, const Moment& now) {
  StepRun& step = active.steps[index];
  if (!step.queued) step.queued = now.wall;
  step.reason = waiting_for_slot(step);
  if (step.state != StepState::queued) set_state(active, index, StepState::queued, now);
  connection(step.connection).queue.emplace_back(active.run.id, index);
}

void Scheduler::dispatch(Decision& decision, const Moment& now) {
  if (stopping_) return;
  // Where the slots are taken nobody is looked at below.
  for (const TableWriters::Writer& writer : writers_.take_misinformed()) {
    const auto found = runs_.find(writer.run_id);
    if (found == runs_.end() || found->second.steps[writer.step].state != StepState::queued) continue;
    if (found->second.steps[writer.step].next_attempt) continue;
    tell(found->second, writer.step, writers_.obstacle(writer));
  }
  for (auto& [name, connection] : connections_) {
    TableWriters::Passed passed;
    std::deque<std::pair<std::string, std::size_t>> waiting;
    while (!connection.queue.empty() && connection.gate.may_start(now)) {
      auto [run_id, index] = std::move(connection.queue.front());
      connection.queue.pop_front();
      const auto found = runs_.find(run_id);
      if (found == runs_.end() || found->second.steps[index].state != StepState::queued) continue;
      if (must_wait(found->second, index, passed)) {
        waiting.emplace_back(std::move(run_id), index);
      } else {
        start_step(found->second, index, decision, now);
      }
    }
    connection.queue.insert(connection.queue.begin(), std::make_move_iterator(waiting.begin()), std::make_move_iterator(waiting.end()));
  }
}

/// What keeps a queued step from its table; without that, it is a slot.
void Scheduler::tell(ActiveRun& active, std::size_t index, const std::optional<Reason>& obstacle) {
  if (obstacle) writers_.wait(writer_of(active, index));
  StepRun& step = active.steps[index];
  const Reason reason = obstacle ? *obstacle : waiting_for_slot(step);
  if (step.reason && step.reason->message == reason.message) return;
  step.reason = reason;
  active.dirty.insert(index);
  touched_.insert(active.run.id);
}

TableWriters::Writer Scheduler::writer_of(const ActiveRun& active, std::size_t index) {
  const StepRun& step = active.steps[index];
  const bool known = active.spec && index < active.spec->steps.size();
  return {step.connection,
          step.table,
          active.run.pipeline,
          active.run.id,
          index,
          active.run.interval ? std::optional(active.run.interval->start) : std::nullopt,
          known ? active.spec->steps[index].writing : Writing::alone,
          step.publish_as};
}

/// Whether somebody else has to be done with the step's table first; the step then says who.
bool Scheduler::must_wait(ActiveRun& active, std::size_t index, TableWriters::Passed& passed) {
  const TableWriters::Writer writer = writer_of(active, index);
  std::optional<Reason> reason = passed.obstacle(writer);
  if (!reason) {
    reason = writers_.obstacle(writer);
    if (!reason) return false;
    passed.add(writer, *reason);
  }
  tell(active, index, reason);
  return true;
}

void Scheduler::start_step(ActiveRun& active, std::size_t index, Decision& decision, const Moment& now) {
  StepRun& step = active.steps[index];
  ++step.attempt;
  step.reason.reset();
  step.error.reset();
  step.purpose.reset();
  step.next_attempt.reset();
  step.units_total = 0;
  step.units_finished = 0;
  step.checks = {};
  step.started = now.wall;
  set_state(active, index, StepState::running, now);
  if (active.run.state == RunState::queued) {
    active.run.state = RunState::running;
    active.run.started = now.wall;
  }
  connection(step.connection).gate.start();
  const AttemptId id{active.run.id, step.name, step.attempt};
  if (active.spec && index < active.spec->steps.size() && active.spec->steps[index].timeout) {
    timers_.insert({now.boot + *active.spec->steps[index].timeout, id, true});
  }
  decision.start.push_back({id, active.run.pipeline, step.connection, active.run, active.spec, {}, false});
}

void Scheduler::skip_step(ActiveRun& active, std::size_t index, const Reason& reason, const Moment& now) {
  // A deep chain must not become a deep recursion.
  std::vector<std::pair<std::size_t, Reason>> open = {{index, reason}};
  while (!open.empty()) {
    const auto [at, why] = open.back();
    open.pop_back();
    StepRun& step = active.steps[at];
    if (step.state != StepState::pending) continue;
    step.reason = why;
    set_state(active, at, StepState::skipped, now);
    for (const std::size_t dependent : active.dependents[at]) {
      open.emplace_back(dependent, Reason{"upstream_skipped", "The step " + step.name + " was skipped."});
    }
  }
}

void Scheduler::step_ended(ActiveRun& active, std::size_t index, Decision& decision, const Moment& now) {
  const StepRun& step = active.steps[index];
  for (const std::size_t dependent : active.dependents[index]) {
    if (step.state != StepState::succeeded) {
      skip_step(active, dependent, {"upstream_failed", "The step " + step.name + " did not succeed."}, now);
    } else if (--active.unmet[dependent] == 0 && active.steps[dependent].state == StepState::pending) {
      queue_step(active, dependent, now);
    }
  }
  if (options_.fail_fast && step.state == StepState::failed && active.run.state == RunState::running) {
    const std::optional<store::Fault> first = active.run.error;
    cancel_run(active, {"upstream_failed", "The step " + step.name + " failed, and the run stops at the first failure."}, decision, now);
    active.run.error = first;
  }
  end_if_done(active, now);
}

bool Scheduler::retry_step(ActiveRun& active, std::size_t index, const Error& error, Decision& decision, const Moment& now) {
  StepRun& step = active.steps[index];
  const model::Retry retry = active.spec && index < active.spec->steps.size() ? active.spec->steps[index].retry : model::Retry{1, {}, {}};
  if (!is_retryable(error.kind) || step.attempt >= retry.attempts || active.run.state == RunState::cancelling || active.timed_out[index])
    return false;
  if (!connection(step.connection).gate.take_retry()) return false;
  store::PastAttempt past;
  past.run_id = active.run.id;
  past.step = step.name;
  past.number = step.attempt;
  past.queued = step.queued;
  past.started = step.started;
  past.finished = now.wall;
  past.error = step.error;
  decision.transaction.changes.emplace_back(store::InsertAttempt{past});
  const double doubled = std::ldexp(static_cast<double>(retry.first_delay.count()), std::min(step.attempt - 1, 30));
  const double ceiling = std::min(doubled, static_cast<double>(retry.longest_delay.count()));
  const auto delay = microseconds(static_cast<std::int64_t>(random() * ceiling * 1000));
  step.queued = now.wall;
  step.next_attempt = now.wall + delay;
  step.reason = Reason{"waiting_for_retry", "Attempt " + std::to_string(step.attempt) + " failed; the next one follows by itself."};
  set_state(active, index, StepState::queued, now);
  timers_.insert({now.boot + delay, {active.run.id, step.name, step.attempt}, false});
  return true;
}

Decision Scheduler::finished(const AttemptId& id, const StepResult& result, const Moment& now) {
  Decision decision;
  const auto found = runs_.find(id.run_id);
  if (found == runs_.end()) return decision;
  ActiveRun& active = found->second;
  const std::size_t index = active.index_of(id.step);
  if (index == active.steps.size() || active.steps[index].state != StepState::running || active.steps[index].attempt != id.attempt)
    return decision;
  StepRun& step = active.steps[index];
  decision.transaction.changes = result.changes;
  ConnectionGate& gate = connection(step.connection).gate;
  gate.finish();
  StepState state = result.state;
  std::optional<Error> error = result.error;
  if (state == StepState::succeeded) {
    gate.succeeded();
  } else if (error) {
    gate.failed(error->kind, now, random());
  }
  if (active.timed_out[index] && state != StepState::succeeded && state != StepState::unknown) {
    error = Error{ErrorKind::timed_out, "the step took longer than its timeout", "raise `timeout`, or make the step cheaper", {}, {}, -1};
    state = StepState::failed;
  } else if (state == StepState::failed && active.run.state == RunState::cancelling && error && is_retryable(error->kind)) {
    // It would be tried again, had nobody cancelled the run: the cancel is what ended it.
    state = StepState::cancelled;
  } else if (state == StepState::cancelled && active.run.state != RunState::cancelling) {
    // Nobody here asked for it: somebody at the engine did.
    state = StepState::failed;
    if (!error) error = Error{ErrorKind::cancelled, "the statement was cancelled at the engine", {}, {}, {}, -1};
  }
  step.rows = result.rows;
  step.bytes_scanned = result.bytes_scanned;
  step.checks = result.checks;
  step.units_total = result.units_total;
  step.units_finished = result.units_finished;
  step.purpose = result.purpose;
  if (!result.publish_method.empty()) step.publish_method = result.publish_method;
  step.error.reset();
  if (state != StepState::succeeded && state != StepState::cancelled) {
    step.error = result.fault && !active.timed_out[index] ? result.fault
                 : error                                  ? std::optional(store::fault_from(*error, id.step))
                                                          : std::nullopt;
  }
  if (state == StepState::failed && error && retry_step(active, index, *error, decision, now)) return conclude(std::move(decision), now);

  if (state == StepState::cancelled) {
    const bool is_silent = error && error->kind == ErrorKind::unavailable;
    step.reason =
        Reason{"run_cancelled", is_silent ? "The run was cancelled; the engine does not answer, and nothing of the step was published."
                                          : "The run was cancelled; the engine has confirmed that it stopped."};
  }
  set_state(active, index, state, now);
  if (state == StepState::succeeded) record_published(active, index, decision, now);
  Run& run = active.run;
  if (step.error && !run.error) run.error = step.error;
  if (step.rows && state == StepState::succeeded) run.rows = run.rows.value_or(0) + *step.rows;
  if (step.bytes_scanned) run.bytes_scanned = run.bytes_scanned.value_or(0) + *step.bytes_scanned;
  run.checks.passed += step.checks.passed;
  run.checks.failed += step.checks.failed;
  run.checks.warned += step.checks.warned;
  step_ended(active, index, decision, now);
  return conclude(std::move(decision), now);
}

void Scheduler::record_published(const ActiveRun& active, std::size_t index, Decision& decision, const Moment& now) {
  if (!active.spec || index >= active.spec->steps.size()) return;
  const StepSpec& spec = active.spec->steps[index];
  decision.transaction.changes.emplace_back(
      store::PutPublished{{active.run.environment, active.run.pipeline, spec.name, spec.connection, spec.table, spec.meaning.query,
                           spec.meaning.publish, spec.meaning.checks, active.run.id, now.wall}});
}

void Scheduler::fire_timers(Decision& decision, const Moment& now) {
  while (!timers_.empty() && timers_.begin()->boot <= now.boot) {
    const Timer timer = *timers_.begin();
    timers_.erase(timers_.begin());
    const auto found = runs_.find(timer.id.run_id);
    if (found == runs_.end()) continue;
    ActiveRun& active = found->second;
    const std::size_t index = active.index_of(timer.id.step);
    if (index == active.steps.size() || active.steps[index].attempt != timer.id.attempt) continue;
    StepRun& step = active.steps[index];
    if (timer.is_timeout && step.state == StepState::running) {
      active.timed_out[index] = true;
      decision.cancel.push_back(timer.id);
    } else if (!timer.is_timeout && step.state == StepState::queued && step.next_attempt) {
      step.next_attempt.reset();
      queue_step(active, index, now);
      active.dirty.insert(index);
      touched_.insert(active.run.id);
    }
  }
}

Decision Scheduler::advance(const Moment& now) {
  Decision decision;
  fire_timers(decision, now);
  while (!stopping_ && !due_.empty() && due_.begin()->first <= now.wall) {
    PipelineState& pipeline = pipelines_.find(due_.begin()->second)->second;
    fire_due(pipeline, "misfire_window", decision, now);
  }
  return conclude(std::move(decision), now);
}

std::optional<microseconds> Scheduler::wait_from(const Moment& now) const {
  std::optional<microseconds> shortest;
  const auto offer = [&](microseconds wait) {
    wait = std::max(wait, microseconds(0));
    if (!shortest || wait < *shortest) shortest = wait;
  };
  if (!timers_.empty()) offer(timers_.begin()->boot - now.boot);
  if (stopping_) return shortest;
  if (!due_.empty()) offer(due_.begin()->first - now.wall);
  for (const auto& [name, connection] : connections_) {
    if (!connection.queue.empty() && connection.gate.opens_at() && *connection.gate.opens_at() > now.boot)
      offer(*connection.gate.opens_at() - now.boot);
  }
  return shortest;
}

}  // namespace penstock::run
