#include "daemon/cli/event_log.h"

#include <algorithm>
#include <utility>

#include "daemon/api/encode.h"
#include "daemon/cli/table.h"

namespace penstock::cli {
namespace {

using api::Json;
using store::Event;
using store::RunState;
using store::StepState;

/// A reason within a sentence.
std::string without_stop(std::string text) {
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::string why(const std::optional<store::Reason>& reason) { return reason ? ": " + without_stop(reason->message) : std::string(); }

std::string in_time(const Json& duration_ms) {
  return duration_ms.is_number() ? " in " + human_duration(duration_ms.get<long long>()) : std::string();
}

/// Adds what is there.
void add(Json& fields, const char* key, const std::string& value) {
  if (!value.empty()) fields[key] = value;
}

void add(Json& fields, const char* key, const Json& value) {
  if (!value.is_null()) fields[key] = value;
}

void add_fault(Json& fields, const std::optional<store::Fault>& fault) {
  if (!fault) return;
  add(fields, "error", fault->kind);
  add(fields, "code", fault->code);
  add(fields, "sqlstate", fault->sqlstate);
  add(fields, "vendor_code", fault->vendor_code);
  add(fields, "hint", fault->hint);
}

std::string words_of(const std::optional<store::Fault>& fault) { return fault ? ": " + fault->message : std::string(); }

Json fields_of(const store::Run& run) {
  Json fields{{"run", run.id}, {"pipeline", run.pipeline}};
  if (run.interval) fields["interval"] = api::rfc3339(run.interval->start) + "/" + api::rfc3339(run.interval->end);
  fields["trigger"] = name_of(run.trigger.kind);
  if (run.trigger.nominal) fields["nominal"] = api::rfc3339(*run.trigger.nominal);
  add(fields, "actor", run.trigger.actor);
  add(fields, "note", run.trigger.note);
  add(fields, "backfill", run.backfill_id);
  add(fields, "retry_of", run.retry_of);
  return fields;
}

LogLine line_of(const store::Run& run, RunState state) {
  const Json duration = api::elapsed_ms(run.started, run.finished);
  LogLine line{LogLevel::info, "run." + std::string(name_of(state)), run.pipeline, fields_of(run)};
  switch (state) {
    case RunState::scheduled:
      line.message += " waits until the run before it has ended";
      break;
    case RunState::queued:
      line.message += " is queued: its steps wait";
      break;
    case RunState::running:
      line.event = "run.started";
      line.message += " started";
      break;
    case RunState::cancelling:
      line.level = LogLevel::warn;
      line.message += " is being cancelled" + why(run.reason);
      break;
    case RunState::succeeded:
      line.message += " succeeded" + in_time(duration);
      break;
    case RunState::failed:
    case RunState::timed_out: {
      line.level = LogLevel::error;
      const std::string step = run.error && !run.error->step.empty() ? ": " + run.error->step : std::string();
      line.message += (state == RunState::failed ? " failed" : " timed out") + step + words_of(run.error);
      if (run.error) add(line.fields, "step", run.error->step);
      add_fault(line.fields, run.error);
      break;
    }
    case RunState::cancelled:
      line.level = LogLevel::warn;
      line.message += " was cancelled" + why(run.reason);
      break;
    case RunState::skipped:
      line.level = LogLevel::warn;
      line.message = "a start of " + run.pipeline + " was skipped" + why(run.reason);
      break;
  }
  if (run.reason && (state == RunState::cancelling || is_final(state))) line.fields["reason"] = run.reason->code;
  if (is_final(state)) {
    add(line.fields, "duration_ms", duration);
    add(line.fields, "rows", api::count_or_null(run.rows));
  }
  return line;
}

Json fields_of(const store::StepRun& step) {
  Json fields{{"run", step.run_id}, {"pipeline", step.pipeline}, {"step", step.name}};
  if (step.attempt > 0) fields["attempt"] = step.attempt;
  return fields;
}

std::string full_name(const store::StepRun& step) { return step.pipeline + "." + step.name; }

LogLine started_line(const store::StepRun& step) {
  LogLine line{LogLevel::info, "step.started", full_name(step) + " started", fields_of(step)};
  add(line.fields, "connection", step.connection);
  return line;
}

/// The attempt of a step that began, or failed and made room for the next one, at that moment.
std::optional<store::PastAttempt> past_attempt(const store::StepRun& step, std::optional<store::Time> store::PastAttempt::*moment,
                                               store::Time at, store::Snapshot& snapshot) {
  const auto attempts = snapshot.attempts(step.run_id, step.name);
  if (!attempts) return std::nullopt;
  const auto found = std::find_if(attempts->past.begin(), attempts->past.end(), [&](const auto& each) { return each.*moment == at; });
  return found == attempts->past.end() ? std::nullopt : std::optional(*found);
}

LogLine retry_line(const store::StepRun& step, const store::PastAttempt& failed) {
  LogLine line{LogLevel::warn, "step.retried", full_name(step) + " failed and is tried again" + words_of(failed.error), fields_of(step)};
  line.fields["attempt"] = failed.number;
  add_fault(line.fields, failed.error);
  return line;
}

LogLine line_of(const store::StepRun& step, StepState state) {
  const Json duration = api::elapsed_ms(step.started, step.finished);
  LogLine line{LogLevel::info, "step." + std::string(name_of(state)), full_name(step), fields_of(step)};
  switch (state) {
    case StepState::pending:
    case StepState::queued:
      line.message += " is queued" + why(step.reason);
      break;
    case StepState::running:
      return started_line(step);
    case StepState::succeeded:
      line.message += " succeeded" + in_time(duration) + (step.rows ? ", " + counted(*step.rows, "row") : "");
      break;
    case StepState::failed:
      line.level = LogLevel::error;
      line.message += " failed" + words_of(step.error);
      break;
    case StepState::cancelled:
      line.level = LogLevel::warn;
      line.message += " was cancelled" + why(step.reason);
      break;
    case StepState::skipped:
      line.message += " was skipped" + why(step.reason);
      break;
    case StepState::unknown:
      line.level = LogLevel::error;
      line.message += " is in doubt: the engine does not say whether it took effect" + words_of(step.error);
      break;
  }
  if (step.reason && is_final(state)) line.fields["reason"] = step.reason->code;
  if (!is_final(state) || !step.started) return line;
  add(line.fields, "duration_ms", duration);
  if (state == StepState::succeeded) {
    add(line.fields, "rows", api::count_or_null(step.rows));
  } else if (step.purpose) {
    line.fields["phase"] = store::phase_of(*step.purpose);
  }
  add_fault(line.fields, step.error);
  return line;
}

LogLine connection_line(const Event& event) {
  LogLine line{LogLevel::info, "connection." + event.state, "connection " + event.subject + " is " + event.state, {}};
  if (event.state == "degraded") line.level = LogLevel::warn;
  if (event.state == "down") line.level = LogLevel::error;
  line.fields["connection"] = event.subject;
  return line;
}

LogLine pipeline_line(const Event& event) {
  LogLine line{LogLevel::info, "pipeline." + event.subject, event.pipeline + " was " + event.subject, {{"pipeline", event.pipeline}}};
  if (event.subject == "schedule") {
    line.event = "pipeline." + event.state;
    line.message =
        event.pipeline + (event.state == "paused" ? " is paused: its schedule starts nothing" : " is active: its schedule starts runs");
  }
  if (event.subject == "added") line.level = LogLevel::debug;
  return line;
}

LogLine unit_line(const store::UnitRun& unit, const std::string& pipeline, const std::string& state) {
  const std::string purpose(store::name_of(unit.purpose));
  LogLine line{LogLevel::debug, "unit." + state, pipeline + "." + unit.step + ": " + purpose + " " + state, {{"run", unit.run_id}}};
  add(line.fields, "pipeline", pipeline);
  line.fields["step"] = unit.step;
  line.fields["attempt"] = unit.attempt;
  line.fields["unit"] = unit.token;
  add(line.fields, "engine_query_id", unit.engine_query_id);
  return line;
}

}  // namespace

std::vector<LogLine> EventLines::of(const Event& event, store::Snapshot& snapshot) {
  std::vector<LogLine> lines;
  switch (event.kind) {
    case Event::Kind::run:
      run(event, snapshot, lines);
      break;
    case Event::Kind::step:
      step(event, snapshot, lines);
      break;
    case Event::Kind::check:
      check(event, snapshot, lines);
      break;
    case Event::Kind::backfill:
      backfill(event, snapshot, lines);
      break;
    case Event::Kind::connection:
      lines.push_back(connection_line(event));
      break;
    case Event::Kind::pipeline:
      lines.push_back(pipeline_line(event));
      break;
    case Event::Kind::unit:
      if (!is_logged(LogLevel::debug)) break;
      if (const auto unit = snapshot.unit(event.subject); unit && *unit) {
        lines.push_back(unit_line(**unit, pipeline_of(event, snapshot), event.state));
      }
      break;
    case Event::Kind::server:  // Whoever loads the project says so itself, with its faults.
      break;
  }
  return lines;
}

LogLine EventLines::adopt(const store::OpenRun& open) {
  Told& told = runs_[open.run.id];
  told.pipeline = open.run.pipeline;
  told.state = name_of(open.run.state);
  for (const store::StepRun& step : open.steps) told.steps[step.name] = name_of(step.state);
  return {LogLevel::info, "run.adopted", open.run.pipeline + " goes on: an earlier process began it", fields_of(open.run)};
}

void EventLines::run(const Event& event, store::Snapshot& snapshot, std::vector<LogLine>& lines) {
  const auto [told, is_new] = runs_.try_emplace(event.run_id, Told{event.pipeline, {}, {}});
  const auto state = store::parse_run_state(event.state);
  if (!state || told->second.state == event.state) return;
  told->second.state = event.state;
  if (const auto found = snapshot.run(event.run_id); found && *found) lines.push_back(line_of(**found, *state));
  if (is_new && !is_final(*state)) {
    // A step that begins together with its run has no event of its own.
    const auto steps = snapshot.steps(event.run_id);
    for (store::StepRun& step : steps.value_or(std::vector<store::StepRun>())) {
      if (step.started != event.at && !(step.attempt > 1 && past_attempt(step, &store::PastAttempt::started, event.at, snapshot))) continue;
      step.attempt = 1;
      told->second.steps[step.name] = name_of(StepState::running);
      lines.push_back(started_line(step));
    }
  }
  if (is_final(*state)) runs_.erase(told);
}

void EventLines::step(const Event& event, store::Snapshot& snapshot, std::vector<LogLine>& lines) {
  const auto state = store::parse_step_state(event.state);
  const auto run = runs_.find(event.run_id);
  std::string before;
  if (run != runs_.end()) before = std::exchange(run->second.steps[event.step], event.state);
  if (!state || before == event.state) return;
  const auto found = snapshot.step(event.run_id, event.step);
  if (!found || !*found) return;
  const auto failed = *state == StepState::queued ? past_attempt(**found, &store::PastAttempt::finished, event.at, snapshot) : std::nullopt;
  lines.push_back(failed ? retry_line(**found, *failed) : line_of(**found, *state));
}

void EventLines::check(const Event& event, store::Snapshot& snapshot, std::vector<LogLine>& lines) const {
  if (event.state == store::name_of(store::CheckState::passed)) return;
  const auto found = snapshot.latest_check(event.run_id, event.step, event.subject);
  if (!found || !*found) return;
  const store::CheckRun& check = **found;
  const std::string pipeline = pipeline_of(event, snapshot);
  LogLine line{LogLevel::warn, "check." + event.state, pipeline + "." + event.step + ": check " + event.subject + " " + event.state, {}};
  line.message += ": expected " + check.expectation + (check.found.empty() ? "" : ", found " + check.found);
  line.fields["run"] = event.run_id;
  add(line.fields, "pipeline", pipeline);
  line.fields["step"] = event.step;
  line.fields["attempt"] = check.attempt;
  line.fields["check"] = event.subject;
  add(line.fields, "failing_rows", api::count_or_null(check.failing_rows));
  lines.push_back(std::move(line));
}

void EventLines::backfill(const Event& event, store::Snapshot& snapshot, std::vector<LogLine>& lines) {
  const auto state = store::parse_backfill_state(event.state);
  std::string& told = backfills_[event.subject];
  if (!state || told == event.state) return;
  told = event.state;
  if (is_final(*state)) backfills_.erase(event.subject);
  const auto found = snapshot.backfill(event.subject);
  if (!found || !*found) return;
  const store::Backfill& backfill = **found;
  LogLine line{LogLevel::info, "backfill." + event.state, "the backfill of " + backfill.pipeline, {{"backfill", backfill.id}}};
  line.fields["pipeline"] = backfill.pipeline;
  add(line.fields, "actor", backfill.actor);
  if (is_final(*state)) {
    line.level = *state == store::BackfillState::succeeded ? LogLevel::info
                 : *state == store::BackfillState::failed  ? LogLevel::error
                                                           : LogLevel::warn;
    line.message += (*state == store::BackfillState::cancelled ? " was " : " ") + event.state;
    line.fields["succeeded"] = backfill.succeeded;
    line.fields["failed"] = backfill.failed;
    line.fields["cancelled"] = backfill.cancelled;
  } else if (*state == store::BackfillState::cancelling) {
    line.level = LogLevel::warn;
    line.message += " is being cancelled";
  } else {
    line.event = "backfill.started";
    line.message += " started: " + counted(backfill.total, "interval");
  }
  lines.push_back(std::move(line));
}

std::string EventLines::pipeline_of(const Event& event, store::Snapshot& snapshot) const {
  if (const auto known = runs_.find(event.run_id); known != runs_.end()) return known->second.pipeline;
  const auto run = snapshot.run(event.run_id);
  return run && *run ? (*run)->pipeline : std::string();
}

EventLog::Before EventLog::look_into(const std::string& store_path) {
  Before before;
  const auto readers = store::Readers::open(store_path);
  if (!readers) return before;
  auto snapshot = (*readers)->snapshot();
  if (!snapshot) return before;
  before.last_event = snapshot->last_event();
  if (auto open = snapshot->open_runs()) before.open = std::move(*open);
  return before;
}

EventLog::EventLog(run::Engine& engine, const Before& before) : engine_(engine), after_(before.last_event) {
  for (const store::OpenRun& open : before.open) log(lines_.adopt(open));
  subscription_ = engine.subscribe([bell = bell_](const std::vector<Event>&) { bell->ring(); });
  thread_ = std::thread([this] { follow(); });
}

EventLog::~EventLog() {
  ending_ = true;
  bell_->ring();
  thread_.join();
}

void EventLog::follow() {
  constexpr std::chrono::seconds kLongestSleep{10};
  for (;;) {
    const bool ending = ending_;
    while (write_batch()) {}
    if (ending) return;
    bell_->wait_for(kLongestSleep);
  }
}

/// Whether there may be more at once.
bool EventLog::write_batch() {
  constexpr int kBatch = 500;
  auto snapshot = engine_.readers().snapshot();
  if (!snapshot) return false;
  const auto batch = snapshot->events_after(after_, kBatch);
  if (!batch) return false;
  if (batch->lost) {
    const std::int64_t last = snapshot->last_event();
    log({LogLevel::warn, "log.lost", "the log came too late for " + counted(last - after_, "event") + ", which nobody keeps any more", {}});
    after_ = last;
    return true;
  }
  for (const Event& event : batch->events) {
    for (const LogLine& line : lines_.of(event, *snapshot))
      log(line, std::chrono::time_point_cast<std::chrono::system_clock::duration>(event.at));
    after_ = event.sequence;
  }
  return static_cast<int>(batch->events.size()) == kBatch;
}

}  // namespace penstock::cli
