#include "daemon/run/executor.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <condition_variable>
#include <filesystem>
#include <map>
#include <mutex>

#include "daemon/store/reader.h"

namespace penstock::run {
namespace {

/// An engine that records what it was sent; a statement "wait" ends only when it is cancelled.
class Recorder final : public connectors::Connector {
 public:
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> sent;
  bool waiting = false;
  bool stopped = false;
  bool silent = false;  ///< Nothing reaches it, a cancel least of all.

  class Session final : public connectors::Session {
   public:
    explicit Session(Recorder& recorder) : recorder_(recorder) {}
    Result<connectors::Handle> submit(const connectors::Unit&, const connectors::Token& token) override {
      return connectors::Handle{token.id};
    }
    connectors::Outcome follow(const connectors::Handle&, const connectors::Unit& unit, const connectors::HandleMoved& moved) override {
      connectors::Outcome outcome;
      std::unique_lock lock(recorder_.mutex);
      for (const std::string& statement : unit.statements) recorder_.sent.push_back(statement);
      if (unit.statements[0] == "wait") {
        recorder_.waiting = true;
        recorder_.changed.notify_all();
        recorder_.changed.wait(lock, [this] { return recorder_.stopped; });
        outcome.state = connectors::Outcome::State::cancelled;
        outcome.error.kind = ErrorKind::cancelled;
        return outcome;
      }
      lock.unlock();
      EXPECT_TRUE(moved({"moved"}));
      outcome.rows_written = 7;
      if (unit.wants_rows) outcome.rows = {{"0", "0"}};
      return outcome;
    }

   private:
    Recorder& recorder_;
  };

  Result<std::unique_ptr<connectors::Session>> open() override { return std::make_unique<Session>(*this); }
  Result<void> cancel(const connectors::Handle&) override {
    const std::lock_guard lock(mutex);
    if (silent) return fail(ErrorKind::unavailable, "it does not answer");
    stopped = true;
    changed.notify_all();
    return {};
  }
  Result<connectors::Found> find(const connectors::Token&, const connectors::Unit&) override {
    connectors::Found found;
    found.state = connectors::Found::State::never_arrived;
    return found;
  }
  Result<connectors::TableDescription> describe(const std::string&, const std::string&, const std::string&) override {
    return connectors::TableDescription{};
  }
  Result<connectors::Dependants> dependants(const connectors::DependedOn&) override { return connectors::Dependants{}; }
  Result<std::vector<connectors::Trace>> traces(const std::vector<std::string>&) override { return std::vector<connectors::Trace>{}; }
  Result<Estimate> estimate(const std::string&) override { return Estimate{}; }
  Result<std::string> version() override { return std::string("1"); }
};

class ExecutorTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "penstock_run_XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    store::Options options;
    options.path = (folder_ / "penstock.db").string();
    store_ = std::move(*store::Store::open(options));
    readers_ = std::move(*store::Readers::open(options.path));
    recorder_ = std::make_shared<Recorder>();
    store::Transaction transaction;
    transaction.changes.emplace_back(store::InsertRun{run(), {step()}});
    ASSERT_TRUE(store_->commit(transaction));
    ExecutorHooks hooks;
    hooks.connection = [pool = std::make_shared<SessionPool>(recorder_)](const StartStep&) -> Result<std::shared_ptr<SessionPool>> { return pool; };
    hooks.plan = [this](const StartStep&, connectors::Connector&) -> Result<PlannedStep> { return plan_; };
    hooks.statement = [this](const ContentHash& hash) -> Result<std::string> { return **readers_->snapshot()->statement(hash); };
    hooks.ended = [this](const StartStep&, StepResult result) {
      const std::lock_guard lock(mutex_);
      result_ = std::move(result);
      changed_.notify_all();
    };
    hooks.settled = [this](const StartStep&, StepResult result) {
      const std::lock_guard lock(mutex_);
      settled_ = std::move(result);
      changed_.notify_all();
    };
    hooks.halted = [](const Error& error) { ADD_FAILURE() << error.message; };
    executor_ = std::make_unique<Executor>(store_, std::make_shared<SystemClock>(), hooks, StopPatience{std::chrono::milliseconds(20), std::chrono::hours(1)});
  }
  void TearDown() override {
    executor_.reset();
    store_->close();
    std::filesystem::remove_all(folder_);
  }

