#include "daemon/store/reader.h"

#include <set>

#include "tests/unit/store/sample.h"

namespace penstock::store {
namespace {

class ReaderTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    store_ = open();
    readers_ = std::move(*Readers::open(path()));
  }

  Snapshot snapshot() { return std::move(*readers_->snapshot()); }

  void add(const std::string& id, std::int64_t created, const std::string& pipeline, RunState state, TriggerKind kind = TriggerKind::cli) {
    store::Run run = sample_run(id, created);
    run.pipeline = pipeline;
    run.state = state;
    run.trigger.kind = kind;
    if (is_final(state)) run.finished = at(created + 1);
    StepRun step = sample_step(id, "a", 0);
    step.pipeline = pipeline;
    StepRun other = sample_step(id, "b", 1);
    other.pipeline = pipeline;
    ASSERT_TRUE(store_->commit(transaction(InsertRun{run, {step, other}})));
  }

  std::unique_ptr<Store> store_;
  std::unique_ptr<Readers> readers_;
};

TEST_F(ReaderTest, PagesOfRunsAreCompleteAndWithoutRepeats) {
  for (int i = 0; i < 25; ++i)
    add("r-" + std::to_string(10 + i), 1000 + i / 3, i % 2 == 0 ? "even" : "odd", i % 5 == 0 ? RunState::failed : RunState::succeeded);
  for (const RunFilter& filter : std::vector<RunFilter>{{}, {.pipeline = "even"}, {.states = {RunState::failed, RunState::succeeded}}}) {
    std::vector<std::string> seen;
    PageRequest page{4, ""};
    auto view = snapshot();
    do {
      const auto got = view.runs(filter, page);
      ASSERT_TRUE(got);
      for (const store::Run& run : got->items) seen.push_back(run.id);
      page.cursor = got->next_cursor;
    } while (!page.cursor.empty());
    EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), seen.size());
    EXPECT_EQ(seen.size(), filter.pipeline.empty() ? 25U : 13U);
    EXPECT_TRUE(std::is_sorted(seen.rbegin(), seen.rend()));
  }
}

TEST_F(ReaderTest, AUnitIsFoundByItsTokenAndACheckByItsNewestAttempt) {
  add("r-1", 1000, "p", RunState::succeeded);
  UnitRun unit = sample_unit("r-1", "a", 3);
  unit.purpose = Purpose::publish;
  ASSERT_TRUE(store_->commit(transaction(InsertUnits{{sample_unit("r-1", "a", 0), unit}, {}})));
  std::vector<CheckRun> checks(2);
  for (int i = 0; i < 2; ++i) {
    CheckRun& check = checks[static_cast<std::size_t>(i)];
    check.run_id = "r-1";
    check.step = "a";
    check.name = "unique_id";
    check.attempt = i + 1;
    check.state = i == 0 ? CheckState::failed : CheckState::passed;
  }
  ASSERT_TRUE(store_->commit(transaction(InsertChecks{checks})));
  auto view = snapshot();
  const auto found = view.unit(unit.token);
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->run_id, "r-1");
  EXPECT_EQ((*found)->ordinal, 3);
  EXPECT_EQ((*found)->purpose, Purpose::publish);
  EXPECT_FALSE(view.unit("nobody")->has_value());
  const auto check = view.latest_check("r-1", "a", "unique_id");
  ASSERT_TRUE(check && *check);
  EXPECT_EQ((*check)->attempt, 2);
  EXPECT_EQ((*check)->state, CheckState::passed);
  EXPECT_FALSE(view.latest_check("r-1", "b", "unique_id")->has_value());
}

TEST_F(ReaderTest, TheLatestStepsAreTheNewestStartOfEach) {
  const auto add_steps = [&](const std::string& id, std::int64_t created, bool a_started, bool b_started) {
    store::Run run = sample_run(id, created);
    std::vector<StepRun> steps = {sample_step(id, "a", 0), sample_step(id, "b", 1)};
    if (a_started) steps[0].started = at(created);
    if (b_started) steps[1].started = at(created);
    ASSERT_TRUE(store_->commit(transaction(InsertRun{run, steps})));
  };
  add_steps("r-1", 1000, true, true);
  add_steps("r-2", 2000, true, false);
  add_steps("r-3", 3000, false, false);
  const auto latest = snapshot().latest_steps("routes");
  ASSERT_TRUE(latest);
  ASSERT_EQ(latest->size(), 2U);
  EXPECT_EQ((*latest)[0].name + " in " + (*latest)[0].run_id, "a in r-2");
  EXPECT_EQ((*latest)[1].name + " in " + (*latest)[1].run_id, "b in r-1");
}

