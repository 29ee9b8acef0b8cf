#include "daemon/run/executor.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "daemon/run/run_id.h"

namespace penstock::run {
namespace {

/// What the step's compute stood for in the version that the run began with.
std::map<std::string, std::string, std::less<>> compute_of(const StartStep& step) {
  if (!step.spec) return {};
  for (const StepSpec& spec : step.spec->steps) {
    if (spec.name == step.id.step) return spec.compute;
  }
  return {};
}

using std::chrono::milliseconds;

constexpr milliseconds kFirstCancelPause{100};
constexpr milliseconds kLongestCancelPause{5000};
constexpr milliseconds kFirstFindPause{250};
constexpr milliseconds kLongestFindPause{15000};
constexpr milliseconds kDetachPatience{300};

}  // namespace

/// Everything that threads touch: it outlives the executor, because a thread that waits for an engine cannot be interrupted.
struct Executor::Shared : std::enable_shared_from_this<Executor::Shared> {
  struct Job {
    StartStep step;
    std::mutex mutex;
    std::condition_variable changed;
    bool cancelled = false;
    bool ended = false;
    bool canceller_runs = false;
    bool given_up = false;     ///< It has ended for everybody else; how it really ended is told by `settled`.
    bool is_reachable = true;  ///< As the last cancel found the engine.
    std::string handle;        ///< Of the unit that is being followed.
    std::shared_ptr<connectors::Connector> connector;
    /// Its thread changes it under the mutex, and reads it without.
    std::unique_ptr<StepMachine> machine;
  };
  using JobPtr = std::shared_ptr<Job>;

  std::shared_ptr<store::Store> store;
  std::shared_ptr<Clock> clock;
  ExecutorHooks hooks;
  StopPatience patience;

  std::mutex mutex;  // Guards what follows.
  std::condition_variable wake;
  std::condition_variable quiet;
  std::deque<std::function<void()>> tasks;
  std::size_t idle_threads = 0;
  std::size_t threads = 0;
  bool detached = false;
  std::map<AttemptId, JobPtr> jobs;

  bool is_detached() {
    const std::lock_guard lock(mutex);
    return detached;
  }

  void post(std::function<void()> task) {
    const std::lock_guard lock(mutex);
    if (detached) return;
    tasks.push_back(std::move(task));
    if (idle_threads >= tasks.size()) {
      wake.notify_one();
      return;
    }
    ++threads;
    std::thread([self = shared_from_this()] { self->work(); }).detach();
  }

  void work() {
    std::unique_lock lock(mutex);
    for (;;) {
      if (tasks.empty() && !detached) {
        ++idle_threads;
        wake.wait(lock, [this] { return !tasks.empty() || detached; });
        --idle_threads;
      }
      if (detached) break;
      const std::function<void()> task = std::move(tasks.front());
      tasks.pop_front();
      lock.unlock();
      task();
      lock.lock();
    }
    --threads;
    quiet.notify_all();
  }

  /// Waits on the job; true when it may go on, false when the executor has been detached.
  bool pause(Job& job, milliseconds length) {
    std::unique_lock lock(job.mutex);
    job.changed.wait_for(lock, length, [&] { return job.ended || is_detached(); });
    return !is_detached();
  }

  void begin(const JobPtr& job);
  void drive(const JobPtr& job);
  void keep_cancelling(const JobPtr& job);
  void limit_stopping(const JobPtr& job);
  void request_cancel(const JobPtr& job);
};

namespace {

/// Drives one attempt; lives on the thread that does.
template <typename Shared, typename JobPtr>
class Driver {
 public:
  Driver(Shared& shared, JobPtr job) : shared_(shared), job_(std::move(job)) {}

  void run() {
    auto pool = shared_.hooks.connection(job_->step);
    if (!pool) {
      // An attempt that an earlier process began may still run there: it waits until the connection can be made.
      if (!wait_for(pool)) return;
      if (!pool) return tell(unreachable(pool.error()));
    }
    pool_ = *pool;
    connector_ = pool_->connector();
    {
      const std::lock_guard lock(job_->mutex);
      job_->connector = connector_;
    }
    auto made = make_machine();
    if (!made) return tell(failed(made.error()));
    {
      const std::lock_guard lock(job_->mutex);
      job_->machine = std::move(*made);
    }
    const StepMachine& steps = *job_->machine;
    StepMachine::Action action = told([&](StepMachine& machine) { return machine.begin(now()); });
    while (!std::holds_alternative<StepMachine::Done>(action)) {
      if (shared_.is_detached()) return;
      std::optional<StepMachine::Action> following = std::visit([&](auto& what) { return perform(steps, what); }, action);
      if (!following) return;
      action = std::move(*following);
    }
    pool_->give(std::move(session_));
    StepResult result = std::move(std::get<StepMachine::Done>(action).result);
    if (job_->machine->was_refused() && has_moved(result)) blame_the_move(result);
    tell(std::move(result));
  }

