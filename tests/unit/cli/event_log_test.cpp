#include "daemon/cli/event_log.h"

#include <gmock/gmock.h>

#include <array>

#include "tests/unit/store/sample.h"

namespace penstock::cli {
namespace {

using store::at;
using store::RunState;
using store::StepRun;
using store::StepState;
using testing::ElementsAre;
using testing::HasSubstr;

class EventLogTest : public store::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    store_ = open();
    ASSERT_NE(store_, nullptr);
    readers_ = *store::Readers::open(path());
  }

  void commit(std::vector<store::Change> changes, std::int64_t seconds) {
    store::Transaction transaction;
    transaction.at = at(seconds);
    transaction.changes = std::move(changes);
    ASSERT_TRUE(store_->commit(std::move(transaction)));
  }

  /// "level event: message" of every line since the last call; the lines themselves stay in `lines_`.
  std::vector<std::string> told() {
    auto snapshot = readers_->snapshot().value();
    std::vector<std::string> all;
    lines_.clear();
    const auto batch = snapshot.events_after(after_, 1000).value();
    for (const store::Event& event : batch.events) {
      for (const LogLine& line : events_.of(event, snapshot)) {
        lines_.push_back(line);
        constexpr std::array<const char*, 4> kLevels{"debug", "info", "warn", "error"};
        all.push_back(std::string(kLevels.at(static_cast<std::size_t>(line.level))) + " " + line.event + ": " + line.message);
      }
      after_ = event.sequence;
    }
    return all;
  }

  static store::Run running(const std::string& id) {
    store::Run run = store::sample_run(id);
    run.state = RunState::running;
    run.started = at(1000);
    return run;
  }

  static StepRun started(const std::string& run, const std::string& name, int ordinal) {
    StepRun step = store::sample_step(run, name, ordinal);
    step.state = StepState::running;
    step.attempt = 1;
    step.started = at(1000);
    return step;
  }

  std::unique_ptr<store::Store> store_;
  std::unique_ptr<store::Readers> readers_;
  EventLines events_;
  std::vector<LogLine> lines_;
  std::int64_t after_ = 0;
};

store::Fault fault(const std::string& message) {
  store::Fault fault;
  fault.kind = "permanent";
  fault.message = message;
  fault.sqlstate = "42P01";
  fault.step = "daily";
  return fault;
}

TEST_F(EventLogTest, ARunThatFailsIsToldFromItsStartToWhatWasSkipped) {
  store::Run run = running("r-1");
  StepRun daily = started("r-1", "daily", 0);
  StepRun total = store::sample_step("r-1", "total", 1);
  commit({store::InsertRun{run, {daily, total}}}, 1000);
  EXPECT_THAT(told(), ElementsAre("info run.started: routes started", "info step.started: routes.daily started"));
  EXPECT_EQ(lines_[1].fields.at("run"), "r-1");
  EXPECT_EQ(lines_[1].fields.at("pipeline"), "routes");
  EXPECT_EQ(lines_[1].fields.at("step"), "daily");

  // The run is written again with every step; what it came to is told once.
  commit({store::UpdateRun{run, RunState::running}, store::UpdateStep{daily, StepState::running, 1}}, 1001);
  EXPECT_THAT(told(), ElementsAre());

  daily.state = StepState::failed;
  daily.finished = at(1002);
  daily.error = fault("there is no table x");
  total.state = StepState::skipped;
  total.finished = at(1002);
  total.reason = store::Reason{"upstream_failed", "The step daily did not succeed."};
  run.state = RunState::failed;
  run.finished = at(1002);
  run.error = daily.error;
  commit({store::UpdateStep{daily, StepState::running, 1}, store::UpdateStep{total, StepState::pending, 0},
          store::UpdateRun{run, RunState::running}},
         1002);
  EXPECT_THAT(told(), ElementsAre("error step.failed: routes.daily failed: there is no table x",
                                  "info step.skipped: routes.total was skipped: The step daily did not succeed",
                                  "error run.failed: routes failed: daily: there is no table x"));
  EXPECT_EQ(lines_[0].fields.at("sqlstate"), "42P01");
  EXPECT_EQ(lines_[0].fields.at("duration_ms"), 2000);
  EXPECT_EQ(lines_[2].fields.at("step"), "daily");
}

