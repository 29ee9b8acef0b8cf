#include "daemon/run/engine.h"

#include <algorithm>

#include "daemon/run/control.h"
#include "daemon/run/earlier_runs.h"
#include "daemon/run/spec.h"
#include "pipelines/base/suggest.h"
#include "pipelines/model/language.h"

namespace penstock::run {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMostIntervals = 10000;
constexpr std::size_t kStoreQueue = 1000000;

Result<const model::Pipeline*> find_pipeline(const compiler::CompiledProject& project, const std::string& name) {
  std::vector<std::string> names;
  for (const model::Pipeline& pipeline : project.project->pipelines) {
    if (pipeline.name == name) return &pipeline;
    names.push_back(pipeline.name);
  }
  return fail(ErrorKind::not_found, "there is no pipeline \"" + name + "\"", did_you_mean(name, names));
}

Result<void> check_steps(const model::Pipeline& pipeline, const std::vector<std::string>& wanted) {
  std::vector<std::string> names;
  for (const model::Step& step : pipeline.steps) names.push_back(step.name);
  for (const std::string& name : wanted) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    return fail(ErrorKind::not_found, "the pipeline \"" + pipeline.name + "\" has no step \"" + name + "\"", did_you_mean(name, names));
  }
  return {};
}

/// What may have been published is not published again, unless a person who has looked says so.
Result<void> check_doubts(const std::vector<StepRun>& steps, const RetryRequest& request) {
  if (request.restart) return {};
  for (const StepRun& step : steps) {
    const bool is_named = std::find(request.steps.begin(), request.steps.end(), step.name) != request.steps.end();
    if (step.state != StepState::unknown || is_named) continue;
    return fail(
        ErrorKind::conflict, "the step \"" + step.name + "\" is in doubt: nobody knows yet whether it published",
        "retry when its engine has answered; or look at " + step.table + ", and repeat the step all the same with --step " + step.name);
  }
  return {};
}

/// Steps that what is written last belongs to, of rows that the interval chooses: begun with the newest, they would end with the oldest.
Result<void> check_newest_first(const compiler::CompiledProject& project, const model::Pipeline& pipeline,
                                const std::vector<std::string>& wanted) {
  for (const model::Step& step : pipeline.steps) {
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), step.name) == wanted.end()) continue;
    if (writing_of(step.publish) == Writing::side_by_side) continue;
    if (!reads_interval(project, pipeline, step)) continue;
    return fail(ErrorKind::refused,
                "the intervals cannot run newest first: the step \"" + step.name + "\" publishes as " +
                    std::string(model::word_of(step.publish.mode)) + ", so the oldest interval, written last, would stay",
                "leave the order as it is, publish it with `interval` or `newest_by`, or leave the step out");
  }
  return {};
}

Result<Cron> cron_of(const model::Pipeline& pipeline) {
  if (!pipeline.schedule) {
    return fail(ErrorKind::invalid_input, "the pipeline \"" + pipeline.name + "\" has no schedule, so it has no intervals",
                "give it a schedule");
  }
  return Cron::make(*pipeline.schedule);
}

/// A run of an interval that has not ended sees a part of its rows, and later runs do not make up for it.
Result<void> check_ended(const std::vector<store::Interval>& spans, const Cron& cron, Time now) {
  const auto unfinished = std::find_if(spans.begin(), spans.end(), [now](const store::Interval& span) { return span.end > now; });
  if (unfinished == spans.end()) return {};
  const auto shown = [&cron](Time moment) { return ir::to_string(cron.wall_clock(moment)); };
  const std::string way_out = "include_unfinished (--include-unfinished) runs them all the same";
  return fail(
      ErrorKind::refused,
      std::to_string(spans.end() - unfinished) + " of the " + std::to_string(spans.size()) +
          " intervals have not ended; the first of them goes from " + shown(unfinished->start) + " to " + shown(unfinished->end),
      unfinished == spans.begin() ? "wait for its end; " + way_out : "end the span at " + shown(unfinished->start) + "; " + way_out);
}

class RunningEngine final : public Engine {
 public:
  explicit RunningEngine(std::shared_ptr<Control> control) : control_(std::move(control)) {}
  ~RunningEngine() override { static_cast<void>(control_->stop(StopMode::detach, milliseconds(0))); }

  Result<void> stop(StopMode mode, milliseconds patience) override { return control_->stop(mode, patience); }

