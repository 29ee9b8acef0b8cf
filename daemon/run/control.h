#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "daemon/run/connection_registry.h"
#include "daemon/run/engine.h"
#include "daemon/run/executor.h"
#include "daemon/run/scheduler.h"
#include "daemon/run/step_planner.h"

namespace penstock::run {

/// Why a run was cancelled that somebody asked to cancel.
Reason cancelled_by(const std::string& actor, const std::string& note);

/// The control thread: owns the scheduler, turns requests and reports into its events, and its decisions into commits and work. Shared with
/// the executor's threads, which may outlive the engine while they wait for one.
class Control : public std::enable_shared_from_this<Control> {
 public:
  Control(EngineConfig config, std::shared_ptr<store::Store> store, std::unique_ptr<store::Readers> readers);

  /// Restores what an earlier process left, loads the project, and starts the thread. Errors: storage.
  Result<void> start(ProjectPtr project);

  /// Runs a function on the control thread with the scheduler, and gives back what it gives. Errors: refused once it has ended.
  template <typename T>
  Result<T> ask(std::function<Result<T>(Scheduler& scheduler, const Moment& now)> question) {
    auto promise = std::make_shared<std::promise<Result<T>>>();
    auto future = promise->get_future();
    const bool posted = post([this, promise, question = std::move(question)] { promise->set_value(question(scheduler_, moment())); });
    if (!posted) return tl::unexpected(ended_error());
    return future.get();
  }

  /// Like `ask` for what changes the run state; returns when the change is durable. The function gives a decision, or why not.
  using Decide = std::function<Result<Decision>(Scheduler& scheduler, const Moment& now)>;
  Result<void> decide(Decide question);

  /// As `decide`, but the same idempotency key gets the same answer. `answer` is set by the question, or is that of the first request.
  using DecideAnswer = std::function<Result<Decision>(Scheduler& scheduler, const Moment& now, std::string& answer)>;
  Result<Accepted> decide_once(const Idempotency& idempotency, DecideAnswer question);

  Result<void> load(ProjectPtr project);
  Result<void> stop(StopMode mode, std::chrono::milliseconds patience);

  Result<std::optional<store::Run>> wait(const std::string& run_id, std::chrono::milliseconds patience);
  std::unique_ptr<Subscription> subscribe(std::function<void(const std::vector<store::Event>&)> sink);

  /// How every connection of the project fares; `views` is what the scheduler knows of it, and may be empty. Any thread.
  std::vector<ConnectionState> connections(const std::vector<Scheduler::ConnectionView>& views) const;

  store::Store& store() { return *store_; }
  store::Readers& readers() { return *readers_; }
  Clock& clock() { return *config_.clock; }
  ProjectPtr project() const;
  Time last_tick() const;
  Pulse pulse() const;
  std::optional<Error> store_health() const;
  std::vector<std::string> notes() const;

 private:
  bool post(std::function<void()> task);
  void run();
  void apply(Decision decision, store::Store::Done done);
  void halt(const Error& error);
  /// Says it to whoever listens, and keeps it as the newest of its kind.
  void note(const std::string& kind, const std::string& text);
  void hear_trouble(const std::optional<store::Store::Trouble>& trouble);
  void shut_down();
  Moment moment() { return {config_.clock->now(), config_.clock->since_boot()}; }
  Error ended_error() const;
  void hear(const std::vector<store::Event>& events);
  ExecutorHooks hooks();
  ProjectPtr project_of(const store::Run& run) const;
  /// As the run began with it; null where its project is not known any more.
  std::shared_ptr<const model::Connection> connection_of(const StartStep& step) const;
  Result<std::vector<PlannedUnit>> leftovers_of(const std::string& connection);
  void clear_leftovers();
  void end_sessions(const compiler::CompiledProject& project, const model::Connection& connection);
  void drop_leftovers(const model::Connection& connection);
  bool is_stopping();
  Result<void> add_leftovers(PlannedStep& plan, const std::string& connection);
  Result<bool> opens_month(const store::Run& run);
  /// With what layout the connection's tables were made, where the step asks for it.
  Result<std::vector<store::LaidOut>> laid_out(const StartStep& step, const compiler::CompiledProject& project);
  Result<void> add_shortening(PlannedStep& plan, const compiler::CompiledProject& project, const StartStep& step);
  void look_at_clock(const Moment& now);
  void set_back();
  Result<Scheduler::Starts> starts_after(Time now);
  Result<Scheduler::Restored> read_restored(const ProjectSpec& project);
  Result<void> ask_about_doubts();
  void settle(const StartStep& step, const StepResult& result);
  void keep_only_ending(Scheduler::Restored& restored) const;
  void remember_version(const ContentHash& version, ProjectPtr project);
  void tell_connections(Decision& decision, const Moment& now);
  Decision load_now(const ProjectPtr& project, const ProjectSpec& spec, const store::ProjectVersion& version, const Moment& now);

  const EngineConfig config_;
  const std::shared_ptr<store::Store> store_;
  const std::unique_ptr<store::Readers> readers_;
  ConnectionRegistry registry_;
  StepPlanner planner_;
  Scheduler scheduler_;  ///< The control thread's only.
  std::unique_ptr<Executor> executor_;
  bool knows_damage_ = false;                ///< The control thread's.
  bool is_setting_back_ = false;             ///< The control thread's.
  std::map<std::string, std::string> told_;  ///< The control thread's: the state of each connection that was announced last.
  std::map<std::string, std::pair<std::string, std::string>> answered_;  ///< The control thread's: key, to request hash and answer.
  std::set<ContentHash> in_doubt_;  ///< Versions of the steps that an earlier process left in doubt; set before the control thread starts.

  mutable std::mutex mutex_;  ///< Guards what follows up to the blank line.
  std::condition_variable wake_;
  std::condition_variable progress_;  ///< An attempt has ended, or the control thread has.
  std::deque<std::function<void()>> inbox_;
  bool stopping_ = false;
  std::optional<Error> halted_;
  Time last_tick_{};
  std::chrono::steady_clock::time_point turned_ = std::chrono::steady_clock::now();
  std::map<std::string, std::string> notes_;
  ProjectPtr project_;
  std::map<ContentHash, ProjectPtr> projects_;  ///< By the version of their text.
  std::map<std::string, std::pair<std::string, bool>> months_opened_;  ///< By pipeline: the run last asked about, and the answer.
  struct Shortened {
    std::chrono::year_month month;
    std::string run_id;
    std::string step;
  };
  std::map<std::pair<std::string, std::string>, Shortened> ledgers_shortened_;  ///< By connection and native name: when last, and by whom.

  std::mutex listeners_mutex_;
  std::condition_variable ended_;
  std::int64_t runs_ended_ = 0;
  std::map<int, std::function<void(const std::vector<store::Event>&)>> sinks_;
  int next_sink_ = 0;

  std::thread thread_;
};

}  // namespace penstock::run