  static store::Run run() {
    store::Run made;
    made.id = "r-1";
    made.pipeline = "p";
    return made;
  }
  static store::StepRun step() {
    store::StepRun made;
    made.run_id = "r-1";
    made.pipeline = "p";
    made.name = "a";
    made.connection = "main";
    return made;
  }
  void add(Purpose purpose, const std::string& statement) {
    PlannedUnit unit;
    unit.purpose = purpose;
    unit.unit.statements = {statement};
    unit.unit.idempotent = purpose != Purpose::publish;
    unit.unit.wants_rows = purpose == Purpose::check;
    if (purpose == Purpose::check) unit.checks = {{0, "unique", "unique", true, {}, {}}};
    plan_.units.push_back(unit);
  }
  StartStep start() const { return {{"r-1", "a", 1}, "p", "main", run(), nullptr, {}, false}; }
  StepResult wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return result_.has_value(); });
    return *result_;
  }

  /// Begins a step whose engine falls silent while the unit waits, and cancels it.
  StepResult fall_silent(Purpose purpose) {
    recorder_->silent = true;
    add(purpose, "wait");
    add(Purpose::publish, "swap");
    executor_->start(start());
    {
      std::unique_lock lock(recorder_->mutex);
      recorder_->changed.wait(lock, [this] { return recorder_->waiting; });
    }
    executor_->cancel({"r-1", "a", 1});
    return wait();
  }
  StepResult speak() {
    {
      const std::lock_guard lock(recorder_->mutex);
      recorder_->silent = false;
    }
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return settled_.has_value(); });
    return *settled_;
  }

  std::filesystem::path folder_;
  std::shared_ptr<store::Store> store_;
  std::unique_ptr<store::Readers> readers_;
  std::shared_ptr<Recorder> recorder_;
  PlannedStep plan_;
  std::unique_ptr<Executor> executor_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<StepResult> result_;
  std::optional<StepResult> settled_;
};

TEST_F(ExecutorTest, SendsTheUnitsInOrderAndBringsTheirOutcomesHome) {
  add(Purpose::stage, "create");
  add(Purpose::check, "count");
  add(Purpose::publish, "swap");
  executor_->start(start());
  const StepResult result = wait();
  EXPECT_EQ(result.state, StepState::succeeded);
  EXPECT_EQ(result.rows, 7);
  EXPECT_EQ(result.checks.passed, 1);
  EXPECT_EQ(recorder_->sent, (std::vector<std::string>{"create", "count", "swap"}));
  ASSERT_TRUE(store_->commit(store::Transaction{{}, result.changes}));
  const auto attempts = readers_->snapshot()->attempts("r-1", "a");
  ASSERT_EQ(attempts->units.size(), 3U);
  for (const UnitRun& unit : attempts->units) EXPECT_EQ(unit.state, UnitState::succeeded);
  EXPECT_EQ(attempts->units[0].handle, "moved");
  EXPECT_EQ(attempts->checks.size(), 1U);
}

TEST_F(ExecutorTest, ACancelReachesTheEngine) {
  add(Purpose::stage, "wait");
  executor_->start(start());
  {
    std::unique_lock lock(recorder_->mutex);
    recorder_->changed.wait(lock, [this] { return recorder_->waiting; });
  }
  executor_->cancel({"r-1", "a", 1});
  EXPECT_EQ(wait().state, StepState::cancelled);
}

TEST_F(ExecutorTest, AnEngineThatFallsSilentBeforeThePublishEndsTheStepWithoutEffect) {
  const StepResult result = fall_silent(Purpose::stage);
  EXPECT_EQ(result.state, StepState::cancelled);
  EXPECT_EQ(speak().state, StepState::cancelled);
  EXPECT_EQ(recorder_->sent, std::vector<std::string>{"wait"}) << "nothing is published behind a step that has ended";
}

TEST_F(ExecutorTest, AnEngineThatFallsSilentInThePublishLeavesTheStepInDoubtUntilItSpeaks) {
  const StepResult result = fall_silent(Purpose::publish);
  EXPECT_EQ(result.state, StepState::unknown);
  EXPECT_EQ(result.error->kind, ErrorKind::in_doubt);
  const StepResult settled = speak();
  EXPECT_EQ(settled.state, StepState::cancelled);
  EXPECT_TRUE(store_->commit(store::Transaction{{}, settled.changes})) << "the units are its own to end";
}

TEST_F(ExecutorTest, AnAttemptOfAnEarlierProcessGoesOnWithItsOwnStatements) {
  UnitRun unit;
  unit.token = unit_token({"r-1", "a", 1}, 0);
  unit.run_id = "r-1";
  unit.step = "a";
  unit.idempotent = true;
  unit.statements = {hash_content("kept text")};
  store::Transaction transaction;
  transaction.changes.emplace_back(store::InsertUnits{{unit}, {{unit.statements[0], "kept text"}}});
  ASSERT_TRUE(store_->commit(transaction));
  StartStep resumed = start();
  resumed.units = {unit};
  executor_->start(resumed);
  EXPECT_EQ(wait().state, StepState::succeeded);
  EXPECT_EQ(recorder_->sent, std::vector<std::string>{"kept text"});
}

TEST_F(ExecutorTest, DetachDoesNotWaitForTheEngine) {
  add(Purpose::stage, "wait");
  executor_->start(start());
  {
    std::unique_lock lock(recorder_->mutex);
    recorder_->changed.wait(lock, [this] { return recorder_->waiting; });
  }
  executor_->detach();
  const std::lock_guard lock(mutex_);
  EXPECT_FALSE(result_) << "an attempt that runs on has not ended";
  EXPECT_TRUE(recorder_->cancel({}));
}

}  // namespace
}  // namespace penstock::run