  Result<Accepted> trigger(const TriggerRequest& request) override {
    const ProjectPtr project = control_->project();
    const auto pipeline = find_pipeline(*project, request.pipeline);
    if (!pipeline) return tl::unexpected(pipeline.error());
    if (auto checked = check_request(**pipeline, request.parameters, request.steps); !checked) return tl::unexpected(checked.error());
    Scheduler::NewRun wanted;
    wanted.pipeline = request.pipeline;
    wanted.trigger = {request.kind, {}, {}, request.actor, request.note};
    wanted.parameters = request.parameters;
    wanted.steps = request.steps;
    wanted.interval = request.interval;
    if (wanted.interval && wanted.interval->end <= wanted.interval->start) {
      return fail(ErrorKind::invalid_input, "the interval ends before it starts");
    }
    if (!wanted.interval && (*pipeline)->schedule) {
      if (const auto cron = Cron::make(*(*pipeline)->schedule)) wanted.interval = cron->last_ended(control_->clock().now());
    }
    auto warned = warnings(*project, **pipeline, request.steps, only(wanted.interval));
    if (!warned) return tl::unexpected(warned.error());
    auto accepted = control_->decide_once(request.idempotency, [wanted](Scheduler& scheduler, const Moment& now, std::string& id) {
      return scheduler.trigger(wanted, now, id);
    });
    if (accepted && !accepted->replayed) accepted->warnings = std::move(*warned);
    return accepted;
  }

  Result<void> cancel(const std::string& run_id, const std::string& actor, const std::string& note) override {
    const Reason reason = cancelled_by(actor, note);
    const auto cancelled =
        control_->decide([run_id, reason](Scheduler& scheduler, const Moment& now) { return scheduler.cancel(run_id, reason, now); });
    if (cancelled || cancelled.error().kind != ErrorKind::not_found) return cancelled;
    const auto old = read_run(run_id);
    if (!old) return tl::unexpected(old.error());
    return fail(ErrorKind::conflict, "the run " + run_id + " has already " + past_of(old->state), "there is nothing to cancel");
  }

  Result<Accepted> retry(const RetryRequest& request) override {
    auto old = read_run(request.run_id);
    if (!old) return tl::unexpected(old.error());
    if (!is_final(old->state))
      return fail(ErrorKind::conflict, "the run " + request.run_id + " has not finished", "cancel it first, or wait");
    const ProjectPtr project = control_->project();
    const auto pipeline = find_pipeline(*project, old->pipeline);
    if (!pipeline) return tl::unexpected(pipeline.error());
    if (auto checked = check_steps(**pipeline, request.steps); !checked) return tl::unexpected(checked.error());
    Scheduler::Again again;
    auto snapshot = control_->readers().snapshot();
    if (!snapshot) return tl::unexpected(snapshot.error());
    auto steps = snapshot->steps(request.run_id);
    if (!steps) return tl::unexpected(steps.error());
    if (auto sure = check_doubts(*steps, request); !sure) return tl::unexpected(sure.error());
    again.old = std::move(*old);
    again.old_steps = std::move(*steps);
    again.restart = request.restart;
    again.steps = request.steps;
    again.trigger = {TriggerKind::retry, {}, {}, request.actor, request.note};
    const std::vector<std::string> repeated = steps_to_repeat(again);
    auto warned = warnings(*project, **pipeline, repeated, repeated.empty() ? std::vector<store::Interval>() : only(again.old.interval));
    if (!warned) return tl::unexpected(warned.error());
    auto accepted = control_->decide_once(
        request.idempotency, [again](Scheduler& scheduler, const Moment& now, std::string& id) { return scheduler.retry(again, now, id); });
    if (accepted && !accepted->replayed) accepted->warnings = std::move(*warned);
    return accepted;
  }

