#include "daemon/run/control.h"

#include <date/date.h>

#include <algorithm>
#include <random>
#include <utility>

#include "pipelines/compiler/placement.h"

namespace penstock::run {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

/// However quiet it is, the control thread looks up this often: for jumps of the clock, and for whoever watches it.
constexpr std::chrono::seconds kLongestSleep{5};
constexpr milliseconds kTroublePause{250};
constexpr std::size_t kAnswersKept = 1000;

std::string shown(Time moment) { return date::format("%FT%TZ", std::chrono::floor<std::chrono::seconds>(moment)); }

Scheduler::Options scheduler_options(const EngineConfig& config) {
  Scheduler::Options options;
  options.seed = config.seed;
  if (options.seed == 0) {
    std::random_device device;
    options.seed = (static_cast<std::uint64_t>(device()) << 32U) | device();
  }
  options.schedules = config.schedules;
  options.fail_fast = config.fail_fast;
  return options;
}

}  // namespace

Reason cancelled_by(const std::string& actor, const std::string& note) {
  return {"cancelled_by_user", "Cancelled by " + (actor.empty() ? "a user" : actor) + (note.empty() ? "." : ": " + note)};
}

Control::Control(EngineConfig config, std::shared_ptr<store::Store> store, std::unique_ptr<store::Readers> readers)
    : config_(std::move(config)),
      store_(std::move(store)),
      readers_(std::move(readers)),
      registry_(config_.connect),
      scheduler_(scheduler_options(config_)) {}

ProjectPtr Control::project() const {
  const std::lock_guard lock(mutex_);
  return project_;
}

Time Control::last_tick() const {
  const std::lock_guard lock(mutex_);
  return last_tick_;
}

Pulse Control::pulse() const {
  Pulse pulse;
  pulse.store = store_->since_turn();
  const std::lock_guard lock(mutex_);
  pulse.scheduler = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - turned_);
  pulse.halted = halted_;
  return pulse;
}

std::optional<Error> Control::store_health() const {
  const std::optional<Error> trouble = store_->health();
  return trouble ? trouble : readers_->damage();
}

std::vector<std::string> Control::notes() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> texts;
  for (const auto& [kind, text] : notes_) texts.push_back(text);
  return texts;
}

void Control::note(const std::string& kind, const std::string& text) {
  {
    const std::lock_guard lock(mutex_);
    notes_[kind] = text;
  }
  if (config_.on_note) config_.on_note(text);
}

Error Control::ended_error() const {
  const std::lock_guard lock(mutex_);
  if (halted_) return *halted_;
  return Error{ErrorKind::refused, "Penstock is stopping and takes nothing more", {}, {}, {}, -1};
}

bool Control::post(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || halted_) return false;
    inbox_.push_back(std::move(task));
  }
  wake_.notify_one();
  return true;
}

void Control::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_ && !halted_) {
    std::deque<std::function<void()>> tasks = std::move(inbox_);
    inbox_.clear();
    lock.unlock();
    for (const auto& task : tasks) task();
    const Moment now = moment();
    if (const auto damage = readers_->damage(); damage && !std::exchange(knows_damage_, true)) note("damage", damage->message);
    // What cannot be written down does not begin; it is due when the store takes changes again.
    const bool may_begin = !store_->health();
    if (may_begin) {
      look_at_clock(now);
      Decision decision = scheduler_.advance(now);
      if (!decision.is_empty()) apply(std::move(decision), {});
    }
    const microseconds due = may_begin ? scheduler_.wait_from(moment()).value_or(kLongestSleep) : kTroublePause;
    const microseconds wait = std::min<microseconds>(due, kLongestSleep);
    lock.lock();
    last_tick_ = now.wall;
    turned_ = std::chrono::steady_clock::now();
    if (inbox_.empty() && !stopping_ && !halted_ && wait > microseconds(0)) wake_.wait_for(lock, wait);
  }
  // Whoever still waits for an answer gets one: the tasks run, and what they decide is refused by the closed store.
  std::deque<std::function<void()>> tasks = std::move(inbox_);
  inbox_.clear();
  lock.unlock();
  for (const auto& task : tasks) task();
}