TEST_F(EventLogTest, AnAttemptThatIsRepeatedSaysWhyHoweverLateItIsRead) {
  store::Run run = running("r-1");
  StepRun daily = started("r-1", "daily", 0);
  commit({store::InsertRun{run, {daily}}}, 1000);
  for (int attempt = 1; attempt <= 2; ++attempt) {
    store::PastAttempt past;
    past.run_id = "r-1";
    past.step = "daily";
    past.number = attempt;
    past.started = at(1000 + 10 * (attempt - 1));
    past.finished = at(1000 + 10 * attempt - 5);
    past.error = fault("the server went away, time " + std::to_string(attempt));
    const StepState before = daily.state;
    daily.state = StepState::queued;
    commit({store::InsertAttempt{past}, store::UpdateStep{daily, before, attempt}}, 1000 + 10 * attempt - 5);
    daily.state = StepState::running;
    daily.attempt = attempt + 1;
    daily.started = at(1000 + 10 * attempt);
    commit({store::UpdateStep{daily, StepState::queued, attempt}}, 1000 + 10 * attempt);
  }
  EXPECT_THAT(told(), ElementsAre("info run.started: routes started", "info step.started: routes.daily started",
                                  "warn step.retried: routes.daily failed and is tried again: the server went away, time 1",
                                  "info step.started: routes.daily started",
                                  "warn step.retried: routes.daily failed and is tried again: the server went away, time 2",
                                  "info step.started: routes.daily started"));
  EXPECT_EQ(lines_[2].fields.at("attempt"), 1);
  EXPECT_EQ(lines_[4].fields.at("attempt"), 2);
}

TEST_F(EventLogTest, AStartThatDidNotHappenSaysWhy) {
  store::Run run = store::sample_run("r-1");
  run.state = RunState::skipped;
  run.finished = at(1000);
  run.reason = store::Reason{"overlap", "A run of the pipeline was still active."};
  commit({store::InsertRun{run, {}}}, 1000);
  EXPECT_THAT(told(), ElementsAre("warn run.skipped: a start of routes was skipped: A run of the pipeline was still active"));
  EXPECT_EQ(lines_[0].fields.at("reason"), "overlap");
}

TEST_F(EventLogTest, AWarningOfACheckNamesItsPipeline) {
  const StepRun daily = started("r-1", "daily", 0);
  commit({store::InsertRun{running("r-1"), {daily}}}, 1000);
  store::CheckRun check;
  check.run_id = "r-1";
  check.step = "daily";
  check.name = "row_count";
  check.state = store::CheckState::warned;
  check.expectation = "at least 5 rows";
  check.found = "2 rows";
  commit({store::InsertChecks{{check}}}, 1001);
  EXPECT_THAT(told().back(), HasSubstr("warn check.warned: routes.daily: check row_count warned: expected at least 5 rows, found 2 rows"));
  EXPECT_EQ(lines_.back().fields.at("pipeline"), "routes");
  check.ordinal = 1;
  check.name = "not_null";
  check.state = store::CheckState::passed;
  commit({store::InsertChecks{{check}}}, 1002);
  EXPECT_THAT(told(), ElementsAre());
}

TEST_F(EventLogTest, WhatGoesOnAfterAnEarlierProcessIsNotStartedAgain) {
  commit({store::InsertRun{running("r-1"), {started("r-1", "daily", 0)}}}, 1000);
  const EventLog::Before before = EventLog::look_into(path());
  ASSERT_EQ(before.open.size(), 1U);
  EXPECT_GT(before.last_event, 0);
  EXPECT_EQ(events_.adopt(before.open[0]).message, "routes goes on: an earlier process began it");
  after_ = before.last_event;
  commit({store::UpdateRun{running("r-1"), RunState::running}}, 1001);
  EXPECT_THAT(told(), ElementsAre());
  EXPECT_EQ(EventLog::look_into(path() + ".none").last_event, 0);
}

}  // namespace
}  // namespace penstock::cli