  Result<AcceptedBackfill> backfill(const BackfillRequest& request) override {
    const ProjectPtr project = control_->project();
    const auto pipeline = find_pipeline(*project, request.pipeline);
    if (!pipeline) return tl::unexpected(pipeline.error());
    if (auto checked = check_request(**pipeline, request.parameters, request.steps); !checked) return tl::unexpected(checked.error());
    const auto cron = cron_of(**pipeline);
    if (!cron) return tl::unexpected(cron.error());
    if (request.max_active < 1 || request.max_active > 100)
      return fail(ErrorKind::invalid_input, "at most 100 runs of a backfill may be active, and at least one");
    std::vector<store::Interval> spans = cron->intervals(request.from, request.to, kMostIntervals + 1);
    if (spans.empty()) return fail(ErrorKind::invalid_input, "no interval of the pipeline begins in that span");
    if (spans.size() > kMostIntervals) return fail(ErrorKind::refused, "the span holds more than 10,000 intervals", "split it");
    if (!request.include_unfinished) {
      if (auto ended = check_ended(spans, *cron, control_->clock().now()); !ended) return tl::unexpected(ended.error());
    }
    if (request.newest_first && spans.size() > 1) {
      if (auto allowed = check_newest_first(*project, **pipeline, request.steps); !allowed) return tl::unexpected(allowed.error());
      std::reverse(spans.begin(), spans.end());
    }
    AcceptedBackfill accepted;
    auto warned = warnings(*project, **pipeline, request.steps, spans);
    if (!warned) return tl::unexpected(warned.error());
    for (std::size_t i = 0; i < spans.size(); ++i) accepted.intervals.push_back({{}, static_cast<int>(i), spans[i], {}, {}, {}});
    Backfill& backfill = accepted.backfill;
    backfill.pipeline = request.pipeline;
    backfill.environment = project->environment;
    backfill.start = request.from;
    backfill.end = request.to;
    backfill.parameters = request.parameters;
    backfill.selected = request.steps;
    backfill.max_active = request.max_active;
    backfill.newest_first = request.newest_first;
    backfill.stop_on_failure = request.stop_on_failure;
    backfill.actor = request.actor;
    backfill.note = request.note;
    backfill.total = static_cast<int>(spans.size());
    backfill.waiting = backfill.total;
    backfill.created = control_->clock().now();
    if (request.dry_run) {
      accepted.warnings = std::move(*warned);
      return accepted;
    }
    const auto done = control_->decide_once(request.idempotency, [accepted](Scheduler& scheduler, const Moment& now, std::string& id) {
      Backfill wanted = accepted.backfill;
      wanted.id = id = scheduler.new_id('b', now);
      return scheduler.backfill(std::move(wanted), accepted.intervals, now);
    });
    if (!done) return tl::unexpected(done.error());
    auto stored = read_backfill(done->id);
    if (stored) stored->replayed = done->replayed;
    if (stored && !done->replayed) stored->warnings = std::move(*warned);
    return stored;
  }

  Result<void> cancel_backfill(const std::string& id, const std::string&, const std::string&) override {
    const auto cancelled = control_->decide([id](Scheduler& scheduler, const Moment& now) { return scheduler.cancel_backfill(id, now); });
    if (cancelled || cancelled.error().kind != ErrorKind::not_found) return cancelled;
    const auto old = read_backfill(id);
    if (!old) return tl::unexpected(old.error());
    return fail(ErrorKind::conflict, "the backfill " + id + " has already finished", "there is nothing to cancel");
  }

  Result<void> pause(const std::string& pipeline, bool paused) override {
    return control_->decide([pipeline, paused](Scheduler& scheduler, const Moment& now) { return scheduler.pause(pipeline, paused, now); });
  }

  Result<void> settle(const std::string& run_id, const std::string& step_name, bool took_effect, const std::string& actor) override {
    auto snapshot = control_->readers().snapshot();
    if (!snapshot) return tl::unexpected(snapshot.error());
    const auto step = snapshot->step(run_id, step_name);
    if (!step) return tl::unexpected(step.error());
    if (!*step) return fail(ErrorKind::not_found, "the run " + run_id + " has no step \"" + step_name + "\"");
    if ((*step)->state != StepState::unknown)
      return fail(ErrorKind::conflict, "the step " + step_name + " is not in doubt: it " + std::string(name_of((*step)->state)));
    StepRun settled = **step;
    settled.state = took_effect ? StepState::succeeded : StepState::failed;
    settled.reason = Reason{"settled", (actor.empty() ? "A user" : actor) +
                                           std::string(took_effect ? " saw that it took effect." : " saw that it had no effect.")};
    store::Transaction transaction;
    transaction.at = control_->clock().now();
    transaction.changes.emplace_back(store::UpdateStep{settled, StepState::unknown, settled.attempt});
    return control_->store().commit(std::move(transaction));
  }

  Result<void> reload(ProjectPtr project) override { return control_->load(std::move(project)); }
  Result<std::optional<store::Run>> wait(const std::string& run_id, milliseconds patience) override {
    return control_->wait(run_id, patience);
  }
  std::unique_ptr<Subscription> subscribe(std::function<void(const std::vector<store::Event>&)> sink) override {
    return control_->subscribe(std::move(sink));
  }
  void limit_store_patience(milliseconds most) override { control_->store().limit_patience(most); }
  store::Readers& readers() override { return control_->readers(); }
  ProjectPtr project() override { return control_->project(); }
  Time last_tick() override { return control_->last_tick(); }
  Pulse pulse() override { return control_->pulse(); }
  std::optional<Error> store_health() override { return control_->store_health(); }
  std::vector<std::string> notes() override { return control_->notes(); }

