#include "daemon/run/scheduler.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace penstock::run {
namespace {

using Concurrency = model::Schedule::Concurrency;
using Misfire = model::Schedule::Misfire;
using std::chrono::minutes;

const Time kNoon{std::chrono::hours(24 * 365 * 40 + 12)};

Moment at(std::chrono::microseconds after_noon) { return {kNoon + after_noon, after_noon}; }

class SchedulerTest : public testing::Test {
 protected:
  void load(Concurrency overlap, Misfire misfire, bool fail_fast = false) {
    auto spec = std::make_shared<PipelineSpec>();
    spec->name = "p";
    spec->definition_hash = "1";
    spec->schedule.cron.value = "*/10 * * * *";
    spec->schedule.overlap = overlap;
    spec->schedule.misfire = misfire;
    spec->schedule.misfire_window = std::chrono::hours(1);
    spec->cron = *Cron::make(spec->schedule);
    for (const char* name : {"a", "b", "c"}) {
      StepSpec step;
      step.name = name;
      step.connection = "main";
      step.table.name = Identifier::exact(name);
      step.meaning.query = hash_content(std::string("query of ") + name);
      spec->steps.push_back(step);
    }
    spec->steps[1].depends_on = {0};
    project_.pipelines["p"] = spec;
    project_.slots["main"] = 2;
    scheduler_ = std::make_unique<Scheduler>(Scheduler::Options{7, true, fail_fast});
    scheduler_->load(project_, at(minutes(0)));
  }

  static std::vector<store::Run> inserted(const Decision& decision) {
    std::vector<store::Run> runs;
    for (const store::Change& change : decision.transaction.changes) {
      if (const auto* insert = std::get_if<store::InsertRun>(&change)) runs.push_back(insert->run);
    }
    return runs;
  }

  static std::optional<store::Run> updated(const Decision& decision) {
    for (const store::Change& change : decision.transaction.changes) {
      if (const auto* update = std::get_if<store::UpdateRun>(&change)) return update->run;
    }
    return std::nullopt;
  }

  static int count(const std::vector<store::Run>& runs, RunState state, const std::string& reason = {}) {
    return static_cast<int>(std::count_if(runs.begin(), runs.end(), [&](const store::Run& run) {
      return run.state == state && (reason.empty() || (run.reason && run.reason->code == reason));
    }));
  }

  static StepResult ended(StepState state, ErrorKind kind = ErrorKind::permanent) {
    StepResult result;
    result.state = state;
    if (state != StepState::succeeded) result.error = Error{kind, "it failed", {}, {}, {}, -1};
    return result;
  }

