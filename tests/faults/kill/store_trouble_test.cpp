#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/faults/kill/site.h"

namespace penstock::faults {
namespace {

namespace fs = std::filesystem;
using store::RunState;

/// What goes wrong with the file in which a daemon keeps its memory.
class StoreTrouble : public testing::Test {
 protected:
  void SetUp() override {
    for (const connectors::Engine& engine : connectors::engines()) {
      if (engine.name != "duckdb") continue;
      if (!engine.missing.empty()) GTEST_SKIP() << engine.missing;
      site_ = std::make_unique<Site>(engine);
      site_->forget_runs();
      site_->reset(modes()[2]);
      site_->let_go();
    }
  }

  std::string state_folder() const { return fs::path(site_->store_path()).parent_path(); }

  void execute(const std::string& sql) const {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(site_->store_path().c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
    sqlite3_close(database);
  }

  int root_page(const std::string& name) const {
    int page = 0;
    sqlite3* database = nullptr;
    EXPECT_EQ(sqlite3_open(site_->store_path().c_str(), &database), SQLITE_OK);
    const auto take = [](void* into, int, char** columns, char**) {
      *static_cast<int*>(into) = std::stoi(columns[0]);
      return 0;
    };
    const std::string sql = "SELECT rootpage FROM sqlite_master WHERE name = '" + name + "'";
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), take, &page, nullptr), SQLITE_OK);
    sqlite3_close(database);
    return page;
  }

  void run_append_once() const {
    std::string said;
    EXPECT_EQ(run_to_end(site_->command("penstock run append"), &said).code, 0) << said;
  }

  std::string back_up(const std::string& name) const {
    std::string file = site_->root() + "/" + name;
    std::string said;
    EXPECT_EQ(run_to_end(site_->command("penstock store backup " + file), &said).code, 0) << said;
    EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    return file;
  }

  /// As the page for operators says it.
  void restore(const std::string& file) const {
    for (const char* part : {"", "-wal", "-shm"}) fs::remove(site_->store_path() + part);
    fs::copy_file(file, site_->store_path());
  }

  std::vector<store::Run> scheduled_runs() const {
    std::vector<store::Run> runs = StoreView(*site_).runs();
    const auto is_other = [](const store::Run& run) { return run.trigger.kind != store::TriggerKind::schedule; };
    runs.erase(std::remove_if(runs.begin(), runs.end(), is_other), runs.end());
    return runs;
  }

  std::unique_ptr<Site> site_;
};

TEST_F(StoreTrouble, AFullDiskIsSaidAndWaitedForAndRefusesWhatIsNew) {
  const std::string marker = site_->root() + "/full";
  Daemon daemon(*site_, {0, {"PENSTOCK_DISK_IS_FULL=" + marker}});
  std::ofstream(marker) << "store.db\n";
  std::string waited;
  std::thread request([&] { waited = daemon.post("/api/v1/pipelines/append/runs"); });
  EXPECT_TRUE(daemon.program().says("is full; free some space")) << daemon.program().output();
  EXPECT_NE(daemon.get("/livez").find(R"("state":"ok")"), std::string::npos) << daemon.get("/livez");
  EXPECT_NE(daemon.get("/readyz").find("full"), std::string::npos) << daemon.get("/readyz");
  const std::string refused = daemon.post("/api/v1/pipelines/append/runs");
  EXPECT_NE(refused.find("is full"), std::string::npos) << refused;
  fs::remove(marker);
  request.join();
  EXPECT_TRUE(daemon.program().says("the store takes changes again")) << daemon.program().output();
  // Where something of the start met the full disk first, the request was refused, too.
  if (waited.find("is full") != std::string::npos) daemon.post("/api/v1/pipelines/append/runs");
  EXPECT_TRUE(daemon.finish_all());
  EXPECT_EQ(daemon.stop(), 0);
  EXPECT_EQ(StoreView(*site_).runs().size(), 1U);
  EXPECT_EQ(site_->rows_of("append"), modes()[2].after);
}