  std::vector<ConnectionState> connections() override {
    const auto views = control_->ask<std::vector<Scheduler::ConnectionView>>(
        [](Scheduler& scheduler, const Moment&) -> Result<std::vector<Scheduler::ConnectionView>> { return scheduler.connections(); });
    return control_->connections(views.value_or(std::vector<Scheduler::ConnectionView>()));
  }

  Result<void> announce(store::Event event) override {
    return control_->decide([event = std::move(event)](Scheduler&, const Moment& now) -> Result<Decision> {
      Decision decision;
      decision.transaction.at = now.wall;
      decision.transaction.changes.emplace_back(store::AnnounceEvent{event});
      return decision;
    });
  }

 private:
  static Result<void> check_request(const model::Pipeline& pipeline, const store::Parameters& parameters,
                                    const std::vector<std::string>& steps) {
    if (auto checked = check_steps(pipeline, steps); !checked) return checked;
    return check_parameters(pipeline, parameters);
  }

  Result<std::vector<Warning>> warnings(const compiler::CompiledProject& project, const model::Pipeline& pipeline,
                                        const std::vector<std::string>& steps, std::vector<store::Interval> spans) {
    if (spans.empty()) return std::vector<Warning>();
    auto snapshot = control_->readers().snapshot();
    if (!snapshot) return tl::unexpected(snapshot.error());
    return warnings_of(project, pipeline, steps, std::move(spans), *snapshot);
  }

  static std::vector<store::Interval> only(const std::optional<store::Interval>& interval) {
    return interval ? std::vector{*interval} : std::vector<store::Interval>();
  }

  /// The steps that a retry does not keep as they are.
  static std::vector<std::string> steps_to_repeat(const Scheduler::Again& again) {
    std::vector<std::string> repeated;
    const auto is_in = [](const std::vector<std::string>& names, const std::string& name) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    for (const StepRun& step : again.old_steps) {
      if (step.reason && step.reason->code == "not_selected") continue;
      const bool follows =
          std::any_of(step.depends_on.begin(), step.depends_on.end(), [&](const std::string& name) { return is_in(repeated, name); });
      if (again.restart || follows || step.state != StepState::succeeded || is_in(again.steps, step.name)) repeated.push_back(step.name);
    }
    return repeated;
  }

  static std::string past_of(RunState state) {
    if (state == RunState::timed_out) return "timed out";
    if (state == RunState::cancelled || state == RunState::skipped) return "been " + std::string(name_of(state));
    return std::string(name_of(state));
  }

  Result<store::Run> read_run(const std::string& id) {
    auto snapshot = control_->readers().snapshot();
    if (!snapshot) return tl::unexpected(snapshot.error());
    auto run = snapshot->run(id);
    if (!run) return tl::unexpected(run.error());
    if (!*run) return fail(ErrorKind::not_found, "there is no run \"" + id + "\"");
    return std::move(**run);
  }

  Result<AcceptedBackfill> read_backfill(const std::string& id) {
    auto snapshot = control_->readers().snapshot();
    if (!snapshot) return tl::unexpected(snapshot.error());
    auto backfill = snapshot->backfill(id);
    if (!backfill) return tl::unexpected(backfill.error());
    if (!*backfill) return fail(ErrorKind::not_found, "there is no backfill \"" + id + "\"");
    auto intervals = snapshot->intervals(id);
    if (!intervals) return tl::unexpected(intervals.error());
    return AcceptedBackfill{std::move(**backfill), std::move(*intervals), false, {}};
  }

  const std::shared_ptr<Control> control_;
};

}  // namespace

Result<std::unique_ptr<Engine>> Engine::start(EngineConfig config, ProjectPtr project) {
  if (!config.clock) config.clock = std::make_shared<SystemClock>();
  store::Options options;
  options.path = config.store_path;
  options.owner = config.owner;
  options.queue_limit = kStoreQueue;
  options.patience = config.store_patience;
  auto store = store::Store::open(options);
  if (!store) return tl::unexpected(store.error());
  auto readers = store::Readers::open(config.store_path);
  if (!readers) return tl::unexpected(readers.error());
  auto control = std::make_shared<Control>(std::move(config), std::move(*store), std::move(*readers));
  if (auto started = control->start(std::move(project)); !started) {
    static_cast<void>(control->stop(StopMode::detach, milliseconds(0)));
    return tl::unexpected(started.error());
  }
  return std::make_unique<RunningEngine>(std::move(control));
}

}  // namespace penstock::run