  ProjectSpec project_;
  std::unique_ptr<Scheduler> scheduler_;
};

TEST_F(SchedulerTest, ATickStartsWhatDependsOnNothing) {
  load(Concurrency::skip, Misfire::last);
  EXPECT_TRUE(scheduler_->advance(at(minutes(9))).start.empty());
  const Decision decision = scheduler_->advance(at(minutes(10)));
  ASSERT_EQ(decision.start.size(), 2U);
  EXPECT_EQ(decision.start[0].id.step, "a");
  EXPECT_EQ(decision.start[1].id.step, "c");
  EXPECT_EQ(inserted(decision)[0].trigger.nominal, kNoon + minutes(10));
}

TEST_F(SchedulerTest, MissedStartsFollowThePolicyAndEachLeavesARow) {
  // Two hours away: six starts within the window of an hour and one that is on time.
  load(Concurrency::queue_all, Misfire::last);
  auto runs = inserted(scheduler_->advance(at(minutes(120))));
  EXPECT_EQ(runs.size(), 12U);
  EXPECT_EQ(count(runs, RunState::skipped, "misfire_window"), 5);
  EXPECT_EQ(count(runs, RunState::skipped, "superseded"), 6);
  load(Concurrency::queue_all, Misfire::skip);
  runs = inserted(scheduler_->advance(at(minutes(125))));
  EXPECT_EQ(count(runs, RunState::skipped, "misfire_window"), 12);
  load(Concurrency::queue_all, Misfire::all);
  runs = inserted(scheduler_->advance(at(minutes(125))));
  EXPECT_EQ(count(runs, RunState::skipped), 6);
  EXPECT_EQ(count(runs, RunState::scheduled), 5);
  EXPECT_EQ(count(runs, RunState::running), 1);
}

TEST_F(SchedulerTest, OverlapFollowsThePolicy) {
  for (const auto& [policy, state] : std::vector<std::pair<Concurrency, RunState>>{{Concurrency::skip, RunState::skipped},
                                                                                   {Concurrency::queue_one, RunState::scheduled},
                                                                                   {Concurrency::queue_all, RunState::scheduled},
                                                                                   {Concurrency::cancel_running, RunState::scheduled}}) {
    load(policy, Misfire::last);
    const std::string first = inserted(scheduler_->advance(at(minutes(10))))[0].id;
    const Decision second = scheduler_->advance(at(minutes(20)));
    ASSERT_EQ(inserted(second).size(), 1U);
    EXPECT_EQ(inserted(second)[0].state, state);
    EXPECT_EQ(second.cancel.size(), policy == Concurrency::cancel_running ? 2U : 0U);
    const auto third = inserted(scheduler_->advance(at(minutes(30))));
    EXPECT_EQ(count(third, RunState::skipped, "overlap"), policy == Concurrency::skip || policy == Concurrency::queue_one ? 1 : 0);
  }
}

TEST_F(SchedulerTest, APauseEndsByTheMisfirePolicy) {
  load(Concurrency::skip, Misfire::last);
  ASSERT_TRUE(scheduler_->pause("p", true, at(minutes(1))));
  EXPECT_TRUE(scheduler_->advance(at(minutes(90))).is_empty());
  const auto runs = inserted(*scheduler_->pause("p", false, at(minutes(95))));
  EXPECT_EQ(count(runs, RunState::skipped, "paused"), 3);
  EXPECT_EQ(count(runs, RunState::running), 1);
}

TEST_F(SchedulerTest, TheClockGoingBackFiresNothingTwice) {
  load(Concurrency::allow, Misfire::last);
  EXPECT_EQ(inserted(scheduler_->advance(at(minutes(10)))).size(), 1U);
  EXPECT_TRUE(scheduler_->advance({kNoon - minutes(60), minutes(11)}).is_empty());
  EXPECT_TRUE(inserted(scheduler_->advance({kNoon + minutes(10), minutes(12)})).empty());
}

TEST_F(SchedulerTest, AClockThatWasAheadForAMomentSilencesNothing) {
  load(Concurrency::allow, Misfire::last);
  const auto day = std::chrono::hours(24);
  // The clock is a day ahead: the last of the starts until then is made up for, the others are not.
  const std::vector<store::Run> ahead = inserted(scheduler_->advance({kNoon + day + minutes(5), minutes(5)}));
  ASSERT_EQ(count(ahead, RunState::running), 1);
  const Time ran = *ahead.back().trigger.nominal;
  EXPECT_EQ(ran, kNoon + day);
  // It is right again, seven seconds later.
  const auto later = [&](minutes after) { return Moment{kNoon + after, minutes(5) + after}; };
  ASSERT_TRUE(scheduler_->decided_ahead(later(minutes(5))));
  EXPECT_EQ(*scheduler_->decided_ahead(later(minutes(5))), ran);
  const Decision back = scheduler_->set_back({{"p", {ran}}}, later(minutes(5)));
  const std::vector<store::Run> told = inserted(back);
  ASSERT_EQ(count(told, RunState::skipped, "clock_set_back"), 1);
  EXPECT_EQ(told[0].trigger.nominal, ran);
  EXPECT_FALSE(scheduler_->decided_ahead(later(minutes(5))));
  const auto moved = std::find_if(back.transaction.changes.begin(), back.transaction.changes.end(),
                                  [](const store::Change& change) { return std::holds_alternative<store::MoveCursor>(change); });
  ASSERT_NE(moved, back.transaction.changes.end());
  EXPECT_TRUE(std::get<store::MoveCursor>(*moved).is_back);
  EXPECT_EQ(std::get<store::MoveCursor>(*moved).cursor.at, kNoon + minutes(5));
  // What was skipped because of the wrong clock starts at its time; what ran does not start again.
  std::vector<Time> started;
  for (minutes after{10}; after <= day + minutes(10); after += minutes(10)) {
    for (const store::Run& run : inserted(scheduler_->advance(later(after)))) started.push_back(*run.trigger.nominal);
  }
  EXPECT_EQ(started.size(), 144U);
  EXPECT_EQ(started.front(), kNoon + minutes(10));
  EXPECT_EQ(std::count(started.begin(), started.end(), ran), 0);
  EXPECT_EQ(started.back(), kNoon + day + minutes(10));
}

TEST_F(SchedulerTest, AfterARestartWhatRanAheadOfTheClockDoesNotRunAgain) {
  load(Concurrency::allow, Misfire::last);
  const std::string definition = project_.pipelines.at("p")->cron->definition();
  scheduler_ = std::make_unique<Scheduler>(Scheduler::Options{7, true, false});
  Scheduler::Restored restored;
  restored.cursors = {{"p", "schedule", definition, kNoon}};
  restored.ran_ahead["p"] = {kNoon + minutes(10)};
  scheduler_->restore(restored, project_, at(minutes(0)));
  scheduler_->load(project_, at(minutes(0)));
  EXPECT_TRUE(inserted(scheduler_->advance(at(minutes(10)))).empty());
  EXPECT_EQ(inserted(scheduler_->advance(at(minutes(20)))).size(), 1U);
}

TEST_F(SchedulerTest, AnOlderCopyDecidesNoStartAgainAndCancelsWhatIsOpenInIt) {
  load(Concurrency::allow, Misfire::last);
  const std::string definition = project_.pipelines.at("p")->cron->definition();
  scheduler_ = std::make_unique<Scheduler>(Scheduler::Options{7, true, false});
  Scheduler::Restored restored;
  restored.cursors = {{"p", "schedule", definition, kNoon - minutes(120)}};
  store::Run open;
  open.id = "r-1";
  open.pipeline = "p";
  open.state = RunState::running;
  StepRun step;
  step.run_id = open.id;
  step.name = "a";
  step.connection = "main";
  step.state = StepState::queued;
  restored.runs = {{open, {step}, {}}};
  Backfill backfill;
  backfill.id = "b-1";
  backfill.pipeline = "p";
  backfill.state = BackfillState::running;
  backfill.total = backfill.waiting = 1;
  restored.backfills = {{backfill, {{"b-1", 0, {kNoon - minutes(20), kNoon - minutes(10)}, {}, {}, {}}}}};
  restored.older_than = kNoon - minutes(10);
  const Decision decision = scheduler_->restore(restored, project_, at(minutes(-5)));
  EXPECT_TRUE(decision.start.empty());
  const auto ended = updated(decision);
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->state, RunState::cancelled);
  EXPECT_EQ(ended->reason->code, "older_copy");
  bool has_ended_backfill = false;
  for (const store::Change& change : decision.transaction.changes) {
    const auto* update = std::get_if<store::UpdateBackfill>(&change);
    has_ended_backfill = has_ended_backfill || (update != nullptr && update->backfill.state == BackfillState::cancelled);
  }
  EXPECT_TRUE(has_ended_backfill);
  EXPECT_TRUE(scheduler_->is_idle());
  EXPECT_TRUE(inserted(scheduler_->load(project_, at(minutes(-5)))).empty());
  EXPECT_TRUE(inserted(scheduler_->advance(at(minutes(-1)))).empty()) << "these were decided in the later store";
  EXPECT_EQ(inserted(scheduler_->advance(at(minutes(0)))).size(), 1U);
}

