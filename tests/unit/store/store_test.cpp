#include "daemon/store/store.h"

#include <fstream>
#include <future>
#include <thread>

#include "tests/unit/store/sample.h"

namespace penstock::store {
namespace {

TEST_F(StoreTest, EverythingOfARunComesBackAsItWasWritten) {
  auto store = open();
  store::Run run = sample_run("r-1");
  run.state = RunState::failed;
  run.reason = Reason{"overlap", "the run before was active"};
  run.trigger = {TriggerKind::api, "nightly", at(990), "maria", "again"};
  run.interval = Interval{at(100), at(200)};
  run.parameters = {{"minimum", "100"}, {"quote", "a\"b'c\n\xC3\xBC"}};
  run.selected = {"a", "b"};
  run.retry_of = "r-0";
  run.first_created = at(7);
  run.backfill_id = "b-1";
  run.version = hash_content("project");
  run.definition_hash = "abc";
  run.started = at(1001);
  run.finished = at(1002);
  run.steps = {6, 1, 0, 0, 2, 1, 0, 2, 0};
  run.checks = {7, 1, 2};
  run.rows = 12;
  run.bytes_scanned = 0;
  run.error = Fault{"check", "PEN5001", "no", "mend", "22012", "7", 3, "a", true};
  StepRun step = sample_step("r-1", "a", 0);
  step.kind = "sql";
  step.table = "marts.a";
  step.publish_as = "merge";
  step.publish_method = "one transaction";
  step.depends_on = {"x", "y"};
  step.state = StepState::failed;
  step.purpose = Purpose::check;
  step.attempt = 2;
  step.queued = at(1);
  step.started = at(2);
  step.finished = at(3);
  step.next_attempt = at(4);
  step.units_total = 5;
  step.units_finished = 4;
  step.rows = 3;
  step.checks = {1, 2, 3};
  step.error = run.error;
  ASSERT_TRUE(store->commit(transaction(InsertRun{run, {step}})));

  auto readers = Readers::open(path());
  ASSERT_TRUE(readers);
  auto snapshot = (*readers)->snapshot();
  const auto read = snapshot->run("r-1");
  ASSERT_TRUE(read && *read);
  const store::Run& got = **read;
  EXPECT_EQ(got.state, run.state);
  EXPECT_EQ(got.reason, run.reason);
  EXPECT_EQ(got.trigger.kind, run.trigger.kind);
  EXPECT_EQ(got.trigger.nominal, run.trigger.nominal);
  EXPECT_EQ(got.trigger.actor, "maria");
  EXPECT_EQ(got.interval, run.interval);
  EXPECT_EQ(got.parameters, run.parameters);
  EXPECT_EQ(got.selected, run.selected);
  EXPECT_EQ(got.version, run.version);
  EXPECT_EQ(got.steps, run.steps);
  EXPECT_EQ(got.checks, run.checks);
  EXPECT_EQ(got.rows, 12);
  EXPECT_EQ(got.bytes_scanned, 0);
  EXPECT_EQ(got.error, run.error);
  const auto steps = snapshot->steps("r-1");
  ASSERT_EQ(steps->size(), 1U);
  EXPECT_EQ(steps->front().run_id, "r-1");
  EXPECT_EQ(steps->front().depends_on, step.depends_on);
  EXPECT_EQ(steps->front().purpose, Purpose::check);
  EXPECT_EQ(steps->front().next_attempt, at(4));
  EXPECT_EQ(steps->front().error, run.error);
  EXPECT_FALSE(*snapshot->run("r-2"));
}

TEST_F(StoreTest, ATickHasOneRunForEver) {
  auto store = open();
  store::Run run = sample_run("r-1");
  run.trigger = {TriggerKind::schedule, "schedule", at(990), "", ""};
  ASSERT_TRUE(store->commit(transaction(InsertRun{run, {}})));
  run.id = "r-2";
  const auto second = store->commit(transaction(InsertRun{run, {}}));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::conflict);
  run.id = "r-3";
  run.trigger.nominal = at(991);
  EXPECT_TRUE(store->commit(transaction(InsertRun{run, {}})));
}

TEST_F(StoreTest, AConflictUndoesItsWholeTransactionAndNoOther) {
  auto store = open();
  ASSERT_TRUE(store->commit(transaction(InsertRun{sample_run("r-1"), {}})));
  Transaction both;
  both.changes.emplace_back(InsertRun{sample_run("r-2"), {}});
  both.changes.emplace_back(UpdateRun{sample_run("r-1"), RunState::running});
  std::promise<Result<void>> first;
  std::promise<Result<void>> second;
  store->commit(both, Urgency::later, [&](const Result<void>& result) { first.set_value(result); });
  store->commit(transaction(InsertRun{sample_run("r-3"), {}}), Urgency::now, [&](const Result<void>& result) { second.set_value(result); });
  const auto refused = first.get_future().get();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::conflict);
  EXPECT_NE(refused.error().message.find("r-1"), std::string::npos);
  EXPECT_TRUE(second.get_future().get());
  auto readers = Readers::open(path());
  auto snapshot = (*readers)->snapshot();
  EXPECT_FALSE(*snapshot->run("r-2"));
  EXPECT_TRUE(*snapshot->run("r-3"));
  EXPECT_EQ(snapshot->last_event(), 2);
}