/// A schedule that is decided further than the clock has come would be silent until then.
void Control::look_at_clock(const Moment& now) {
  if (!scheduler_.decided_ahead(now) || std::exchange(is_setting_back_, true)) return;
  Decision decision;
  decision.transaction.at = now.wall;
  store::Event event;
  event.kind = store::Event::Kind::server;
  event.subject = "clock";
  event.state = "set_back";
  decision.transaction.changes.emplace_back(store::AnnounceEvent{std::move(event)});
  // The store keeps its order: once this is durable, so is every run that began while the clock was ahead.
  apply(std::move(decision), [self = shared_from_this()](const Result<void>& result) {
    if (result) self->post([self] { self->set_back(); });
  });
}

void Control::set_back() {
  is_setting_back_ = false;
  const Moment now = moment();
  const std::optional<Time> ahead = scheduler_.decided_ahead(now);
  if (!ahead) return;
  auto ran = starts_after(now.wall);
  if (!ran) return halt(ran.error());
  std::size_t count = 0;
  for (const auto& [pipeline, starts] : *ran) count += starts.size();
  note("clock", "the clock has been ahead: starts up to " + shown(*ahead) + " were taken for due, and " + std::to_string(count) +
                    " of them ran. The schedules go on from " + shown(now.wall) + "; what ran then does not run again by itself");
  apply(scheduler_.set_back(std::move(*ran), now), {});
}

Result<Scheduler::Starts> Control::starts_after(Time now) {
  auto snapshot = readers_->snapshot();
  if (!snapshot) return tl::unexpected(snapshot.error());
  const auto rows = snapshot->starts_after(now);
  if (!rows) return tl::unexpected(rows.error());
  Scheduler::Starts starts;
  for (const auto& [pipeline, nominal] : *rows) starts[pipeline].insert(nominal);
  return starts;
}

void Control::apply(Decision decision, store::Store::Done done) {
  if (!decision.transaction.changes.empty() || done) {
    auto self = shared_from_this();
    // Work that starts brings its intents to the store in a moment, and one commit serves both.
    const store::Urgency urgency = decision.start.empty() || !decision.cancel.empty() ? store::Urgency::now : store::Urgency::later;
    auto cancels = std::make_shared<std::vector<AttemptId>>(std::move(decision.cancel));
    decision.cancel.clear();
    store_->commit(std::move(decision.transaction), urgency, [self, cancels, done = std::move(done)](const Result<void>& result) {
      if (!result) {
        self->halt(result.error());
      } else if (!cancels->empty()) {
        self->post([self, cancels] {
          for (const AttemptId& id : *cancels) self->executor_->cancel(id);
        });
      }
      if (done) done(result);
    });
  }
  for (const AttemptId& id : decision.cancel) executor_->cancel(id);
  for (StartStep& start : decision.start) executor_->start(std::move(start));
}

void Control::halt(const Error& error) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || halted_) return;
    halted_ = error;
  }
  wake_.notify_all();
  progress_.notify_all();
  ended_.notify_all();
  if (config_.on_halt) config_.on_halt(error);
}

void Control::hear_trouble(const std::optional<store::Store::Trouble>& trouble) {
  if (trouble && trouble->is_final) return halt(trouble->error);
  if (config_.on_trouble) config_.on_trouble(trouble ? std::optional(trouble->error) : std::nullopt);
}

Result<void> Control::decide(Decide question) {
  if (auto trouble = store_->health()) {
    trouble->kind = ErrorKind::unavailable;
    return tl::unexpected(std::move(*trouble));
  }
  auto promise = std::make_shared<std::promise<Result<void>>>();
  auto future = promise->get_future();
  const bool posted = post([this, promise, question = std::move(question)] {
    auto decision = question(scheduler_, moment());
    if (!decision) return promise->set_value(tl::unexpected(decision.error()));
    apply(std::move(*decision), [promise](const Result<void>& result) { promise->set_value(result); });
  });
  if (!posted) return tl::unexpected(ended_error());
  return future.get();
}