TEST_F(SchedulerTest, AFailureSkipsWhatDependsOnItAndLeavesTheRest) {
  load(Concurrency::skip, Misfire::last);
  const Decision start = scheduler_->advance(at(minutes(10)));
  const Decision failed = scheduler_->finished(start.start[0].id, ended(StepState::failed), at(minutes(11)));
  EXPECT_TRUE(failed.cancel.empty());
  const Decision last = scheduler_->finished(start.start[1].id, ended(StepState::succeeded), at(minutes(12)));
  ASSERT_TRUE(updated(last));
  EXPECT_EQ(updated(last)->state, RunState::failed);
  EXPECT_EQ(updated(last)->steps.skipped, 1);
  EXPECT_EQ(updated(last)->steps.succeeded, 1);
}

TEST_F(SchedulerTest, OnlyASuccessIsRememberedAsPublished) {
  load(Concurrency::skip, Misfire::last);
  const auto published = [](const Decision& decision) {
    std::vector<store::Published> all;
    for (const store::Change& change : decision.transaction.changes) {
      if (const auto* put = std::get_if<store::PutPublished>(&change)) all.push_back(put->published);
    }
    return all;
  };
  const Decision start = scheduler_->advance(at(minutes(10)));
  EXPECT_TRUE(published(scheduler_->finished(start.start[0].id, ended(StepState::failed), at(minutes(11)))).empty());
  const auto last = published(scheduler_->finished(start.start[1].id, ended(StepState::succeeded), at(minutes(12))));
  ASSERT_EQ(last.size(), 1U);
  EXPECT_EQ(last[0].step, "c");
  EXPECT_EQ(last[0].query, hash_content("query of c"));
  EXPECT_EQ(last[0].run_id, start.start[1].id.run_id);
}