TEST_F(ReaderTest, StepMarksComeByRunInTheOrderAskedFor) {
  add("r-1", 1000, "p", RunState::succeeded);
  add("r-2", 2000, "p", RunState::succeeded);
  auto view = snapshot();
  const auto marks = view.step_marks({"r-2", "nobody", "r-1"});
  ASSERT_TRUE(marks);
  ASSERT_EQ(marks->size(), 3U);
  EXPECT_TRUE((*marks)[1].empty());
  for (const int run : {0, 2}) {
    const std::vector<StepMark>& steps = (*marks)[static_cast<std::size_t>(run)];
    ASSERT_EQ(steps.size(), 2U);
    EXPECT_EQ(steps[0].name, "a");
    EXPECT_EQ(steps[1].name, "b");
    EXPECT_EQ(steps[0].state, StepState::pending);
  }
}

TEST_F(ReaderTest, LeftoversAreOfRunsThatHaveEndedAndGoWhenTheyAreDropped) {
  add("r-1", 1000, "p", RunState::failed);
  add("r-2", 1000, "p", RunState::running);
  UnitRun ended = sample_unit("r-1", "a", 0);
  ended.statements = {hash_content("drop one")};
  UnitRun open = sample_unit("r-2", "a", 0);
  open.statements = {hash_content("drop two")};
  for (const UnitRun& unit : {ended, ended, open}) ASSERT_TRUE(store_->commit(transaction(PutLeftover{unit})));
  ASSERT_TRUE(snapshot().leftovers("local", 10));
  EXPECT_EQ(*snapshot().leftovers("local", 10), std::vector<std::vector<ContentHash>>{ended.statements});
  EXPECT_TRUE(snapshot().leftovers("elsewhere", 10)->empty());
  ASSERT_TRUE(store_->commit(transaction(DropLeftover{"local", ended.statements})));
  EXPECT_TRUE(snapshot().leftovers("local", 10)->empty());
}

TEST_F(ReaderTest, FiltersNarrow) {
  add("r-1", 1000, "p", RunState::failed, TriggerKind::api);
  add("r-2", 2000, "p", RunState::succeeded, TriggerKind::schedule);
  add("r-3", 3000, "q", RunState::running, TriggerKind::backfill);
  auto view = snapshot();
  EXPECT_EQ(view.runs({.states = {RunState::failed, RunState::running}}, {})->items.size(), 2U);
  EXPECT_EQ(view.runs({.triggers = {TriggerKind::api, TriggerKind::backfill}}, {})->items.size(), 2U);
  EXPECT_EQ(view.runs({.since = at(2000)}, {})->items.size(), 2U);
  EXPECT_EQ(view.runs({.until = at(2000)}, {})->items.front().id, "r-1");
  EXPECT_EQ(view.runs({.backfill_id = "b-9"}, {})->items.size(), 0U);
}

TEST_F(ReaderTest, ACursorOfAnotherListIsRefused) {
  for (const char* cursor : {"x", "12", "12.", ".a", "99999999999999999999.a"}) {
    const auto refused = snapshot().runs({}, {10, cursor});
    ASSERT_FALSE(refused) << cursor;
    EXPECT_EQ(refused.error().kind, ErrorKind::invalid_input);
  }
}

TEST(Readers, OfAnEmptyStoreFindNothing) {
  auto readers = Readers::empty();
  ASSERT_TRUE(readers);
  auto first = (*readers)->snapshot();
  auto second = (*readers)->snapshot();
  ASSERT_TRUE(first && second);
  for (Snapshot* snapshot : {&*first, &*second}) {
    EXPECT_TRUE(snapshot->runs({}, {})->items.empty());
    EXPECT_FALSE(*snapshot->run("r-1"));
    EXPECT_EQ(snapshot->heads({"sales"}, 5)->size(), 1U);
  }
}