Result<Accepted> Control::decide_once(const Idempotency& idempotency, DecideAnswer question) {
  auto accepted = std::make_shared<Accepted>();
  const auto done = decide([this, idempotency, accepted, question = std::move(question)](Scheduler& scheduler,
                                                                                         const Moment& now) -> Result<Decision> {
    if (idempotency.key.empty()) return question(scheduler, now, accepted->id);
    auto known = answered_.find(idempotency.key);
    if (known == answered_.end()) {
      auto snapshot = readers_->snapshot();
      if (!snapshot) return tl::unexpected(snapshot.error());
      const auto request = snapshot->request(idempotency.key);
      if (!request) return tl::unexpected(request.error());
      if (*request) known = answered_.emplace(idempotency.key, std::pair((*request)->request_hash, (*request)->answer)).first;
    }
    if (known != answered_.end()) {
      if (known->second.first != idempotency.request_hash) {
        return fail(ErrorKind::conflict, "the idempotency key was used for another request", "use a new key for a new request");
      }
      *accepted = {known->second.second, true, {}};
      return Decision{};
    }
    auto decision = question(scheduler, now, accepted->id);
    if (!decision) return decision;
    decision->transaction.changes.emplace_back(store::RememberRequest{idempotency.key, idempotency.request_hash, accepted->id, now.wall});
    if (answered_.size() >= kAnswersKept) answered_.clear();
    answered_[idempotency.key] = {idempotency.request_hash, accepted->id};
    return decision;
  });
  if (!done) return tl::unexpected(done.error());
  return *accepted;
}

ExecutorHooks Control::hooks() {
  ExecutorHooks hooks;
  auto self = shared_from_this();
  hooks.connection = [self](const StartStep& step) -> Result<std::shared_ptr<SessionPool>> {
    const auto connection = self->connection_of(step);
    if (connection) return self->registry_.get(*connection);
    return fail(ErrorKind::not_found, "there is no connection \"" + step.connection + "\" in the project that the run began with");
  };
  hooks.plan = [self](const StartStep& step, connectors::Connector& connector) -> Result<PlannedStep> {
    const ProjectPtr project = self->project_of(step.run);
    if (!project || project->diagnostics.has_errors()) {
      return fail(ErrorKind::conflict, "the version of the project that the run began with cannot be compiled any more",
                  "retry the run: it then uses the version that is in force");
    }
    const auto laid_out = self->laid_out(step, *project);
    if (!laid_out) return tl::unexpected(laid_out.error());
    auto plan = self->planner_.plan(*project, step.run, step.id.step, connector, *laid_out);
    if (!plan) return plan;
    if (auto added = self->add_leftovers(*plan, step.connection); !added) return tl::unexpected(added.error());
    if (auto added = self->add_shortening(*plan, *project, step); !added) return tl::unexpected(added.error());
    return plan;
  };
  hooks.statement = [self](const ContentHash& hash) -> Result<std::string> {
    auto snapshot = self->readers_->snapshot();
    if (!snapshot) return tl::unexpected(snapshot.error());
    auto text = snapshot->statement(hash);
    if (!text) return tl::unexpected(text.error());
    if (!*text) return fail(ErrorKind::storage, "the text of a statement is missing in the store");
    return std::move(**text);
  };
  hooks.ended = [self](const StartStep& step, StepResult result) {
    const bool reached = !result.error || !is_retryable(result.error->kind);
    if (const auto connection = self->connection_of(step)) {
      self->registry_.note(*connection, self->config_.clock->now(),
                           reached ? std::nullopt : std::optional(store::fault_from(*result.error, step.id.step)));
      if (result.error) self->planner_.forget(*connection);
    }
    auto shared = std::make_shared<StepResult>(std::move(result));
    self->post([self, id = step.id, shared] {
      const Moment now = self->moment();
      Decision decision = self->scheduler_.finished(id, *shared, now);
      self->tell_connections(decision, now);
      if (!decision.is_empty()) self->apply(std::move(decision), {});
      self->progress_.notify_all();
    });
  };
  hooks.settled = [self](const StartStep& step, const StepResult& result) { self->settle(step, result); };
  hooks.halted = [self](const Error& error) { self->halt(error); };
  return hooks;
}