TEST_F(SchedulerTest, FailFastCancelsTheRest) {
  load(Concurrency::skip, Misfire::last, true);
  const Decision start = scheduler_->advance(at(minutes(10)));
  const Decision failed = scheduler_->finished(start.start[0].id, ended(StepState::failed), at(minutes(11)));
  ASSERT_EQ(failed.cancel.size(), 1U);
  EXPECT_EQ(failed.cancel[0].step, "c");
}

TEST_F(SchedulerTest, OnlyRetryableErrorsAreRetriedAndOnlySoOften) {
  load(Concurrency::skip, Misfire::last);
  Decision start = scheduler_->advance(at(minutes(10)));
  AttemptId id = start.start[0].id;
  for (int attempt = 1; attempt < 3; ++attempt) {
    EXPECT_TRUE(scheduler_->finished(id, ended(StepState::failed, ErrorKind::transient), at(minutes(11))).start.empty()) << "not at once";
    const Decision again = scheduler_->advance(at(minutes(11) + std::chrono::seconds(20)));
    ASSERT_EQ(again.start.size(), 1U);
    EXPECT_EQ(again.start[0].id.attempt, attempt + 1);
    EXPECT_EQ(again.start[0].run.interval, start.start[0].run.interval);
    id = again.start[0].id;
  }
  scheduler_->finished(id, ended(StepState::failed, ErrorKind::transient), at(minutes(13)));
  EXPECT_TRUE(scheduler_->advance(at(minutes(19))).start.empty()) << "three attempts in all";
}

TEST_F(SchedulerTest, ACancelIsDurableBeforeTheEngineIsAskedAndEndsWhenItHasConfirmed) {
  load(Concurrency::skip, Misfire::last);
  const Decision start = scheduler_->advance(at(minutes(10)));
  const auto cancel = scheduler_->cancel(start.start[0].id.run_id, {"cancelled_by_user", ""}, at(minutes(11)));
  ASSERT_TRUE(cancel);
  EXPECT_EQ(updated(*cancel)->state, RunState::cancelling);
  EXPECT_EQ(cancel->cancel.size(), 2U);
  scheduler_->finished(start.start[0].id, ended(StepState::cancelled, ErrorKind::cancelled), at(minutes(12)));
  const Decision last = scheduler_->finished(start.start[1].id, ended(StepState::cancelled, ErrorKind::cancelled), at(minutes(12)));
  EXPECT_EQ(updated(last)->state, RunState::cancelled);
  EXPECT_TRUE(scheduler_->is_idle());
}

TEST_F(SchedulerTest, ARetryOfARetryKeepsTheStartOfTheFirst) {
  load(Concurrency::skip, Misfire::last);
  Scheduler::Again again;
  again.old.id = "r-0";
  again.old.pipeline = "p";
  again.old.created = kNoon;
  std::string id;
  for (int tries = 1; tries <= 2; ++tries) {
    const auto decision = scheduler_->retry(again, at(minutes(tries)), id);
    ASSERT_TRUE(decision);
    again.old = inserted(*decision).at(0);
    EXPECT_EQ(again.old.created, kNoon + minutes(tries));
    EXPECT_EQ(store::run_started_at(again.old), kNoon);
  }
}