TEST_F(StoreTrouble, AStopBesideAFullDiskEnds) {
  const std::string marker = site_->root() + "/full";
  Daemon daemon(*site_, {0, {"PENSTOCK_DISK_IS_FULL=" + marker}});
  std::ofstream(marker) << "store.db\n";
  std::string waited;
  std::thread request([&] { waited = daemon.post("/api/v1/pipelines/append/runs"); });
  EXPECT_TRUE(daemon.program().says("is full; free some space")) << daemon.program().output();
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(daemon.stop(), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
  request.join();
  EXPECT_EQ(waited.find("\"id\""), std::string::npos) << "nothing was promised: " << waited;
  EXPECT_NE(daemon.program().output().find("what waited for the store is not recorded"), std::string::npos) << daemon.program().output();
  fs::remove(marker);
  run_append_once();
  EXPECT_EQ(site_->rows_of("append"), modes()[2].after);
}

TEST_F(StoreTrouble, AFileSystemThatWasMadeReadOnlyEndsTheDaemon) {
  const std::string marker = site_->root() + "/read_only";
  Daemon daemon(*site_, {0, {"PENSTOCK_DISK_IS_FULL=" + marker}});
  std::ofstream(marker) << "store.db\nread-only\n";
  const std::string refused = daemon.post("/api/v1/pipelines/append/runs");
  EXPECT_EQ(daemon.program().wait().code, 1) << daemon.program().output();
  EXPECT_NE(daemon.program().output().find("refuses: disk I/O error"), std::string::npos) << daemon.program().output() << refused;
  EXPECT_EQ(site_->rows_of("append"), modes()[2].before);
}

// A minute is what /livez allows; a supervisor that asks it then starts another process.
TEST_F(StoreTrouble, ADiskThatNeverAnswersIsToldByLivez) {
  const std::string marker = site_->root() + "/hangs";
  Daemon daemon(*site_, {0, {"PENSTOCK_DISK_IS_FULL=" + marker}});
  EXPECT_NE(daemon.get("/livez").find(R"("state":"ok")"), std::string::npos);
  std::ofstream(marker) << "store.db\nhangs\n";
  // Its own patience is over before the disk's.
  std::thread request([&] { daemon.post("/api/v1/pipelines/append/runs"); });
  std::this_thread::sleep_for(std::chrono::minutes(1));
  EXPECT_TRUE(comes_true([&] { return daemon.get("/livez").find("the store's writer has not looked at its work for 6") != std::string::npos; }))
      << daemon.get("/livez");
  EXPECT_NE(daemon.get("/livez").find(R"("state":"failed")"), std::string::npos);
  fs::remove(marker);
  request.join();
  EXPECT_TRUE(comes_true([&] { return daemon.get("/livez").find(R"("state":"ok")") != std::string::npos; })) << daemon.get("/livez");
  EXPECT_TRUE(daemon.finish_all());
  EXPECT_EQ(daemon.stop(), 0);
  EXPECT_EQ(site_->rows_of("append"), modes()[2].after);
}

TEST_F(StoreTrouble, ADamagedPageEndsTheDaemonSoThatItsSupervisorSeesIt) {
  const int page = root_page("run_by_created");
  ASSERT_GT(page, 1);
  {
    std::fstream file(site_->store_path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp((page - 1) * 4096);
    file << std::string(4096, '\xA5');
  }
  Daemon daemon(*site_);
  daemon.post("/api/v1/pipelines/append/runs");
  EXPECT_EQ(daemon.program().wait().code, 1) << daemon.program().output();
  EXPECT_NE(daemon.program().output().find("is damaged or is no Penstock store"), std::string::npos) << daemon.program().output();
  EXPECT_NE(daemon.program().output().find("restore a backup"), std::string::npos);
  EXPECT_EQ(site_->rows_of("append"), modes()[2].before);
}

TEST_F(StoreTrouble, AFolderThatIsMovedAwayEndsItsDaemonAndLeavesTheNewOneAlone) {
  Daemon first(*site_);
  fs::rename(state_folder(), site_->root() + "/away");
  Daemon second(*site_);
  EXPECT_EQ(first.program().wait().code, 3) << first.program().output();
  EXPECT_NE(first.program().output().find("was moved, removed or replaced"), std::string::npos) << first.program().output();
  std::string said;
  EXPECT_EQ(run_to_end(site_->command("penstock run append"), &said).code, 0) << said;
  EXPECT_EQ(StoreView(*site_).runs().size(), 1U) << "the command found the second daemon";
  EXPECT_EQ(second.stop(), 0);
  EXPECT_EQ(site_->rows_of("append"), modes()[2].after);
}

TEST_F(StoreTrouble, ABackupOfARunningDaemonIsRestoredAndGoesOn) {
  std::string copy;
  {
    Daemon daemon(*site_);
    daemon.post("/api/v1/pipelines/append/runs");
    EXPECT_TRUE(daemon.finish_all());
    copy = back_up("copy.db");
    std::string said;
    EXPECT_EQ(run_to_end(site_->command("penstock store backup " + copy), &said).code, 3) << said;
    EXPECT_NE(said.find("exists"), std::string::npos) << said;
    daemon.post("/api/v1/pipelines/append/runs");
    EXPECT_TRUE(daemon.finish_all());
    EXPECT_EQ(daemon.stop(), 0);
  }
  EXPECT_EQ(fs::file_size(site_->store_path() + "-wal"), 0U) << "a clean stop leaves everything in the one file";
  restore(copy);
  EXPECT_EQ(StoreView(*site_).runs().size(), 1U);
  Daemon daemon(*site_);
  EXPECT_TRUE(daemon.program().says("is an older copy")) << daemon.program().output();
  EXPECT_NE(daemon.get("/readyz").find("is an older copy"), std::string::npos) << daemon.get("/readyz");
  EXPECT_EQ(daemon.stop(), 0);
  run_append_once();
  EXPECT_EQ(StoreView(*site_).runs().size(), 2U);
}

// Two days were missed, so the next start makes up for the last of them.
TEST_F(StoreTrouble, AnOlderCopyDoesNotFireItsLastTickAgain) {
  site_->write("pipelines/daily.yaml",
               "pipeline: daily\nschedule: { cron: \"0 0 * * *\", timezone: UTC }\nsteps:\n  - name: daily\n    sql: select 1 as id\n    "
               "publish: table\n");
  EXPECT_EQ(Daemon(*site_).stop(), 0);
  execute("UPDATE cursor SET at = at - 2 * 86400000000");
  const std::string copy = back_up("copy.db");
  {
    Daemon daemon(*site_);
    EXPECT_TRUE(daemon.wait_until([&] { return !scheduled_runs().empty(); }));
    EXPECT_TRUE(daemon.finish_all());
    EXPECT_EQ(daemon.stop(), 0);
  }
  const std::vector<store::Run> fired = scheduled_runs();
  EXPECT_TRUE(std::any_of(fired.begin(), fired.end(), [](const store::Run& run) { return run.state == RunState::succeeded; }));
  restore(copy);
  {
    Daemon daemon(*site_);
    EXPECT_TRUE(daemon.program().says("is an older copy")) << daemon.program().output();
    daemon.post("/api/v1/pipelines/append/runs");
    EXPECT_TRUE(daemon.finish_all());
    EXPECT_EQ(daemon.stop(), 0);
  }
  EXPECT_TRUE(scheduled_runs().empty()) << "its nominal time was decided before";
  EXPECT_EQ(StoreView(*site_).runs().size(), 1U);
}

TEST_F(StoreTrouble, WhatWasOpenInAnOlderCopyIsCancelled) {
  site_->write("pipelines/slow.yaml", "pipeline: slow\nsteps:\n  - name: slow\n    native_sql: " + site_->engine().slow +
                                          "\n    columns: { n: int64 }\n    publish: append\n");
  std::string copy;
  {
    Daemon daemon(*site_);
    daemon.post("/api/v1/pipelines/slow/runs");
    copy = back_up("copy.db");
    EXPECT_TRUE(daemon.finish_all());
    EXPECT_EQ(daemon.stop(), 0);
  }
  const store::Run done = StoreView(*site_).runs().at(0);
  EXPECT_EQ(done.state, RunState::succeeded);
  const Rows rows = site_->rows_of("slow");
  site_->let_go();
  restore(copy);
  EXPECT_TRUE(StoreView(*site_).has_open_run());
  Daemon daemon(*site_);
  EXPECT_TRUE(daemon.finish_all());
  EXPECT_EQ(daemon.stop(), 0);
  const store::Run again = StoreView(*site_).runs().at(0);
  EXPECT_EQ(again.id, done.id);
  EXPECT_TRUE(is_final(again.state));
  EXPECT_EQ(again.reason ? again.reason->code : "", "older_copy");
  EXPECT_EQ(site_->rows_of("slow"), rows) << "nothing was published twice";
}

}  // namespace
}  // namespace penstock::faults
