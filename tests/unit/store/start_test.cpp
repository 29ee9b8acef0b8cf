#include <algorithm>
#include <map>
#include <mutex>

#include "tests/unit/store/sample.h"

namespace penstock::store {
namespace {

/// Counts the rows that every statement of every connection steps over without an index.
class ScannedRows {
 public:
  ScannedRows() {
    rows().clear();
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(&watch));
  }
  ~ScannedRows() { sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(&watch)); }
  ScannedRows(const ScannedRows&) = delete;
  ScannedRows& operator=(const ScannedRows&) = delete;

  static std::map<std::string, int> take() {
    const std::lock_guard lock(mutex());
    return std::exchange(rows(), {});
  }

 private:
  static std::mutex& mutex() {
    static std::mutex one;
    return one;
  }
  static std::map<std::string, int>& rows() {
    static std::map<std::string, int> all;
    return all;
  }

  static int watch(sqlite3* database, char**, const void*) {
    const auto count = [](unsigned, void*, void* statement, void*) {
      auto* ended = static_cast<sqlite3_stmt*>(statement);
      const std::lock_guard lock(mutex());
      int& most = rows()[sqlite3_sql(ended)];
      most = std::max(most, sqlite3_stmt_status(ended, SQLITE_STMTSTATUS_FULLSCAN_STEP, 0));
      return 0;
    };
    return sqlite3_trace_v2(database, SQLITE_TRACE_PROFILE, count, nullptr);
  }
};

TEST_F(StoreTest, AStartLooksAtWhatIsOpenAndNotAtHistory) {
  constexpr int kEnded = 3000;
  constexpr int kOpen = 3;
  {
    auto store = open();
    Transaction history;
    history.at = at(1000);
    for (int i = 0; i < kEnded + kOpen; ++i) {
      const std::string id = "r-" + std::to_string(i);
      store::Run run = sample_run(id, i);
      run.trigger = {TriggerKind::schedule, "schedule", at(i), "", ""};
      StepRun step = sample_step(id, "a", 0);
      if (i < kEnded) {
        run.state = RunState::succeeded;
        run.finished = at(i);
        step.state = StepState::succeeded;
        step.finished = at(i);
      }
      history.changes.emplace_back(InsertRun{run, {step}});
      Backfill backfill;
      backfill.id = "b-" + std::to_string(i);
      backfill.created = at(i);
      if (i < kEnded) {
        backfill.state = BackfillState::succeeded;
        backfill.finished = at(i);
      }
      history.changes.emplace_back(InsertBackfill{backfill, {}});
    }
    ASSERT_TRUE(store->commit(std::move(history)));
  }
  const ScannedRows scanned;
  auto store = open();
  auto readers = Readers::open(path());
  auto snapshot = (*readers)->snapshot();
  EXPECT_EQ(snapshot->open_runs()->size(), static_cast<std::size_t>(kOpen));
  EXPECT_EQ(snapshot->open_backfills()->size(), static_cast<std::size_t>(kOpen));
  EXPECT_TRUE(snapshot->cursors());
  EXPECT_TRUE(snapshot->paused_pipelines());
  EXPECT_TRUE(snapshot->leftovers("local", 20));
  EXPECT_TRUE(snapshot->starts_after(at(kEnded))->size() < kOpen);
  EXPECT_GT(snapshot->last_event(), kEnded);
  ASSERT_TRUE(store->commit(transaction(SetPaused{"routes", true})));
  const std::map<std::string, int> rows = ScannedRows::take();
  EXPECT_GT(rows.size(), 10U);
  for (const auto& [sql, count] : rows) EXPECT_LT(count, 100) << sql;
}

}  // namespace
}  // namespace penstock::store