TEST_F(SchedulerTest, ABackfillKeepsItsLimit) {
  load(Concurrency::skip, Misfire::last);
  Backfill wanted;
  wanted.id = "b-1";
  wanted.pipeline = "p";
  wanted.max_active = 2;
  std::vector<store::BackfillInterval> spans;
  for (int i = 0; i < 5; ++i) spans.push_back({"b-1", i, {kNoon + minutes(i), kNoon + minutes(i + 1)}, {}, {}, {}});
  const auto decision = scheduler_->backfill(wanted, spans, at(minutes(1)));
  ASSERT_TRUE(decision);
  EXPECT_EQ(inserted(*decision).size(), 2U);
  for (const store::Run& run : inserted(*decision)) EXPECT_LT(run.interval->start, spans[2].interval.start) << "the oldest first";
}

// ---- one writer per table

class TableWritersTest : public SchedulerTest {
 protected:
  /// Two pipelines of one step each: "p" and "q" both write the table "t".
  void load_writers(Writing p, Writing q = Writing::in_order) {
    for (const auto& [name, writing] : {std::pair("p", p), std::pair("q", q)}) {
      auto spec = std::make_shared<PipelineSpec>();
      spec->name = name;
      StepSpec step;
      step.name = "s";
      step.connection = "main";
      step.table.name = Identifier::exact("t");
      step.publish_as = "merge";
      step.writing = writing;
      spec->steps.push_back(step);
      project_.pipelines[name] = spec;
    }
    project_.slots["main"] = 8;
    scheduler_ = std::make_unique<Scheduler>(Scheduler::Options{7, true, false});
    scheduler_->load(project_, at(minutes(0)));
  }

  static Interval day(int number) { return {kNoon + std::chrono::hours(24 * number), kNoon + std::chrono::hours(24 * (number + 1))}; }

  Decision trigger(const std::string& pipeline, std::optional<Interval> interval, std::string& id) {
    auto decision = scheduler_->trigger({pipeline, {store::TriggerKind::api, {}, {}, {}, {}}, {}, interval, {}}, at(minutes(1)), id);
    EXPECT_TRUE(decision);
    return std::move(*decision);
  }

  static std::string started(const Decision& decision) {
    std::string runs;
    for (const StartStep& start : decision.start) runs += start.id.run_id + " ";
    return runs;
  }

  /// Whether the run that was triggered began at once.
  bool begins(const std::string& pipeline, std::optional<Interval> interval, std::string& id) {
    const Decision decision = trigger(pipeline, interval, id);
    return started(decision) == id + " ";
  }

  static std::optional<Reason> reason_of(const Decision& decision) {
    std::optional<Reason> reason;
    for (const store::Change& change : decision.transaction.changes) {
      if (const auto* insert = std::get_if<store::InsertRun>(&change)) reason = insert->steps[0].reason;
    }
    return reason;
  }

  /// The reason that the decision gives to a step that was there already.
  static std::optional<Reason> told(const Decision& decision, const std::string& run) {
    std::optional<Reason> reason;
    for (const store::Change& change : decision.transaction.changes) {
      const auto* update = std::get_if<store::UpdateStep>(&change);
      if (update && update->step.run_id == run) reason = update->step.reason;
    }
    return reason;
  }

  Decision succeed(const std::string& run) { return scheduler_->finished({run, "s", 1}, ended(StepState::succeeded), at(minutes(2))); }
};

TEST_F(TableWritersTest, WhoWaitsForATableSaysForWhichRun) {
  load_writers(Writing::in_order);
  std::string first;
  std::string second;
  EXPECT_TRUE(begins("p", {}, first));
  const Decision waits = trigger("q", {}, second);
  EXPECT_EQ(started(waits), "");
  ASSERT_TRUE(reason_of(waits));
  EXPECT_EQ(reason_of(waits)->code, "waiting_for_table");
  EXPECT_NE(reason_of(waits)->message.find(first), std::string::npos);
  EXPECT_EQ(started(succeed(first)), second + " ");
}

TEST_F(TableWritersTest, WhoWaitsIsToldWhenTheOtherIsDoneThoughNoSlotIsFree) {
  load_writers(Writing::alone, Writing::alone);
  std::string first;
  std::string second;
  trigger("p", {}, first);
  trigger("q", {}, second);
  const Decision throttled = scheduler_->finished({first, "s", 1}, ended(StepState::failed, ErrorKind::throttled), at(minutes(2)));
  EXPECT_EQ(started(throttled), "");
  ASSERT_TRUE(told(throttled, second));
  EXPECT_EQ(told(throttled, second)->code, "waiting_for_slot");
}