 private:
  using Next = std::optional<StepMachine::Action>;

  Time now() { return shared_.clock->now(); }

  /// Tells the machine what happened.
  template <typename Tell>
  auto told(const Tell& tell) {
    const std::lock_guard lock(job_->mutex);
    if (job_->cancelled) job_->machine->cancel();
    return tell(*job_->machine);
  }

  static StepResult failed(const Error& error) {
    StepResult result;
    result.state = StepState::failed;
    result.error = error;
    return result;
  }

  /// What an earlier process began may have taken effect, and nobody can be asked.
  StepResult unreachable(const Error& error) const {
    StepResult result = failed(error);
    if (!job_->step.units.empty()) result.state = StepState::unknown;
    return result;
  }

  /// Whether a publish that the engine refused was planned for a table that is no longer as it was, or that others depend on by now:
  /// somebody else made, dropped or altered something meanwhile. Of a table that the plan itself made, nobody can tell, so that is planned
  /// once more, too.
  bool has_moved(const StepResult& result) const {
    if (!seen_ || result.state != StepState::failed || !result.error || result.error->kind != ErrorKind::permanent) return false;
    const auto now = connector_->describe(seen_->name.catalog.text(), seen_->name.schema.text(), seen_->name.name.text());
    if (now && !(*now == seen_->description)) return true;
    if (!seen_->taken) return false;
    const auto dependants = connector_->dependants(*seen_->taken);
    return dependants && !dependants->is_as(seen_->dependants);
  }

  void blame_the_move(StepResult& result) const {
    result.error->kind = ErrorKind::transient;
    result.error->message = to_string(seen_->name) + " is no longer what this step was planned for: " + result.error->message;
    result.error->hint = "the next attempt plans it anew";
  }

  void tell(StepResult result) {
    bool given_up = false;
    {
      const std::lock_guard lock(job_->mutex);
      job_->ended = true;
      given_up = job_->given_up;
    }
    job_->changed.notify_all();
    if (shared_.is_detached()) return;
    (given_up ? shared_.hooks.settled : shared_.hooks.ended)(job_->step, std::move(result));
  }

  bool wait_for(Result<std::shared_ptr<SessionPool>>& pool) {
    milliseconds pause = kFirstFindPause;
    while (!pool && !job_->step.units.empty() && is_retryable(pool.error().kind)) {
      if (!shared_.pause(*job_, pause)) return false;
      pause = std::min(pause * 2, kLongestFindPause);
      pool = shared_.hooks.connection(job_->step);
    }
    return true;
  }

  Result<std::unique_ptr<StepMachine>> make_machine() {
    const StepMachine::Context context{job_->step.id, job_->step.pipeline, job_->step.connection};
    if (job_->step.units.empty()) return std::make_unique<StepMachine>(context);
    PlannedStep plan;
    for (const UnitRun& unit : job_->step.units) {
      PlannedUnit& planned = plan.units.emplace_back();
      planned.purpose = unit.purpose;
      planned.checks = unit.checks;
      planned.unit.transaction = unit.transaction;
      planned.unit.idempotent = unit.idempotent;
      planned.unit.ledger_token = unit.ledger_token;
      planned.unit.ledger_table = unit.ledger_table;
      planned.unit.ledger_may_forget = may_be_forgotten(job_->step.run.created, now());
      planned.unit.written_table = unit.written_table;
      planned.unit.wants_rows = unit.purpose == Purpose::check;
      planned.unit.compute = compute_of(job_->step);
      for (const ContentHash& hash : unit.statements) {
        auto text = shared_.hooks.statement(hash);
        if (!text) return tl::unexpected(text.error());
        planned.unit.statements.push_back(std::move(*text));
      }
      planned.token_suffices = connector_->token_suffices(planned.unit);
    }
    return std::make_unique<StepMachine>(context, job_->step.units, std::move(plan));
  }

