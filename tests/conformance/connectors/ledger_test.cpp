#include "pipelines/dialects/dialect.h"
#include "pipelines/publish/plan.h"
#include "tests/conformance/connectors/engine.h"

namespace penstock::connectors {
namespace {

/// The ledger as the publish protocol makes it, on the engines that have one.
class Ledger : public ConnectorTest {
 protected:
  void SetUp() override {
    ConnectorTest::SetUp();
    if (IsSkipped() || !engine().transactions) return;
    dialect_ = dialects::find_dialect(engine().name);
    ASSERT_NE(dialect_, nullptr);
    target_ = {{}, Identifier::exact(engine().schema), Identifier::exact("made")};
    succeed(*dialect_->write(publish::create_ledger(target_, dialect_->capabilities())));
  }

  bool has_ledger() const { return dialect_ != nullptr; }
  std::string ledger() const { return table("penstock_ledger"); }
  std::string shortening(const std::string& first_kept_run) const {
    return *dialect_->write(publish::shorten_ledger(target_, first_kept_run, dialect_->capabilities()));
  }

  void published(const std::string& run_id, const std::string& step) {
    succeed("insert into " + ledger() + " values ('" + run_id + step + "', '" + run_id + "', '" + step + "', 1)");
  }

  void succeed(const std::string& statement) {
    const Outcome outcome = run(statement);
    ASSERT_EQ(outcome.state, Outcome::State::succeeded) << statement << ": " << describe_outcome(outcome);
  }

 private:
  const dialects::Dialect* dialect_ = nullptr;
  TableName target_;
};

TEST_P(Ledger, OldRowsGoAndTheNewestOfEachStepStays) {
  if (!has_ledger()) return;
  for (const char* run_id : {"r-01a", "r-01b", "r-02z", "r-030", "r-0z0"}) published(run_id, "daily.made");
  // Who depends on a view of it must still see who published it.
  for (const char* run_id : {"r-01c", "r-01d"}) published(run_id, "given_up.made");
  published("r-040", "new.made");
  const std::string statement = shortening("r-030");
  for (int i = 0; i < 2; ++i) {
    succeed(statement);
    EXPECT_EQ(ask("select string_agg(run_id || ' ' || step, ', ' order by run_id) from " + ledger()),
              "r-01c given_up.made, r-01d given_up.made, r-030 daily.made, r-040 new.made, r-0z0 daily.made")
        << statement;
  }
}

TEST_P(Ledger, WhatItMayHaveForgottenIsInDoubt) {
  if (!has_ledger()) return;
  Unit unit = unit_of({"insert into " + ledger() + " values ('long_ago', 'r-01a', 'daily.made', 1)"});
  unit.transaction = true;
  unit.ledger_token = "long_ago";
  unit.ledger_table = ledger();
  const Token name = token("forgotten");
  EXPECT_EQ(connector_->find(name, unit).value().state, Found::State::never_arrived);
  unit.ledger_may_forget = true;
  EXPECT_EQ(connector_->find(name, unit).value().state, Found::State::unknown);
  ASSERT_EQ(run(unit, "forgotten").state, Outcome::State::succeeded);
  EXPECT_EQ(connector_->find(name, unit).value().state, Found::State::ended);
}

INSTANTIATE_TEST_SUITE_P(On, Ledger, testing::Range<std::size_t>(0, engines().size()),
                         [](const auto& param) { return engines()[param.param].name; });

}  // namespace
}  // namespace penstock::connectors