ProjectPtr Control::project_of(const store::Run& run) const {
  const std::lock_guard lock(mutex_);
  const auto found = projects_.find(run.version);
  return found == projects_.end() ? nullptr : found->second;
}

Result<std::vector<store::LaidOut>> Control::laid_out(const StartStep& step, const compiler::CompiledProject& project) {
  const compiler::CompiledStep* compiled = project.find(step.pipeline + "." + step.id.step);
  const bool is_asked =
      compiled != nullptr && compiled->step->layout && compiled->step->layout->on_change == model::TableLayout::Change::rebuild;
  if (!is_asked) return std::vector<store::LaidOut>();
  auto snapshot = readers_->snapshot();
  if (!snapshot) return tl::unexpected(snapshot.error());
  return snapshot->laid_out(step.connection);
}

std::shared_ptr<const model::Connection> Control::connection_of(const StartStep& step) const {
  const ProjectPtr project = project_of(step.run);
  if (!project) return nullptr;
  return {project, compiler::find_connection(*project->project, step.connection)};
}

std::vector<ConnectionState> Control::connections(const std::vector<Scheduler::ConnectionView>& views) const {
  const Time wall = config_.clock->now();
  const auto boot = config_.clock->since_boot();
  std::vector<ConnectionState> states;
  for (const auto& [name, note] : registry_.notes()) {
    ConnectionState& state = states.emplace_back();
    state.name = name;
    state.type = note.type;
    state.checked = note.checked;
    state.error = note.error;
    state.state = !note.used ? "unknown" : note.error ? "degraded" : "up";
    const auto view = std::find_if(views.begin(), views.end(), [&name = name](const auto& each) { return each.name == name; });
    if (view == views.end()) continue;
    state.slots = view->slots;
    state.slots_used = view->used;
    state.queued = view->queued;
    if (view->opens_at && *view->opens_at > boot) state.retry_at = wall + (*view->opens_at - boot);
    if (view->open_circuit) state.state = "down";
  }
  return states;
}

/// Adds an event for each connection whose state is another than was told.
void Control::tell_connections(Decision& decision, const Moment& now) {
  for (const ConnectionState& connection : connections(scheduler_.connections())) {
    std::string& told = told_.try_emplace(connection.name, "unknown").first->second;
    if (told == connection.state) continue;
    told = connection.state;
    store::Event event;
    event.kind = store::Event::Kind::connection;
    event.subject = connection.name;
    event.state = connection.state;
    decision.transaction.at = now.wall;
    decision.transaction.changes.emplace_back(store::AnnounceEvent{std::move(event)});
  }
}

/// What earlier runs could not drop on the connection is dropped when the step has published.
Result<void> Control::add_leftovers(PlannedStep& plan, const std::string& connection) {
  auto leftovers = leftovers_of(connection);
  if (!leftovers) return tl::unexpected(leftovers.error());
  std::move(leftovers->begin(), leftovers->end(), std::back_inserter(plan.units));
  return {};
}

Result<Scheduler::Restored> Control::read_restored(const ProjectSpec& project) {
  auto snapshot = readers_->snapshot();
  if (!snapshot) return tl::unexpected(snapshot.error());
  Scheduler::Restored restored;
  auto runs = snapshot->open_runs();
  if (!runs) return tl::unexpected(runs.error());
  restored.runs = std::move(*runs);
  auto cursors = snapshot->cursors();
  if (!cursors) return tl::unexpected(cursors.error());
  restored.cursors = std::move(*cursors);
  auto ran_ahead = starts_after(config_.clock->now());
  if (!ran_ahead) return tl::unexpected(ran_ahead.error());
  restored.ran_ahead = std::move(*ran_ahead);
  restored.older_than = store_->older_than();
  auto paused = snapshot->paused_pipelines();
  if (!paused) return tl::unexpected(paused.error());
  restored.paused = std::move(*paused);
  auto backfills = snapshot->open_backfills();
  if (!backfills) return tl::unexpected(backfills.error());
  for (Backfill& backfill : *backfills) {
    auto intervals = snapshot->intervals(backfill.id);
    if (!intervals) return tl::unexpected(intervals.error());
    restored.backfills.emplace_back(std::move(backfill), std::move(*intervals));
  }
  if (!config_.ending.empty()) keep_only_ending(restored);
  std::map<ContentHash, ProjectSpec> specs = {{project.version, project}};
  for (const store::OpenRun& open : restored.runs) {
    const ContentHash& hash = open.run.version;
    if (specs.find(hash) == specs.end()) {
      const auto version = snapshot->version(hash);
      ProjectSpec& spec = specs[hash];
      if (version && *version && config_.recompile) {
        // Where an older Penstock wrote it and it has errors now, it still says what its connections are.
        const ProjectPtr compiled = config_.recompile(**version);
        if (!compiled->diagnostics.has_errors()) spec = make_spec(*compiled, hash);
        remember_version(hash, compiled);
      }
    }
    const auto pipeline = specs[hash].pipelines.find(open.run.pipeline);
    if (pipeline != specs[hash].pipelines.end()) restored.specs[open.run.id] = pipeline->second;
  }
  return restored;
}

