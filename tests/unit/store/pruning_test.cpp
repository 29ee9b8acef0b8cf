#include "daemon/store/pruning.h"

#include "tests/unit/store/sample.h"

namespace penstock::store {
namespace {

/// Runs of one pipeline, one per second, each with a step and a unit of two statements: one of its own, one that all share.
class PruningTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    store_ = open();
  }

  void add(int second, RunState state = RunState::succeeded, StepState step_state = StepState::succeeded) {
    store::Run run = sample_run(id_of(second), second);
    run.state = state;
    if (is_final(state)) run.finished = at(second);
    StepRun step = sample_step(run.id, "a", 0);
    step.state = step_state;
    if (is_final(step_state)) step.finished = at(second);
    UnitRun unit = sample_unit(run.id, "a", 0);
    const std::string own = "create " + run.id;
    unit.statements = {hash_content(own), hash_content("select 1")};
    Transaction made = transaction(InsertRun{run, {step}});
    made.changes.emplace_back(InsertUnits{{unit}, {{unit.statements[0], own}, {unit.statements[1], "select 1"}}});
    ASSERT_TRUE(store_->commit(std::move(made)));
  }

  static std::string id_of(int second) { return "r-" + std::to_string(1000 + second); }

  /// How many transactions it took.
  int prune(const Retention& retention, Time now) {
    store_.reset();
    Connection connection(path(), SQLite::OPEN_READWRITE);
    Pruning pruning(retention, now);
    int transactions = 1;
    for (; pruning.proceed(connection); ++transactions) EXPECT_LT(transactions, 1000);
    return transactions;
  }

  std::int64_t ask(const std::string& sql) {
    Connection connection(path(), SQLite::OPEN_READONLY);
    return connection.database().execAndGet(sql).getInt64();
  }

  bool has(int second) { return ask("SELECT count(*) FROM run WHERE id = '" + id_of(second) + "'") == 1; }

  std::unique_ptr<Store> store_;
};

TEST_F(PruningTest, TheNewestStayAndWhatDidNotSucceedStaysForAWhile) {
  add(1, RunState::failed, StepState::failed);
  add(2, RunState::failed, StepState::failed);
  add(3);
  add(4, RunState::cancelled, StepState::cancelled);
  add(5);
  add(6);
  prune({2, std::chrono::hours(1)}, at(3600 + 2));
  EXPECT_FALSE(has(1));
  EXPECT_TRUE(has(2)) << "a failure that is young enough";
  EXPECT_FALSE(has(3));
  EXPECT_TRUE(has(4));
  EXPECT_TRUE(has(5));
  EXPECT_TRUE(has(6));
  EXPECT_EQ(ask("SELECT count(*) FROM step"), 4);
  EXPECT_EQ(ask("SELECT count(*) FROM unit"), 4);
}

TEST_F(PruningTest, TextsGoWithTheLastUnitThatUsesThem) {
  for (int second = 1; second <= 3; ++second) add(second);
  prune({1, std::chrono::hours(1)}, at(100));
  EXPECT_EQ(ask("SELECT count(*) FROM content"), 2);
  EXPECT_EQ(ask("SELECT uses FROM content WHERE body = 'select 1'"), 1);
  EXPECT_EQ(ask("SELECT count(*) FROM content WHERE body = 'create " + id_of(3) + "'"), 1);
}

TEST_F(PruningTest, WhatSomebodyStillNeedsStays) {
  add(1, RunState::running, StepState::running);
  add(2, RunState::failed, StepState::unknown);
  add(3);
  add(4);
  add(5);
  UnitRun unit = sample_unit(id_of(3), "a", 1);
  unit.statements = {hash_content("drop table staged")};
  ASSERT_TRUE(store_->commit(transaction(PutLeftover{unit})));
  Backfill backfill;
  backfill.id = "b-1";
  backfill.pipeline = "routes";
  ASSERT_TRUE(store_->commit(transaction(InsertBackfill{backfill, {}})));
  store_.reset();
  execute("UPDATE run SET backfill_id = 'b-1' WHERE id = 'r-1004'");
  prune({1, std::chrono::hours(0)}, at(100000));
  EXPECT_TRUE(has(1)) << "it runs";
  EXPECT_TRUE(has(2)) << "somebody has to say how its step ended";
  EXPECT_TRUE(has(3)) << "its working table is there";
  EXPECT_TRUE(has(4)) << "its backfill goes on";
  EXPECT_TRUE(has(5)) << "it is the newest";
}

TEST_F(PruningTest, TransactionsStayShortAndTheFileShrinks) {
  store::Run run = sample_run(id_of(1), 1);
  run.state = RunState::succeeded;
  run.finished = at(1);
  std::vector<StepRun> steps;
  InsertUnits units;
  for (int i = 0; i < 1500; ++i) {
    steps.push_back(sample_step(run.id, "s" + std::to_string(i), i));
    UnitRun unit = sample_unit(run.id, steps.back().name, 0);
    const std::string text = "create table t" + std::to_string(i) + std::string(500, 'x');
    unit.statements = {hash_content(text)};
    units.units.push_back(unit);
    units.texts.emplace_back(unit.statements[0], text);
  }
  Transaction made = transaction(InsertRun{run, steps});
  made.changes.emplace_back(std::move(units));
  ASSERT_TRUE(store_->commit(std::move(made)));
  add(2);
  const std::int64_t before = ask("PRAGMA page_count");
  EXPECT_GE(prune({1, std::chrono::hours(1)}, at(100)), 5) << "4,500 rows, at most 1,000 at a time";
  EXPECT_FALSE(has(1));
  EXPECT_TRUE(has(2));
  EXPECT_LT(ask("PRAGMA page_count"), before / 2);
  EXPECT_EQ(ask("PRAGMA freelist_count"), 0);
}

TEST_F(PruningTest, EveryPipelineIsCountedByItself) {
  for (int second = 1; second <= 3; ++second) add(second);
  store::Run other = sample_run("o-1", 0);
  other.pipeline = "other";
  other.state = RunState::succeeded;
  other.finished = at(0);
  ASSERT_TRUE(store_->commit(transaction(InsertRun{other, {}})));
  prune({2, std::chrono::hours(1)}, at(100));
  EXPECT_EQ(ask("SELECT count(*) FROM run WHERE pipeline = 'other'"), 1);
  EXPECT_EQ(ask("SELECT count(*) FROM run WHERE pipeline = 'routes'"), 2);
}

TEST_F(PruningTest, TheWriterPrunesByItself) {
  Transaction many = transaction(SetPaused{"routes", true});
  for (int second = 1; second <= Retention().runs + 3; ++second) {
    store::Run run = sample_run(id_of(second), second);
    run.state = RunState::succeeded;
    run.finished = at(second);
    many.changes.emplace_back(InsertRun{run, {}});
  }
  ASSERT_TRUE(store_->commit(std::move(many)));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (ask("SELECT count(*) FROM run") > Retention().runs && std::chrono::steady_clock::now() < deadline) {}
  EXPECT_EQ(ask("SELECT count(*) FROM run"), Retention().runs);
}

}  // namespace
}  // namespace penstock::store