  Next perform(const StepMachine&, StepMachine::Plan&) {
    auto plan = shared_.hooks.plan(job_->step, *connector_);
    if (plan) {
      for (PlannedUnit& planned : plan->units) {
        planned.unit.ledger_may_forget = may_be_forgotten(job_->step.run.created, now());
        planned.unit.compute = compute_of(job_->step);
        planned.token_suffices = connector_->token_suffices(planned.unit);
      }
      seen_ = plan->seen;
    }
    return told([&](StepMachine& machine) { return machine.planned(std::move(plan), now()); });
  }

  Next perform(const StepMachine&, StepMachine::Commit& commit) {
    store::Transaction transaction{now(), std::move(commit.changes)};
    Result<void> result;
    if (commit.wait) {
      result = shared_.store->commit(std::move(transaction));
    } else {
      shared_.store->commit(std::move(transaction), store::Urgency::later, {});
    }
    if (!result) {
      halt(result.error());
      return std::nullopt;
    }
    return told([&](StepMachine& machine) { return machine.committed(result, now()); });
  }

  /// What is known of an attempt that was given up may have left the store with its run; that stops nobody.
  void halt(const Error& error) {
    {
      const std::lock_guard lock(job_->mutex);
      if (job_->given_up) return;
    }
    if (!shared_.is_detached()) shared_.hooks.halted(error);
  }

  Next perform(const StepMachine& steps, StepMachine::Submit& submit) {
    if (!session_) session_ = pool_->take();
    Result<connectors::Handle> handle;
    auto opened = session_ ? Result<std::unique_ptr<connectors::Session>>(std::move(session_)) : connector_->open();
    if (opened) {
      session_ = std::move(*opened);
      handle = session_->submit(steps.unit(submit.unit), steps.token(submit.unit));
      if (!handle) session_.reset();
    } else {
      handle = tl::unexpected(opened.error());
    }
    return told([&](StepMachine& machine) { return machine.submitted(handle, now()); });
  }

  Next perform(const StepMachine& steps, StepMachine::Follow& follow) {
    if (!session_) {
      auto opened = connector_->open();
      for (milliseconds pause = kFirstFindPause; !opened && is_retryable(opened.error().kind);
           pause = std::min(pause * 2, kLongestFindPause)) {
        if (!shared_.pause(*job_, pause)) return std::nullopt;
        opened = connector_->open();
      }
      if (!opened) {
        connectors::Outcome unsure;
        unsure.state = connectors::Outcome::State::unknown;
        unsure.error = opened.error();
        return told([&](StepMachine& machine) { return machine.followed(unsure, now()); });
      }
      session_ = std::move(*opened);
    }
    publish_handle(follow.handle.text);
    std::optional<Error> lost;
    const auto moved = [&](const connectors::Handle& handle) -> Result<void> {
      if (shared_.is_detached()) return fail(ErrorKind::cancelled, "Penstock is stopping");
      auto saved = shared_.store->commit(store::Transaction{now(), told([&](StepMachine& machine) { return machine.moved(handle); })});
      if (!saved) {
        lost = saved.error();
        return saved;
      }
      publish_handle(handle.text);
      return {};
    };
    const connectors::Outcome outcome = session_->follow(follow.handle, steps.unit(follow.unit), moved);
    publish_handle({});
    if (shared_.is_detached()) return std::nullopt;
    if (lost) {
      halt(*lost);
      return std::nullopt;
    }
    // A session that has seen trouble is not worth finding out about.
    if (outcome.state != connectors::Outcome::State::succeeded) session_.reset();
    return told([&](StepMachine& machine) { return machine.followed(outcome, now()); });
  }

  Next perform(const StepMachine& steps, StepMachine::Find& find) {
    auto found = connector_->find(steps.token(find.unit), steps.unit(find.unit));
    for (milliseconds pause = kFirstFindPause; !found && is_retryable(found.error().kind); pause = std::min(pause * 2, kLongestFindPause)) {
      if (!shared_.pause(*job_, pause)) return std::nullopt;
      found = connector_->find(steps.token(find.unit), steps.unit(find.unit));
    }
    return told([&](StepMachine& machine) { return machine.found(found, now()); });
  }

  Next perform(const StepMachine&, StepMachine::Pause& pause) {
    if (!shared_.pause(*job_, pause.length)) return std::nullopt;
    return told([&](StepMachine& machine) { return machine.paused(now()); });
  }

  Next perform(const StepMachine&, StepMachine::Done&) { return std::nullopt; }

  void publish_handle(const std::string& handle) {
    {
      const std::lock_guard lock(job_->mutex);
      job_->handle = handle;
    }
    job_->changed.notify_all();
  }