/// What is to be cancelled, with the backfill that counts its run.
void Control::keep_only_ending(Scheduler::Restored& restored) const {
  const std::string& id = config_.ending;
  std::erase_if(restored.runs, [&](const store::OpenRun& open) { return open.run.id != id && open.run.backfill_id != id; });
  std::erase_if(restored.backfills, [&](const auto& backfill) {
    const auto is_of = [&](const store::OpenRun& open) { return open.run.backfill_id == backfill.first.id; };
    return backfill.first.id != id && std::none_of(restored.runs.begin(), restored.runs.end(), is_of);
  });
  restored.cancel = cancelled_by(config_.actor, config_.note);
}

void Control::remember_version(const ContentHash& version, ProjectPtr project) {
  const std::lock_guard lock(mutex_);
  projects_[version] = std::move(project);
}

Decision Control::load_now(const ProjectPtr& project, const ProjectSpec& spec, const store::ProjectVersion& version, const Moment& now) {
  registry_.set_project(*project->project);
  remember_version(spec.version, project);
  Decision decision = scheduler_.load(spec, now);
  auto& changes = decision.transaction.changes;
  changes.insert(changes.begin(), store::InsertVersion{version});
  std::set<ContentHash> used = in_doubt_;
  used.insert(spec.version);
  for (const std::string& id : scheduler_.open_runs()) used.insert(scheduler_.find(id)->version);
  const std::lock_guard lock(mutex_);
  project_ = project;
  for (auto known = projects_.begin(); known != projects_.end();)
    known = used.count(known->first) > 0 ? std::next(known) : projects_.erase(known);
  return decision;
}

Result<void> Control::start(ProjectPtr project) {
  store_->listen([this](const std::vector<store::Event>& events) { hear(events); });
  store_->watch([this](const std::optional<store::Store::Trouble>& trouble) { hear_trouble(trouble); });
  executor_ = std::make_unique<Executor>(store_, config_.clock, hooks());
  const store::ProjectVersion version = version_of(*project, config_.clock->now());
  const ProjectSpec spec = make_spec(*project, version.hash);
  registry_.set_project(*project->project);
  remember_version(version.hash, project);
  const auto restored = read_restored(spec);
  if (!restored) return tl::unexpected(restored.error());
  if (restored->older_than) {
    note("older copy", "the store is an older copy of the one that was here: starts of schedules up to " + shown(*restored->older_than) +
                           " were decided there and are not decided again, and what is open in it (" +
                           std::to_string(restored->runs.size()) + " runs, " + std::to_string(restored->backfills.size()) +
                           " backfills) is cancelled");
  }
  const Moment now = moment();
  if (!config_.ending.empty()) scheduler_.stop_starting();
  apply(scheduler_.restore(*restored, spec, now), {});
  if (!config_.ending.empty()) {
    if (auto cancelled = scheduler_.cancel_backfill(config_.ending, now)) apply(std::move(*cancelled), {});
  }
  apply(load_now(project, spec, version, now), {});
  if (auto asked = ask_about_doubts(); !asked) return asked;
  thread_ = std::thread([this] { run(); });
  if (config_.schedules) clear_leftovers();
  return {};
}

