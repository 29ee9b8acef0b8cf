#include <signal.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/faults/kill/site.h"

namespace penstock::faults {
namespace {

using store::RunState;

std::string content_of(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

/// What goes wrong around a run: the store, the disk, the project's files, the server.
class Trouble : public testing::Test {
 protected:
  const connectors::Engine& engine_named(const std::string& name) {
    for (const connectors::Engine& engine : connectors::engines()) {
      if (engine.name == name) return engine;
    }
    std::abort();
  }

  bool use(const std::string& name) {
    const connectors::Engine& engine = engine_named(name);
    if (!engine.missing.empty()) return false;
    site_ = std::make_unique<Site>(engine);
    site_->let_go();
    return true;
  }

  std::string run_and_say(const std::string& words, int code) {
    std::string said;
    EXPECT_EQ(run_to_end(site_->command(words), &said).code, code) << said;
    return said;
  }

  store::Run newest_run() { return StoreView(*site_).runs().at(0); }

  /// Runs the mode, killed when it has published and has not dropped its working table.
  void kill_before_cleanup(const Mode& mode) {
    site_->forget_runs();
    site_->reset(mode);
    site_->let_go();
    // Right after the claim of its unit; the stage drops a table, too, but within a transaction.
    Program program(site_->command("penstock run " + mode.name + " -q"), {0, {"PENSTOCK_STOP_BEFORE=::int;\ndrop table"}});
    ASSERT_TRUE(program.wait().killed) << "it never came to its cleanup";
    ASSERT_EQ(site_->rows_of(mode.name), mode.after);
  }

  std::unique_ptr<Site> site_;
};

#define NEEDS(name) \
  if (!use(name)) GTEST_SKIP() << engine_named(name).missing

TEST_F(Trouble, ASecondDaemonOnTheSameStoreIsRefusedByName) {
  NEEDS("duckdb");
  Daemon first(*site_);
  std::string said;
  EXPECT_NE(run_to_end(site_->command("penstockd --port 0"), &said).code, 0);
  EXPECT_NE(said.find("is in use by penstockd, process"), std::string::npos) << said;
  EXPECT_NE(said.find("stop that process"), std::string::npos) << said;
  EXPECT_EQ(first.stop(), 0);
}

TEST_F(Trouble, ADamagedStoreIsRefusedWithAWayOutAndLeftAsItIs) {
  NEEDS("duckdb");
  const std::string healthy = content_of(site_->store_path());
  for (const std::size_t from : {std::size_t{0}, std::size_t{100}}) {
    std::string damaged = healthy;
    for (std::size_t i = from; i < damaged.size(); ++i) damaged[i] = static_cast<char>(i * 7 + 1);
    std::ofstream(site_->store_path(), std::ios::binary) << damaged;
    for (const char* command : {"penstockd --port 0", "penstock run table"}) {
      std::string said;
      EXPECT_NE(run_to_end(site_->command(command), &said).code, 0);
      EXPECT_NE(said.find("is damaged or is no Penstock store"), std::string::npos) << said;
      EXPECT_NE(said.find("restore a backup, or move the file away"), std::string::npos) << said;
    }
    EXPECT_EQ(content_of(site_->store_path()), damaged);
  }
}

TEST_F(Trouble, AFullDiskUnderTheStoreHoldsTheRunUntilThereIsRoom) {
  NEEDS("duckdb");
  site_->reset(modes()[1]);
  site_->let_go();
  const std::string marker = site_->root() + "/full";
  Daemon daemon(*site_, {0, {"PENSTOCK_DISK_IS_FULL=" + marker}});
  std::ofstream(marker) << "store.db\n";
  // The answer comes when the run is durable, so the request waits for the disk.
  std::thread request([&] { daemon.post("/api/v1/pipelines/table/runs"); });
  EXPECT_TRUE(comes_true([&] { return daemon.get("/readyz").find("full") != std::string::npos; })) << daemon.get("/readyz");
  EXPECT_TRUE(StoreView(*site_).runs().empty());
  std::filesystem::remove(marker);
  request.join();
  EXPECT_TRUE(daemon.finish_all());
  EXPECT_EQ(daemon.stop(), 0);
  EXPECT_EQ(newest_run().state, RunState::succeeded);
  EXPECT_EQ(site_->rows_of("table"), modes()[1].after);
}

TEST_F(Trouble, AFullDiskUnderDuckDBFailsTheStepAndLeavesTheTable) {
  NEEDS("duckdb");
  site_->reset(modes()[1]);
  site_->let_go();
  const std::string marker = site_->root() + "/full";
  std::ofstream(marker) << std::filesystem::path(connectors::text_of(site_->engine().settings, "path")).filename().string() << "\n";
  Program program(site_->command("penstock run table"), {0, {"PENSTOCK_DISK_IS_FULL=" + marker}});
  EXPECT_EQ(program.wait().code, 1) << program.output();
  EXPECT_NE(program.output().find("No space left on device"), std::string::npos) << program.output();
  EXPECT_EQ(newest_run().state, RunState::failed);
  EXPECT_EQ(site_->rows_of("table"), modes()[1].before);
  site_->let_go();
  std::filesystem::remove(marker);
  run_and_say("penstock run table", 0);
  EXPECT_EQ(site_->rows_of("table"), modes()[1].after);
  EXPECT_EQ(site_->working_tables(), Rows());
}

TEST_F(Trouble, AWrongPasswordAndAClosedPortAreSaidPlainly) {
  NEEDS("postgres");
  site_->write_project({{"password", "env:PENSTOCK_WRONG_PASSWORD"}});
  setenv("PENSTOCK_WRONG_PASSWORD", "not-the-secret", 1);
  const std::string wrong = run_and_say("penstock run table", 1);
  EXPECT_NE(wrong.find("password authentication failed"), std::string::npos) << wrong;
  EXPECT_NE(wrong.find("check `user` and `password` of the connection"), std::string::npos) << wrong;
  EXPECT_EQ(wrong.find("not-the-secret"), std::string::npos) << wrong;
  site_->write_project({{"port", "1"}});
  const std::string closed = run_and_say("penstock run table", 1);
  EXPECT_NE(closed.find("PostgreSQL cannot be reached"), std::string::npos) << closed;
  EXPECT_EQ(newest_run().state, RunState::failed);
}

TEST_F(Trouble, ABackendThatIsEndedInTheMiddleIsReplacedAndTheStepSucceedsOnce) {
  NEEDS("postgres");
  site_->write("pipelines/slow.yaml", "pipeline: slow\nsteps:\n  - name: slow\n    native_sql: " + site_->engine().slow +
                                          "\n    columns: { n: int64 }\n    publish: append\n    retry: { attempts: 3, first_delay: 1ms }\n");
  Daemon daemon(*site_);
  daemon.post("/api/v1/pipelines/slow/runs");
  const std::string ends =
      "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and query like '%pg_sleep(2)%' "
      "and state = 'active' and pid <> pg_backend_pid()";
  EXPECT_TRUE(comes_true([&] { return site_->ask(ends) == "1"; }));
  EXPECT_TRUE(daemon.finish_all());
  EXPECT_EQ(newest_run().state, RunState::succeeded);
  EXPECT_EQ(StoreView(*site_).steps(newest_run().id).at(0).attempt, 2);
  EXPECT_EQ(site_->rows_of("slow"), Rows{"7"});
  EXPECT_EQ(site_->working_tables(), Rows());
}

// The first step still runs when the connection is pointed elsewhere; the second one belongs to the same run.
TEST_F(Trouble, ARunStaysWhereItBeganWhenItsConnectionIsEdited) {
  NEEDS("postgres");
  connectors::Engine other = site_->engine();
  other.settings.values["database"] = "postgres";  // Every server has it.
  Site elsewhere(other);
  const std::string step = "\n    columns: { n: int64 }\n    publish: table\n";
  site_->write("pipelines/two.yaml", "pipeline: two\nsteps:\n  - name: first\n    native_sql: " + site_->engine().slow + step +
                                         "  - name: second\n    native_sql: select 1 as n" + step + "    after: [first]\n");
  const auto made_at = [](Site& site) {
    const std::string made =
        site.ask("select count(*) from information_schema.tables where table_name in ('first', 'second') and table_schema = '" + site.engine().schema + "'");
    for (const char* name : {"first", "second"}) site.run("drop table if exists " + site.table(name));
    return made;
  };
  const auto is_slow = [&] {
    return site_->ask("select count(*) from pg_stat_activity where datname = current_database() and query like '%pg_sleep(2)%' and state = 'active' and pid <> pg_backend_pid()") != "0";
  };
  for (const bool killed : {false, true}) {
    site_->write_project();
    Daemon daemon(*site_);
    daemon.post("/api/v1/pipelines/two/runs");
    EXPECT_TRUE(comes_true(is_slow));
    site_->write_project({{"database", "postgres"}});
    EXPECT_TRUE(daemon.program().says("reload: ")) << daemon.program().output();
    if (killed) {
      daemon.program().kill();
      Daemon successor(*site_);
      EXPECT_TRUE(successor.finish_all());
    } else {
      EXPECT_TRUE(daemon.finish_all());
    }
    EXPECT_EQ(newest_run().state, RunState::succeeded);
    EXPECT_EQ(made_at(elsewhere), "0");
    EXPECT_EQ(made_at(*site_), "2");
    if (killed) continue;
    daemon.post("/api/v1/pipelines/two/runs");
    EXPECT_TRUE(daemon.finish_all());
    EXPECT_EQ(made_at(elsewhere), "2") << "the next run goes where the connection points now";
  }
}

// The sessions of the earlier runs may write; none of them serves the next one.
TEST_F(Trouble, AConnectionThatMayNoLongerWriteDoesNot) {
  NEEDS("postgres");
  site_->reset(modes()[1]);
  Daemon daemon(*site_);
  daemon.post("/api/v1/pipelines/table/runs");
  EXPECT_TRUE(daemon.finish_all());
  EXPECT_EQ(newest_run().state, RunState::succeeded);
  site_->reset(modes()[1]);
  site_->write_project({{"read_only", "true"}});
  EXPECT_TRUE(daemon.program().says("reload: ")) << daemon.program().output();
  const std::string said = daemon.post("/api/v1/pipelines/table/runs");
  EXPECT_TRUE(daemon.finish_all());
  EXPECT_NE(newest_run().state, RunState::succeeded) << said;
  EXPECT_EQ(site_->rows_of("table"), modes()[1].before);
}

TEST_F(Trouble, ALedgerThatSomebodyDroppedIsMadeAgainByTheRetry) {
  NEEDS("postgres");
  site_->reset(modes()[2]);
  Daemon daemon(*site_);
  const auto run_once = [&](const std::string& path) {
    daemon.post(path);
    EXPECT_TRUE(daemon.finish_all());
    return newest_run().state;
  };
  for (int i = 0; i < 2; ++i) EXPECT_EQ(run_once("/api/v1/pipelines/append/runs"), RunState::succeeded);
  site_->reset(modes()[2]);
  site_->run("drop table " + site_->table("penstock_ledger"));
  EXPECT_EQ(run_once("/api/v1/pipelines/append/runs"), RunState::failed);
  EXPECT_EQ(site_->rows_of("append"), modes()[2].before);
  EXPECT_EQ(run_once("/api/v1/runs/" + newest_run().id + "/retry"), RunState::succeeded);
  EXPECT_EQ(site_->rows_of("append"), modes()[2].after);
}

// IF NOT EXISTS does not see what another session makes at the same moment.
TEST_F(Trouble, FirstRunsThatMakeTheLedgerAtTheSameMomentAllSucceed) {
  NEEDS("postgres");
  site_->write_project({{"slots", "12"}});
  std::string steps;
  for (int i = 0; i < 12; ++i) {
    steps += "  - name: t" + std::to_string(i) + "\n    native_sql: select 1 as n\n    columns: { n: int64 }\n    publish: table\n    retry: 1\n";
  }
  site_->write("pipelines/many.yaml", "pipeline: many\nsteps:\n" + steps);
  for (int i = 0; i < 3; ++i) {
    site_->run("drop table if exists " + site_->table("penstock_ledger"));
    run_and_say("penstock run many", 0);
  }
}

TEST_F(Trouble, AWorkingTableThatCouldNotBeDroppedGoesWithTheNextStep) {
  NEEDS("postgres");
  const Mode& mode = modes()[2];
  kill_before_cleanup(mode);
  const Rows staged = site_->working_tables();
  ASSERT_EQ(staged.size(), 1U);
  site_->run("create view " + site_->table("holder") + " as select * from " + site_->table(staged[0]));
  {
    Daemon daemon(*site_);
    EXPECT_TRUE(daemon.finish_all());
    EXPECT_EQ(daemon.stop(), 0);
  }
  EXPECT_EQ(newest_run().state, RunState::succeeded);
  EXPECT_EQ(site_->working_tables(), staged);
  site_->run("drop view " + site_->table("holder"));
  site_->reset(modes()[1]);
  run_and_say("penstock run table", 0);
  EXPECT_EQ(site_->working_tables(), Rows());
}

TEST_F(Trouble, ABadFileKeepsTheLastGoodProjectAndIsShown) {
  NEEDS("duckdb");
  site_->reset(modes()[1]);
  site_->let_go();
  Daemon daemon(*site_);
  site_->write_pipeline("table", "table", "select nothing_such from arrivals");
  site_->write_pipeline("newcomer", "table", "select id from arrivals");
  EXPECT_TRUE(daemon.program().says("the version before stays in force")) << daemon.program().output();
  EXPECT_NE(daemon.get("/api/v1/server").find("nothing_such"), std::string::npos) << daemon.get("/api/v1/server");
  // All or nothing: the good new file waits, and the old text of the bad one still runs.
  EXPECT_EQ(daemon.get("/api/v1/pipelines").find("newcomer"), std::string::npos);
  daemon.post("/api/v1/pipelines/table/runs");
  EXPECT_TRUE(daemon.finish_all());
  EXPECT_EQ(newest_run().state, RunState::succeeded);
  site_->write_pipeline("table", "table", "select id from arrivals");
  EXPECT_TRUE(daemon.program().says("reload: 7 pipelines")) << daemon.program().output();
  EXPECT_NE(daemon.get("/api/v1/pipelines").find("newcomer"), std::string::npos);
  EXPECT_EQ(daemon.stop(), 0);
  EXPECT_EQ(site_->rows_of("table"), modes()[1].after);
}

}  // namespace
}  // namespace penstock::faults