TEST_F(StoreTest, StepsAndUnitsMoveByCompareAndSet) {
  auto store = open();
  StepRun step = sample_step("r-1", "a", 0);
  ASSERT_TRUE(store->commit(transaction(InsertRun{sample_run("r-1"), {step}})));
  step.state = StepState::running;
  step.attempt = 1;
  ASSERT_TRUE(store->commit(transaction(UpdateStep{step, StepState::pending, 0})));
  EXPECT_FALSE(store->commit(transaction(UpdateStep{step, StepState::pending, 0})));
  EXPECT_FALSE(store->commit(transaction(UpdateStep{step, StepState::running, 2})));
  UnitRun unit = sample_unit("r-1", "a", 0);
  unit.statements = {hash_content("select 1")};
  ASSERT_TRUE(store->commit(transaction(InsertUnits{{unit}, {{unit.statements[0], "select 1"}}})));
  unit.state = UnitState::succeeded;
  unit.finished = at(5);
  ASSERT_TRUE(store->commit(transaction(UpdateUnit{unit})));
  unit.state = UnitState::failed;
  const auto backwards = store->commit(transaction(UpdateUnit{unit}));
  ASSERT_FALSE(backwards);
  EXPECT_EQ(backwards.error().kind, ErrorKind::conflict);
  auto readers = Readers::open(path());
  auto snapshot = (*readers)->snapshot();
  EXPECT_EQ(*snapshot->statement(unit.statements[0]), "select 1");
  const auto attempts = snapshot->attempts("r-1", "");
  ASSERT_EQ(attempts->units.size(), 1U);
  EXPECT_EQ(attempts->units[0].state, UnitState::succeeded);
  EXPECT_EQ(attempts->units[0].statements, unit.statements);
}

TEST_F(StoreTest, TheLayoutOfATableIsThatOfTheLastUnitThatMadeIt) {
  auto store = open();
  ASSERT_TRUE(store->commit(transaction(InsertRun{sample_run("r-1"), {sample_step("r-1", "a", 0)}})));
  auto readers = Readers::open(path());
  int ordinal = 0;
  const auto make = [&](const std::string& layout, UnitState state) {
    UnitRun unit = sample_unit("r-1", "a", ordinal++);
    unit.made_table = "marts.a";
    unit.made_layout = layout;
    ASSERT_TRUE(store->commit(transaction(InsertUnits{{unit}, {}})));
    EXPECT_EQ((*readers)->snapshot()->attempts("r-1", "")->units.back().made_layout, layout);
    unit.state = state;
    unit.finished = at(5);
    ASSERT_TRUE(store->commit(transaction(UpdateUnit{unit})));
  };
  const auto told = [&] {
    std::string text;
    const auto tables = (*readers)->snapshot()->laid_out(sample_unit("r-1", "a", 0).connection);
    for (const LaidOut& table : *tables) {
      text += table.table + ": " + table.layout + " by " + table.run_id;
    }
    return text;
  };
  make("sort 1", UnitState::failed);
  EXPECT_EQ(told(), "") << "what failed made nothing";
  make("sort 1", UnitState::succeeded);
  EXPECT_EQ(told(), "marts.a: sort 1 by r-1");
  make("sort 2", UnitState::succeeded);
  EXPECT_EQ(told(), "marts.a: sort 2 by r-1");
  make("", UnitState::succeeded);
  EXPECT_EQ(told(), "") << "made without a layout";
  EXPECT_TRUE((*readers)->snapshot()->laid_out("another")->empty());
}

