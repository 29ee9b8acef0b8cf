#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "connectors/connector.h"
#include "daemon/run/clock.h"
#include "daemon/run/scheduler.h"
#include "daemon/run/session_pool.h"
#include "daemon/run/step_machine.h"
#include "daemon/store/store.h"

namespace penstock::run {

/// What the executor needs from its surroundings. The functions are called from its threads.
struct ExecutorHooks {
  /// The connection of a step as its run began with it, made at its first use. Errors: unavailable, unauthenticated, not_found,
  /// invalid_input.
  std::function<Result<std::shared_ptr<SessionPool>>(const StartStep& step)> connection;
  /// Lays the step out as text.
  std::function<Result<PlannedStep>(const StartStep& step, connectors::Connector& connector)> plan;
  /// The text of a statement that an earlier process planned.
  std::function<Result<std::string>(const ContentHash& hash)> statement;
  /// An attempt has ended, or was given up, because its engine was silent when it had to stop: then with what is certain.
  std::function<void(const StartStep& step, StepResult result)> ended;
  /// How an attempt that was given up has really ended.
  std::function<void(const StartStep& step, StepResult result)> settled;
  /// The store has refused for good: nothing may be done any more.
  std::function<void(const Error& error)> halted;
};

/// How long an attempt that has to stop waits for its engine, before it ends with what is certain.
struct StopPatience {
  std::chrono::milliseconds unreachable{10'000};
  std::chrono::milliseconds unconfirmed{30'000};  ///< The engine answers, and what it runs has not ended.
};

/// Drives attempts, each on a thread of its own with a session of its own: a thread follows one unit at a time, and there are as many of
/// them as the scheduler's slots let steps run. Nothing polls: a thread sleeps in the engine's own wait.
class Executor {
 public:
  Executor(std::shared_ptr<store::Store> store, std::shared_ptr<Clock> clock, ExecutorHooks hooks, StopPatience patience = {});
  /// Detaches where `detach` was not called.
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  void start(StartStep step);

  /// Finds out how an attempt that an earlier process gave up has ended, and tells `settled`. Returns at once.
  void settle(StartStep step);

  /// Asks the engine to stop what the attempt runs, again and again until the attempt has ended. Returns at once. An attempt whose engine
  /// does not confirm within the patience is given up.
  void cancel(const AttemptId& id);

  /// Leaves what runs to its engines: threads that wait for one are given up, and what they hear later is dropped.
  void detach();

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace penstock::run
