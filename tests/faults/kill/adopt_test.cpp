#include <signal.h>

#include "tests/faults/kill/site.h"

namespace penstock::faults {
namespace {

using store::RunState;

/// Processes that end while a statement runs at the engine, by force or by request.
class Ending : public testing::TestWithParam<std::size_t> {
 protected:
  const connectors::Engine& engine() const { return connectors::engines()[GetParam()]; }

  void SetUp() override {
    if (!engine().missing.empty()) GTEST_SKIP() << engine().missing;
    site_ = std::make_unique<Site>(engine());
    write_native("slow", engine().slow);
    write_native("endless", engine().endless);
    site_->let_go();
  }

  void write_native(const std::string& name, const std::string& query, const std::string& further_steps = {}) {
    site_->write("pipelines/" + name + ".yaml", "pipeline: " + name + "\nsteps:\n  - name: " + name + "\n    native_sql: |\n      " + query +
                                                    "\n    columns: { n: int64 }\n    publish: table\n    retry: { attempts: 3, first_delay: 1ms }\n" +
                                                    further_steps);
  }

  /// The unit that runs at the engine, once the engine itself says so.
  store::UnitRun wait_until_it_runs() {
    StoreView view(*site_);
    store::UnitRun running;
    const bool came = comes_true([&] {
      for (const store::Run& run : view.runs()) {
        for (store::UnitRun& unit : view.units(run.id)) {
          if (unit.state != store::UnitState::submitted || (engine().outlives_client && !runs_at_engine(unit.token))) continue;
          running = std::move(unit);
          return true;
        }
      }
      return false;
    });
    EXPECT_TRUE(came) << "nothing came to run at the engine";
    return running;
  }

  bool runs_at_engine(const std::string& token) {
    if (engine().name == "postgres")
      return site_->ask("select count(*) from pg_stat_activity where application_name = 'penstock:" + token + "' and state = 'active'") != "0";
    return site_->ask("select count(*) from system.runtime.queries where source = 'penstock:" + token + "' and state = 'RUNNING'") != "0";
  }

  /// By what the engine itself knows the statement.
  std::string engine_id(const std::string& token) {
    if (engine().name == "postgres") return site_->ask("select pid from pg_stat_activity where application_name = 'penstock:" + token + "'");
    return site_->ask("select query_id from system.runtime.queries where source = 'penstock:" + token + "'");
  }

  store::UnitRun unit_with(const std::string& token) {
    StoreView view(*site_);
    for (store::UnitRun& unit : view.units(view.runs().at(0).id)) {
      if (unit.token == token) return unit;
    }
    return {};
  }

  store::Run only_run() {
    const std::vector<store::Run> runs = StoreView(*site_).runs();
    EXPECT_EQ(runs.size(), 1U);
    return runs.at(0);
  }

  /// The very statement that an earlier process sent has been followed to its end.
  void expect_adopted(const store::UnitRun& unit, const std::string& id) {
    const store::UnitRun ended = unit_with(unit.token);
    EXPECT_EQ(ended.state, store::UnitState::succeeded);
    EXPECT_EQ(ended.attempt, 1);
    EXPECT_EQ(ended.engine_query_id, id);
    EXPECT_EQ(only_run().state, RunState::succeeded);
    EXPECT_EQ(site_->rows_of("slow"), Rows{"7"});
    EXPECT_EQ(site_->working_tables(), Rows());
  }