TEST_F(StoreTest, WhatAStepPublishedLastIsKeptPerEnvironment) {
  auto store = open();
  Published first{"dev",
                  "routes",
                  "a",
                  "local",
                  {{}, Identifier::exact("marts"), Identifier::exact("A")},
                  hash_content("q1"),
                  hash_content("p"),
                  hash_content("c"),
                  "r-1",
                  at(1)};
  Published again = first;
  again.query = hash_content("q2");
  again.run_id = "r-2";
  Published elsewhere = first;
  elsewhere.environment = "prod";
  for (const Published& each : {first, again, elsewhere}) ASSERT_TRUE(store->commit(transaction(PutPublished{each})));
  auto readers = Readers::open(path());
  const auto published = (*readers)->snapshot()->published("dev");
  ASSERT_TRUE(published);
  ASSERT_EQ(published->size(), 1U);
  EXPECT_EQ((*published)[0].query, hash_content("q2"));
  EXPECT_EQ((*published)[0].checks, hash_content("c"));
  EXPECT_EQ((*published)[0].run_id, "r-2");
  EXPECT_EQ((*published)[0].table, first.table);
}

TEST_F(StoreTest, ARowThatBreaksARuleIsItsTransactionsOwnFault) {
  auto store = open();
  store::Run run = sample_run("r-1");
  run.state = store::RunState::succeeded;
  const auto refused = store->commit(transaction(InsertRun{run, {}}));
  ASSERT_FALSE(refused) << "a run that has ended has an end";
  EXPECT_EQ(refused.error().kind, ErrorKind::conflict);
  EXPECT_TRUE(store->commit(transaction(InsertRun{sample_run("r-2"), {}})));
}

TEST_F(StoreTest, ManyWaitersShareOneSync) {
  auto store = open();
  const auto before = store->counts();
  std::promise<void> last;
  constexpr int kTransactions = 400;
  for (int i = 0; i < kTransactions; ++i) {
    store->commit(transaction(InsertRun{sample_run("r-" + std::to_string(i)), {}}), i + 1 == kTransactions ? Urgency::now : Urgency::later,
                  [&, i](const Result<void>& result) {
                    EXPECT_TRUE(result);
                    if (i + 1 == kTransactions) last.set_value();
                  });
  }
  last.get_future().wait();
  const auto after = store->counts();
  EXPECT_EQ(after.transactions - before.transactions, kTransactions);
  EXPECT_LT(after.commits - before.commits, kTransactions / 4);
}

TEST_F(StoreTest, EventsArriveInOrderAfterTheirCommit) {
  auto store = open();
  std::vector<std::int64_t> heard;
  std::mutex mutex;
  store->listen([&](const std::vector<Event>& events) {
    const std::lock_guard lock(mutex);
    for (const Event& event : events) heard.push_back(event.sequence);
  });
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(store->commit(transaction(InsertRun{sample_run("r-" + std::to_string(i)), {}})));
  store.reset();
  ASSERT_EQ(heard.size(), 20U);
  for (std::size_t i = 0; i < heard.size(); ++i) EXPECT_EQ(heard[i], static_cast<std::int64_t>(i) + 1);
}

TEST_F(StoreTest, WhatWaitsIsWrittenWhenTheStoreCloses) {
  auto store = open();
  for (int i = 0; i < 50; ++i) store->commit(transaction(InsertRun{sample_run("r-" + std::to_string(i)), {}}), Urgency::later, {});
  store.reset();
  auto readers = Readers::open(path());
  auto snapshot = (*readers)->snapshot();
  EXPECT_EQ(snapshot->runs({}, {100, ""})->items.size(), 50U);
}

TEST_F(StoreTest, ASecondOwnerIsRefusedAndHearsWhoOwnsIt) {
  auto store = open();
  const auto second = Store::open(options());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::refused);
  EXPECT_NE(second.error().message.find("the test"), std::string::npos);
  const std::int64_t epoch = store->epoch();
  store.reset();
  auto third = open();
  EXPECT_EQ(third->epoch(), epoch + 1);
}