  Shared& shared_;
  JobPtr job_;
  std::shared_ptr<SessionPool> pool_;
  std::shared_ptr<connectors::Connector> connector_;
  std::unique_ptr<connectors::Session> session_;
  std::optional<SeenTable> seen_;  ///< What this process planned for.
};

}  // namespace

void Executor::Shared::begin(const JobPtr& job) {
  {
    const std::lock_guard lock(mutex);
    jobs[job->step.id] = job;
  }
  if (job->step.cancelled) request_cancel(job);
  post([self = shared_from_this(), job] { self->drive(job); });
}

void Executor::Shared::drive(const JobPtr& job) {
  Driver(*this, job).run();
  const std::lock_guard lock(mutex);
  jobs.erase(job->step.id);
}

/// A cancel may come before the engine has begun, or while it cannot be reached; so it is repeated until the attempt has ended.
void Executor::Shared::keep_cancelling(const JobPtr& job) {
  milliseconds length = kFirstCancelPause;
  for (;;) {
    std::string handle;
    std::shared_ptr<connectors::Connector> connector;
    {
      std::unique_lock lock(job->mutex);
      job->changed.wait_for(lock, kLongestCancelPause, [&] { return job->ended || !job->handle.empty(); });
      if (job->ended) return;
      handle = job->handle;
      connector = job->connector;
    }
    if (is_detached()) return;
    if (!handle.empty() && connector) {
      // An error means that the engine has not confirmed, so it is asked again.
      const Result<void> stopped = connector->cancel({handle});
      const std::lock_guard lock(job->mutex);
      job->is_reachable = stopped || stopped.error().kind != ErrorKind::unavailable;
      job->changed.notify_all();
    }
    std::unique_lock lock(job->mutex);
    job->changed.wait_for(lock, length, [&] { return job->ended; });
    if (job->ended) return;
    length = std::min(length * 2, kLongestCancelPause);
  }
}

void Executor::Shared::request_cancel(const JobPtr& job) {
  {
    const std::lock_guard lock(job->mutex);
    job->cancelled = true;
    if (job->canceller_runs || job->ended) return;
    job->canceller_runs = true;
  }
  post([self = shared_from_this(), job] { self->keep_cancelling(job); });
  post([self = shared_from_this(), job] { self->limit_stopping(job); });
}

/// An engine that is silent confirms nothing. The attempt then ends with what is certain of it, and its thread goes on asking.
void Executor::Shared::limit_stopping(const JobPtr& job) {
  using Steady = std::chrono::steady_clock;
  const auto asked = Steady::now();
  std::unique_lock lock(job->mutex);
  while (!job->ended && !job->given_up && !is_detached()) {
    const bool is_silent = !job->is_reachable || job->handle.empty();
    const auto limit = asked + (is_silent ? patience.unreachable : patience.unconfirmed);
    if (Steady::now() < limit) {
      job->changed.wait_until(lock, limit);
      continue;
    }
    job->given_up = true;
    // Told under the lock: `settled` comes after it.
    hooks.ended(job->step, job->machine ? job->machine->abandon() : abandoned(job->step));
  }
}

Executor::Executor(std::shared_ptr<store::Store> store, std::shared_ptr<Clock> clock, ExecutorHooks hooks, StopPatience patience)
    : shared_(std::make_shared<Shared>()) {
  shared_->store = std::move(store);
  shared_->clock = std::move(clock);
  shared_->hooks = std::move(hooks);
  shared_->patience = patience;
}

Executor::~Executor() { detach(); }

void Executor::start(StartStep step) {
  auto job = std::make_shared<Shared::Job>();
  job->step = std::move(step);
  shared_->begin(job);
}

void Executor::settle(StartStep step) {
  auto job = std::make_shared<Shared::Job>();
  job->step = std::move(step);
  job->given_up = true;
  shared_->begin(job);
}

void Executor::cancel(const AttemptId& id) {
  Shared::JobPtr job;
  {
    const std::lock_guard lock(shared_->mutex);
    const auto found = shared_->jobs.find(id);
    if (found == shared_->jobs.end()) return;
    job = found->second;
  }
  shared_->request_cancel(job);
}

void Executor::detach() {
  std::unique_lock lock(shared_->mutex);
  if (!shared_->detached) {
    shared_->detached = true;
    shared_->tasks.clear();
    shared_->wake.notify_all();
    for (const auto& [id, job] : shared_->jobs) job->changed.notify_all();
  }
  shared_->quiet.wait_for(lock, kDetachPatience, [this] { return shared_->threads == 0; });
}

}  // namespace penstock::run