  std::unique_ptr<Site> site_;
};

TEST_P(Ending, AfterSigkillTheNextDaemonFollowsTheRunningStatement) {
  if (!engine().outlives_client) return;
  store::UnitRun unit;
  std::string id;
  {
    Daemon daemon(*site_);
    daemon.post("/api/v1/pipelines/slow/runs");
    unit = wait_until_it_runs();
    id = engine_id(unit.token);
    daemon.program().kill();
  }
  EXPECT_TRUE(runs_at_engine(unit.token));
  Daemon next(*site_);
  EXPECT_TRUE(next.finish_all());
  expect_adopted(unit, id);
}

TEST_P(Ending, SigtermDetachesAndTheNextDaemonFollowsTheRunningStatement) {
  if (!engine().outlives_client) return;
  Daemon daemon(*site_);
  daemon.post("/api/v1/pipelines/slow/runs");
  const store::UnitRun unit = wait_until_it_runs();
  const std::string id = engine_id(unit.token);
  EXPECT_EQ(daemon.stop(), 0);
  EXPECT_TRUE(runs_at_engine(unit.token));
  Daemon next(*site_);
  EXPECT_TRUE(next.finish_all());
  expect_adopted(unit, id);
}

TEST_P(Ending, SigtermDrainsTheRunningStep) {
  Daemon daemon(*site_, {}, {"--on-stop", "drain"});
  daemon.post("/api/v1/pipelines/slow/runs");
  wait_until_it_runs();
  EXPECT_EQ(daemon.stop(), 0);
  EXPECT_EQ(only_run().state, RunState::succeeded);
  EXPECT_EQ(site_->rows_of("slow"), Rows{"7"});
}

TEST_P(Ending, SigtermCancelsAndTheEngineConfirms) {
  Daemon daemon(*site_, {}, {"--on-stop", "cancel"});
  daemon.post("/api/v1/pipelines/endless/runs");
  const store::UnitRun unit = wait_until_it_runs();
  EXPECT_EQ(daemon.stop(), 0);
  EXPECT_EQ(only_run().state, RunState::cancelled);
  if (engine().outlives_client) {
    EXPECT_FALSE(runs_at_engine(unit.token));
  }
  EXPECT_EQ(site_->rows_of("endless"), Rows{"absent"});
  EXPECT_EQ(site_->working_tables(), Rows());
}

TEST_P(Ending, ACancelAfterARestartReachesTheStatement) {
  if (!engine().outlives_client) return;
  store::UnitRun unit;
  {
    Daemon daemon(*site_);
    daemon.post("/api/v1/pipelines/endless/runs");
    unit = wait_until_it_runs();
    daemon.program().kill();
  }
  Daemon next(*site_);
  next.post("/api/v1/runs/" + only_run().id + "/cancel");
  EXPECT_TRUE(next.finish_all());
  EXPECT_EQ(only_run().state, RunState::cancelled);
  EXPECT_FALSE(runs_at_engine(unit.token));
  EXPECT_EQ(site_->working_tables(), Rows());
}

TEST_P(Ending, ACancelFromTheCommandLineReachesWhatAKilledCommandLeft) {
  std::string said;
  store::UnitRun unit;
  {
    Program command(site_->command("penstock run endless"));
    unit = wait_until_it_runs();
    command.kill();
  }
  const std::string id = only_run().id;
  EXPECT_EQ(run_to_end(site_->command("penstock cancel " + id), &said).code, 0) << said;
  EXPECT_EQ(said.find("goes on here"), std::string::npos) << said;
  EXPECT_EQ(only_run().state, RunState::cancelled) << said;
  if (engine().outlives_client) {
    EXPECT_FALSE(runs_at_engine(unit.token));
  }
  EXPECT_EQ(site_->rows_of("endless"), Rows{"absent"});
}

class QuickEnding : public Ending {};

TEST_P(QuickEnding, ACommandFinishesWhatAKilledCommandLeft) {
  site_->reset(modes()[1], false);
  site_->let_go();
  {
    Program command(site_->command("penstock run slow"));
    wait_until_it_runs();
    command.kill();
  }
  const std::string id = only_run().id;
  std::string said;
  EXPECT_EQ(run_to_end(site_->command("penstock run table"), &said).code, 0) << said;
  EXPECT_NE(said.find(id + " (slow) goes on here"), std::string::npos) << said;
  for (const store::Run& run : StoreView(*site_).runs()) EXPECT_EQ(run.state, RunState::succeeded) << run.pipeline;
  EXPECT_EQ(site_->rows_of("slow"), Rows{"7"});
}

// The run goes on with the project that it began with: its later step, its SQL and its connection.
TEST_P(QuickEnding, AChangedProjectDoesNotChangeARunInFlight) {
  const std::string later = "  - name: later\n    sql: select n + 1 as n from slow\n    publish: table\n";
  for (const char* change : {"step removed", "pipeline removed", "sql changed", "connection removed"}) {
    SCOPED_TRACE(change);
    site_->write_project();
    write_native("slow", engine().slow, later);
    site_->forget_runs();
    site_->run("drop table if exists " + site_->table("slow"));
    site_->run("drop table if exists " + site_->table("later"));
    site_->let_go();
    {
      Daemon daemon(*site_);
      daemon.post("/api/v1/pipelines/slow/runs");
      wait_until_it_runs();
      daemon.program().kill();
    }
    const std::string what = change;
    if (what == "step removed") write_native("slow", engine().slow);
    if (what == "pipeline removed") site_->remove("pipelines/slow.yaml");
    if (what == "sql changed") write_native("slow", "select 1 as n", "  - name: later\n    sql: select n + 9 as n from slow\n    publish: table\n");
    if (what == "connection removed") {
      site_->write("penstock.yaml", "project: kill\nconnections:\n  elsewhere: { type: duckdb, path: \":memory:\" }\nenvironments:\n"
                                    "  test: { target: elsewhere }\n");
    }
    {
      Daemon next(*site_);
      EXPECT_TRUE(next.finish_all());
      EXPECT_EQ(next.stop(), 0);
    }
    const store::Run run = only_run();
    EXPECT_EQ(run.state, RunState::succeeded) << (run.error ? run.error->message : "");
    EXPECT_EQ(site_->rows_of("later"), Rows{"8"});
  }
}

// Not on Trino, the third: a statement costs a second there.
INSTANTIATE_TEST_SUITE_P(On, QuickEnding, testing::Range<std::size_t>(0, 2),
                         [](const auto& param) { return connectors::engines()[param.param].name; });

INSTANTIATE_TEST_SUITE_P(On, Ending, testing::ValuesIn(connectors::real_engines()),
                         [](const auto& param) { return connectors::engines()[param.param].name; });

}  // namespace
}  // namespace penstock::faults