TEST_F(TableWritersTest, WhoIsBehindAnotherThatWaitsSaysSo) {
  load_writers(Writing::side_by_side, Writing::alone);
  std::string first;
  std::string alone;
  std::string behind;
  trigger("p", day(1), first);
  trigger("q", {}, alone);
  const Decision waits = trigger("p", day(2), behind);
  ASSERT_TRUE(reason_of(waits));
  EXPECT_EQ(reason_of(waits)->code, "waiting_for_table");
  EXPECT_NE(reason_of(waits)->message.find("behind the run " + alone), std::string::npos) << reason_of(waits)->message;
}

TEST_F(TableWritersTest, WhatOnlyAddsGoesSideBySide) {
  load_writers(Writing::side_by_side, Writing::alone);
  std::string one;
  std::string two;
  std::string alone;
  std::string behind;
  EXPECT_TRUE(begins("p", day(2), one));
  EXPECT_TRUE(begins("p", day(1), two));
  EXPECT_FALSE(begins("q", {}, alone));
  // Nobody passes it, or it would wait for ever.
  EXPECT_FALSE(begins("p", day(3), behind));
  EXPECT_EQ(started(succeed(one)), "");
  EXPECT_EQ(started(succeed(two)), alone + " ");
  EXPECT_EQ(started(succeed(alone)), behind + " ");
}

TEST_F(TableWritersTest, OpenRunsPublishInTheOrderOfTheirIntervals) {
  load_writers(Writing::in_order);
  std::string third;
  std::string second;
  std::string first;
  EXPECT_TRUE(begins("p", day(3), third));
  EXPECT_FALSE(begins("p", day(2), second));
  EXPECT_FALSE(begins("p", day(1), first));
  EXPECT_EQ(started(succeed(third)), first + " ");
  EXPECT_EQ(started(succeed(first)), second + " ");
}

TEST_F(TableWritersTest, ALaterIntervalWaitsForAnEarlierOneThatIsToBeTriedAgain) {
  load_writers(Writing::in_order);
  std::string first;
  std::string second;
  trigger("p", day(1), first);
  trigger("p", day(2), second);
  const Decision failed = scheduler_->finished({first, "s", 1}, ended(StepState::failed, ErrorKind::transient), at(minutes(2)));
  EXPECT_EQ(started(failed), "");
  EXPECT_EQ(started(scheduler_->advance(at(minutes(20)))), first + " ");
  EXPECT_EQ(started(scheduler_->finished({first, "s", 2}, ended(StepState::failed), at(minutes(21)))), second + " ");
}

TEST_F(TableWritersTest, ACancelledRunGivesItsTurnAway) {
  load_writers(Writing::in_order);
  std::string first;
  std::string second;
  std::string third;
  trigger("p", day(1), first);
  trigger("p", day(2), second);
  trigger("p", day(3), third);
  EXPECT_EQ(started(*scheduler_->cancel(second, {"cancelled_by_user", ""}, at(minutes(2)))), "");
  EXPECT_EQ(started(succeed(first)), third + " ");
}

TEST_F(TableWritersTest, AfterARestartARunningStepStillHoldsItsTable) {
  load_writers(Writing::in_order);
  std::string first;
  const Decision begun = trigger("p", day(1), first);
  Scheduler::Restored restored;
  for (const store::Change& change : begun.transaction.changes) {
    if (const auto* insert = std::get_if<store::InsertRun>(&change)) restored.runs.push_back({insert->run, insert->steps, {}});
  }
  ASSERT_EQ(restored.runs.size(), 1U);
  restored.specs[first] = project_.pipelines["p"];
  scheduler_ = std::make_unique<Scheduler>(Scheduler::Options{8, true, false});
  scheduler_->restore(restored, project_, at(minutes(2)));
  scheduler_->load(project_, at(minutes(2)));
  std::string second;
  EXPECT_FALSE(begins("q", day(1), second));
  EXPECT_EQ(started(succeed(first)), second + " ");
}