Result<void> Control::load(ProjectPtr project) {
  const store::ProjectVersion version = version_of(*project, config_.clock->now());
  const ProjectSpec spec = make_spec(*project, version.hash);
  return decide(
      [this, project, version, spec](Scheduler&, const Moment& now) -> Result<Decision> { return load_now(project, spec, version, now); });
}

Result<void> Control::stop(StopMode mode, milliseconds patience) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return {};
  }
  const auto deadline = std::chrono::steady_clock::now() + patience;
  bool quiet = true;
  if (mode != StopMode::detach) {
    static_cast<void>(decide([mode](Scheduler& scheduler, const Moment& now) -> Result<Decision> {
      Decision all;
      if (mode == StopMode::cancel) {
        for (const std::string& id : scheduler.open_runs()) {
          auto one = scheduler.cancel(id, {"shutdown", "Penstock was told to cancel everything and stop."}, now);
          if (!one) continue;
          all.transaction.at = now.wall;
          std::move(one->transaction.changes.begin(), one->transaction.changes.end(), std::back_inserter(all.transaction.changes));
          all.cancel.insert(all.cancel.end(), one->cancel.begin(), one->cancel.end());
        }
      }
      scheduler.stop_starting();
      return all;
    }));
    for (;;) {
      const auto running =
          ask<std::size_t>([](Scheduler& scheduler, const Moment&) -> Result<std::size_t> { return scheduler.running_steps(); });
      if (!running || *running == 0) break;
      std::unique_lock lock(mutex_);
      if (progress_.wait_until(lock, deadline) == std::cv_status::timeout) {
        quiet = false;
        break;
      }
    }
  }
  shut_down();
  if (const auto lost = store_->health()) {
    return fail(ErrorKind::storage, "what waited for the store is not recorded: " + lost->message,
                "the next start asks the engines what became of it");
  }
  if (!quiet)
    return fail(ErrorKind::timed_out, "some statements were still running; they run on at their engines", "the next start adopts them");
  return {};
}

void Control::shut_down() {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
  }
  wake_.notify_all();
  executor_->detach();
  registry_.close();
  store_->close();
  if (thread_.joinable()) thread_.join();
  executor_.reset();
  ended_.notify_all();
}

void Control::hear(const std::vector<store::Event>& events) {
  const std::lock_guard lock(listeners_mutex_);
  for (const store::Event& event : events) {
    if (event.kind != store::Event::Kind::run) continue;
    const auto state = store::parse_run_state(event.state);
    if (state && is_final(*state)) ++runs_ended_;
  }
  ended_.notify_all();
  for (const auto& [id, sink] : sinks_) sink(events);
}

std::unique_ptr<Subscription> Control::subscribe(std::function<void(const std::vector<store::Event>&)> sink) {
  const std::lock_guard lock(listeners_mutex_);
  const int id = next_sink_++;
  sinks_[id] = std::move(sink);
  return std::make_unique<Subscription>([self = shared_from_this(), id] {
    const std::lock_guard listeners(self->listeners_mutex_);
    self->sinks_.erase(id);
  });
}

Result<std::optional<store::Run>> Control::wait(const std::string& run_id, milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    std::int64_t seen = 0;
    {
      const std::lock_guard lock(listeners_mutex_);
      seen = runs_ended_;
    }
    {
      auto snapshot = readers_->snapshot();
      if (!snapshot) return tl::unexpected(snapshot.error());
      auto run = snapshot->run(run_id);
      if (!run) return tl::unexpected(run.error());
      if (!*run) return fail(ErrorKind::not_found, "there is no run \"" + run_id + "\"");
      if (is_final((*run)->state)) return run;
    }
    {
      const std::lock_guard lock(mutex_);
      if (halted_) return tl::unexpected(*halted_);
    }
    std::unique_lock lock(listeners_mutex_);
    // Woken by ends of runs, and now and then to see whether the engine has halted.
    const auto until = std::min(deadline, std::chrono::steady_clock::now() + kLongestSleep);
    ended_.wait_until(lock, until, [&] { return runs_ended_ != seen; });
    if (runs_ended_ == seen && std::chrono::steady_clock::now() >= deadline) return std::optional<store::Run>();
  }
}

}  // namespace penstock::run