TEST_F(StoreTest, ANewerStoreIsRefusedUntouched) {
  { auto store = open(); }
  execute("PRAGMA user_version = 99");
  const auto refused = Store::open(options());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::refused);
  EXPECT_NE(refused.error().message.find("newer"), std::string::npos);
  EXPECT_EQ(Readers::open(path()).error().kind, ErrorKind::refused);
}

TEST_F(StoreTest, AnotherProgramsDatabaseIsRefusedUntouched) {
  execute("CREATE TABLE t (x); INSERT INTO t VALUES (1)");
  std::ifstream before_file(path(), std::ios::binary);
  const std::string before{std::istreambuf_iterator<char>(before_file), {}};
  const auto refused = Store::open(options());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::refused);
  std::ifstream after_file(path(), std::ios::binary);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(after_file), {}), before);
}

TEST_F(StoreTest, AFileThatIsNoDatabaseIsRefused) {
  std::ofstream(path()) << std::string(8192, 'x');
  const auto refused = Store::open(options());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::storage);
  EXPECT_NE(refused.error().message.find("damaged"), std::string::npos);
}

TEST_F(StoreTest, ADamagedPageIsToldAndNothingIsWritten) {
  {
    auto store = open();
    for (int i = 0; i < 300; ++i) ASSERT_TRUE(store->commit(transaction(InsertRun{sample_run("r-" + std::to_string(i)), {}})));
  }
  {
    std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096);
    const std::string garbage(4096 * 30, '\xA5');
    file.write(garbage.data(), static_cast<std::streamsize>(garbage.size()));
  }
  auto store = Store::open(options());
  const Error error = store ? (*store)->commit(transaction(InsertRun{sample_run("r-x"), {}})).error() : store.error();
  EXPECT_EQ(error.kind, ErrorKind::storage);
  EXPECT_NE(error.message.find("damaged"), std::string::npos) << error.message;
}

TEST_F(StoreTest, AFullDiskIsToldAndWhatWasCommittedStays) {
  { auto store = open(); }
  Options small = options();
  small.largest_pages = static_cast<std::int64_t>(std::filesystem::file_size(path()) / 4096) + 40;
  auto store = Store::open(small);
  ASSERT_TRUE(store);
  int committed = 0;
  Error error;
  for (; committed < 2000; ++committed) {
    store::Run run = sample_run("r-" + std::to_string(committed));
    run.trigger.note = std::string(2000, 'n');
    if (const auto result = (*store)->commit(transaction(InsertRun{run, {}})); !result) {
      error = result.error();
      break;
    }
  }
  ASSERT_GT(committed, 5);
  ASSERT_LT(committed, 2000);
  EXPECT_EQ(error.kind, ErrorKind::storage);
  EXPECT_NE(error.message.find("full"), std::string::npos) << error.message;
  EXPECT_TRUE((*store)->health());
  store->reset();
  auto again = open();
  auto readers = Readers::open(path());
  auto snapshot = (*readers)->snapshot();
  EXPECT_EQ(snapshot->runs({}, {1000, ""})->items.size(), static_cast<std::size_t>(committed));
  EXPECT_TRUE(again->commit(transaction(InsertRun{sample_run("r-after"), {}})));
  EXPECT_FALSE(again->health());
}

TEST_F(StoreTest, AFullQueueRefusesAloud) {
  Options tight = options();
  tight.queue_limit = 4;
  tight.linger = std::chrono::minutes(10);
  auto store = Store::open(tight);
  ASSERT_TRUE(store);
  int refused = 0;
  for (int i = 0; i < 6; ++i) {
    (*store)->commit(transaction(InsertRun{sample_run("r-" + std::to_string(i)), {}}), Urgency::later, [&](const Result<void>& result) {
      if (!result && result.error().kind == ErrorKind::resource) ++refused;
    });
  }
  store->reset();
  EXPECT_EQ(refused, 2);
}

TEST_F(StoreTest, AnUnwritableFolderIsTold) {
  Options nowhere = options();
  nowhere.path = (folder_ / "missing" / "penstock.db").string();
  const auto refused = Store::open(nowhere);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::storage);
}

}  // namespace
}  // namespace penstock::store