/// What lies in the store after a process that had begun a backfill of three intervals, two at a time, and one run beside it.
class EndingTest : public TableWritersTest {
 protected:
  void SetUp() override {
    load_writers(Writing::side_by_side);
    Backfill wanted;
    wanted.id = "b-1";
    wanted.pipeline = "p";
    wanted.max_active = 2;
    const auto begun = scheduler_->backfill(wanted, {{{}, 0, day(1), {}, {}, {}}, {{}, 1, day(2), {}, {}, {}}, {{}, 2, day(3), {}, {}, {}}},
                                            at(minutes(1)));
    ASSERT_TRUE(begun);
    std::vector<store::BackfillInterval> intervals;
    for (const store::Change& change : begun->transaction.changes) {
      if (const auto* insert = std::get_if<store::InsertBackfill>(&change)) intervals = insert->intervals;
      if (const auto* update = std::get_if<store::UpdateBackfill>(&change)) left_.backfills = {{update->backfill, {}}};
    }
    for (const store::Change& change : begun->transaction.changes) {
      if (const auto* insert = std::get_if<store::InsertRun>(&change)) left_.runs.push_back({insert->run, insert->steps, {}});
      if (const auto* assign = std::get_if<store::AssignInterval>(&change))
        intervals[static_cast<std::size_t>(assign->ordinal)].run_id = assign->run_id;
    }
    for (const store::OpenRun& open : left_.runs) left_.specs[open.run.id] = project_.pipelines["p"];
    left_.backfills.front().second = intervals;
    left_.cancel = Reason{"cancelled_by_user", "Cancelled by the test."};
    scheduler_ = std::make_unique<Scheduler>(Scheduler::Options{8, false, false});
    scheduler_->stop_starting();
  }

  Backfill backfill_after(const Decision& decision) {
    Backfill last = left_.backfills.front().first;
    for (const store::Change& change : decision.transaction.changes) {
      if (const auto* update = std::get_if<store::UpdateBackfill>(&change)) last = update->backfill;
    }
    return last;
  }

  Scheduler::Restored left_;
};

TEST_F(EndingTest, WhatIsTakenOverToBeCancelledSendsNothingMore) {
  ASSERT_EQ(left_.runs.size(), 2U);
  left_.runs.pop_back();
  const std::string id = left_.runs.front().run.id;
  const Decision restored = scheduler_->restore(left_, project_, at(minutes(2)));
  ASSERT_EQ(restored.start.size(), 1U);
  EXPECT_EQ(restored.start[0].id.run_id, id);
  EXPECT_TRUE(restored.start[0].cancelled);
  EXPECT_EQ(scheduler_->find(id)->state, RunState::cancelling);
  EXPECT_EQ(started(scheduler_->load(project_, at(minutes(2)))), "");
  const Decision ended_now = scheduler_->finished(restored.start[0].id, ended(StepState::cancelled), at(minutes(3)));
  EXPECT_EQ(updated(ended_now)->state, RunState::cancelled);
  EXPECT_EQ(started(ended_now), "");
  // The backfill counts it, and goes on with its other runs at the next start.
  const Backfill after = backfill_after(ended_now);
  EXPECT_EQ(after.state, BackfillState::running);
  EXPECT_EQ(after.cancelled, 1);
  EXPECT_EQ(after.active, 1);
  EXPECT_EQ(after.waiting, 1);
}

TEST_F(EndingTest, ABackfillEndsWithAllItsRuns) {
  const Decision restored = scheduler_->restore(left_, project_, at(minutes(2)));
  EXPECT_EQ(restored.start.size(), 2U);
  const auto cancelled = scheduler_->cancel_backfill("b-1", at(minutes(2)));
  ASSERT_TRUE(cancelled);
  EXPECT_EQ(backfill_after(*cancelled).state, BackfillState::cancelling);
  scheduler_->load(project_, at(minutes(2)));
  scheduler_->finished(restored.start[0].id, ended(StepState::cancelled), at(minutes(3)));
  const Backfill after = backfill_after(scheduler_->finished(restored.start[1].id, ended(StepState::cancelled), at(minutes(3))));
  EXPECT_EQ(after.state, BackfillState::cancelled);
  EXPECT_EQ(after.cancelled, 3);
}

}  // namespace
}  // namespace penstock::run
