#include <future>

#include "tests/conformance/connectors/engine.h"

namespace penstock::connectors {
namespace {

using std::chrono::milliseconds;

/// Views are objects of their own, with a definition that can be looked at, on PostgreSQL only: elsewhere nothing depends on a table.
class Dependence : public ConnectorTest {
 protected:
  bool has_dependants() const { return engine().name == "postgres"; }

  void SetUp() override {
    ConnectorTest::SetUp();
    if (!has_dependants()) return;
    connector_ = connect("lock_timeout", "60s");
    succeed(run("drop table if exists " + table("looked_at") + " cascade"));
    for (const std::string name : {"looked_at", "beside"}) succeed(run("create table " + table(name) + " (a integer)"));
    succeed(run("create view " + table("joined") + " as select a from " + table("looked_at") + " join " + table("beside") + " using (a)"));
    Unit drop = unit_of({"drop view " + table("joined"), "drop table " + table("beside"), "select pg_sleep(0.5)"});
    drop.transaction = true;
    dropping_ = std::async(std::launch::async, [this, drop] { return run(drop, "drop"); });
    while (ask("select count(*) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'") == "0") {
      ASSERT_EQ(dropping_.wait_for(milliseconds(10)), std::future_status::timeout);
    }
  }

  void TearDown() override {
    if (has_dependants()) succeed(dropping_.get());
    ConnectorTest::TearDown();
  }

  static void succeed(const Outcome& outcome) { ASSERT_EQ(outcome.state, Outcome::State::succeeded) << describe_outcome(outcome); }

 private:
  std::future<Outcome> dropping_;
};

TEST_P(Dependence, AViewThatIsDroppedDuringTheLookIsNoFault) {
  const auto found = connector_->dependants({"", engine().schema, "looked_at", {}, "penstock_ledger"});
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_TRUE(found->all.empty());
}

TEST_P(Dependence, AStatementThatLostItsObjectMeanwhileIsAConflict) {
  if (!has_dependants()) return;
  const Outcome outcome = run(read_of("select pg_get_viewdef(oid) from pg_class where relname = 'joined' and relnamespace = '" +
                                      engine().schema + "'::regnamespace"),
                              "look");
  EXPECT_EQ(outcome.error.kind, ErrorKind::conflict) << describe_outcome(outcome);
}

INSTANTIATE_TEST_SUITE_P(On, Dependence, testing::Range<std::size_t>(0, engines().size()),
                         [](const auto& param) { return engines()[param.param].name; });

}  // namespace
}  // namespace penstock::connectors