TEST_F(ReaderTest, ASnapshotDoesNotMove) {
  add("r-1", 1000, "p", RunState::running);
  auto view = snapshot();
  add("r-2", 2000, "p", RunState::running);
  EXPECT_EQ(view.runs({}, {})->items.size(), 1U);
  EXPECT_EQ(view.last_event(), 1);
  EXPECT_EQ(snapshot().last_event(), 2);
}

TEST_F(ReaderTest, StepHistoryPagesAcrossRuns) {
  for (int i = 0; i < 6; ++i) add("r-" + std::to_string(i), 1000 + i, i < 3 ? "p" : "q", RunState::running);
  auto view = snapshot();
  std::vector<std::string> seen;
  PageRequest page{5, ""};
  do {
    const auto got = view.step_history({}, page);
    ASSERT_TRUE(got);
    for (const StepRun& step : got->items) seen.push_back(step.run_id + step.name);
    page.cursor = got->next_cursor;
  } while (!page.cursor.empty());
  const std::vector<std::string> expected = {"r-5a", "r-5b", "r-4a", "r-4b", "r-3a", "r-3b",
                                             "r-2a", "r-2b", "r-1a", "r-1b", "r-0a", "r-0b"};
  EXPECT_EQ(seen, expected);
  EXPECT_EQ(view.step_history({.pipeline = "p", .step = "b"}, {})->items.size(), 3U);
  EXPECT_EQ(view.step_history({.states = {StepState::pending, StepState::failed}}, {})->items.size(), 12U);
  EXPECT_EQ(view.step_history({.since = at(1004)}, {})->items.size(), 4U);
}

TEST_F(ReaderTest, HeadsCountWhatIsActiveAndLeaveOutWhatIsOnlyPlanned) {
  add("r-1", 1000, "p", RunState::succeeded);
  add("r-2", 2000, "p", RunState::running);
  add("r-3", 3000, "p", RunState::scheduled);
  ASSERT_TRUE(store_->commit(transaction(SetPaused{"p", true})));
  const auto heads = snapshot().heads({"p", "never"}, 5);
  ASSERT_EQ(heads->size(), 2U);
  EXPECT_TRUE((*heads)[0].paused);
  EXPECT_EQ((*heads)[0].active_runs, 1);
  EXPECT_EQ((*heads)[0].last_success, at(1001));
  ASSERT_EQ((*heads)[0].recent.size(), 2U);
  EXPECT_EQ((*heads)[0].recent[0].id, "r-2");
  EXPECT_EQ((*heads)[1].recent.size(), 0U);
  const auto days = snapshot().daily("p", std::chrono::sys_days());
  ASSERT_EQ(days->size(), 1U);
  EXPECT_EQ((*days)[0].runs, 1);
}

TEST_F(ReaderTest, EventsResumeAndSayWhenTheyAreLost) {
  for (int i = 0; i < 5; ++i) add("r-" + std::to_string(i), 1000, "p", RunState::running);
  auto view = snapshot();
  EXPECT_EQ(view.events_after(0, 10)->events.size(), 5U);
  EXPECT_EQ(view.events_after(3, 10)->events.front().sequence, 4);
  EXPECT_EQ(view.events_after(5, 10)->events.size(), 0U);
  EXPECT_FALSE(view.events_after(5, 10)->lost);
  EXPECT_TRUE(view.events_after(6, 10)->lost);
}

TEST_F(ReaderTest, OpenRunsCarryStepsAndTheUnitsOfTheLastAttempt) {
  add("r-1", 1000, "p", RunState::succeeded);
  add("r-2", 2000, "p", RunState::running);
  StepRun step = sample_step("r-2", "a", 0);
  step.pipeline = "p";
  step.state = StepState::running;
  step.attempt = 2;
  ASSERT_TRUE(store_->commit(transaction(UpdateStep{step, StepState::pending, 0})));
  UnitRun old = sample_unit("r-2", "a", 0);
  UnitRun current = sample_unit("r-2", "a", 1);
  current.attempt = 2;
  current.handle = "h";
  ASSERT_TRUE(store_->commit(transaction(InsertUnits{{old, current}, {}})));
  const auto open = snapshot().open_runs();
  ASSERT_EQ(open->size(), 1U);
  EXPECT_EQ(open->front().run.id, "r-2");
  EXPECT_EQ(open->front().steps.size(), 2U);
  ASSERT_EQ(open->front().units.size(), 1U);
  EXPECT_EQ(open->front().units[0].handle, "h");
}

TEST_F(ReaderTest, RequestsVersionsCursorsAndBackfills) {
  ASSERT_TRUE(store_->commit(transaction(RememberRequest{"k", "h", "r-1", at(1000)})));
  EXPECT_FALSE(store_->commit(transaction(RememberRequest{"k", "h2", "r-2", at(1000)})));
  ProjectVersion version;
  version.hash = hash_content("v");
  version.environment = "prod";
  version.files = {{"penstock.yaml", "project: x"}, {"pipelines/a.yaml", std::string("a\0b", 3)}};
  ASSERT_TRUE(store_->commit(transaction(InsertVersion{version})));
  ASSERT_TRUE(store_->commit(transaction(MoveCursor{{"p", "schedule", "d", at(50)}})));
  ASSERT_TRUE(store_->commit(transaction(MoveCursor{{"p", "schedule", "d2", at(40)}})));
  Backfill backfill;
  backfill.id = "b-1";
  backfill.pipeline = "p";
  backfill.total = 2;
  ASSERT_TRUE(store_->commit(
      transaction(InsertBackfill{backfill, {{"b-1", 0, {at(0), at(1)}, "", {}, {}}, {"b-1", 1, {at(1), at(2)}, "", {}, {}}}})));
  add("r-7", 1000, "p", RunState::running);
  ASSERT_TRUE(store_->commit(transaction(AssignInterval{"b-1", 1, "r-7"})));
  EXPECT_FALSE(store_->commit(transaction(AssignInterval{"b-1", 1, "r-8"})));

  auto view = snapshot();
  EXPECT_EQ((*view.request("k"))->answer, "r-1");
  const auto read = view.version(version.hash);
  ASSERT_TRUE(read && *read);
  EXPECT_EQ((*read)->environment, "prod");
  ASSERT_EQ((*read)->files.size(), 2U);
  EXPECT_EQ((*read)->files[1].text, version.files[1].text);
  ASSERT_EQ(view.cursors()->size(), 1U);
  EXPECT_EQ(view.cursors()->front().at, at(50)) << "a cursor never moves back";
  EXPECT_EQ(view.open_backfills()->size(), 1U);
  const auto intervals = view.intervals("b-1");
  ASSERT_EQ(intervals->size(), 2U);
  EXPECT_EQ((*intervals)[1].run_id, "r-7");
  EXPECT_EQ((*intervals)[1].state, RunState::running);
  EXPECT_EQ((*intervals)[0].state, std::nullopt);
  EXPECT_EQ(view.backfills({"p", {BackfillState::queued}}, {})->items.size(), 1U);
  EXPECT_EQ(view.backfills({"p", {BackfillState::failed}}, {})->items.size(), 0U);
}

TEST_F(ReaderTest, AMissingStoreIsTold) { EXPECT_EQ(Readers::open((folder_ / "none.db").string()).error().kind, ErrorKind::not_found); }

TEST(Records, EveryNameIsReadBack) {
  for (const auto state : {RunState::scheduled, RunState::cancelling, RunState::timed_out, RunState::skipped})
    EXPECT_EQ(parse_run_state(name_of(state)), state);
  for (const auto state : {StepState::pending, StepState::unknown}) EXPECT_EQ(parse_step_state(name_of(state)), state);
  EXPECT_FALSE(parse_run_state("nonsense"));
  EXPECT_TRUE(is_final(RunState::skipped));
  EXPECT_FALSE(is_final(RunState::cancelling));
  EXPECT_EQ(phase_of(Purpose::prepare), "stage");
  Error error;
  error.kind = ErrorKind::timed_out;
  EXPECT_EQ(fault_from(error, "s").kind, "timeout");
}

}  // namespace
}  // namespace penstock::store
