#include <gtest/gtest.h>

#include <cstdlib>

#include "connectors/duckdb/duckdb.h"
#include "tests/faults/connectors/faulty_connector.h"

namespace penstock::faults {
namespace {

using connectors::Connector;
using connectors::Found;
using connectors::Handle;
using connectors::Outcome;
using connectors::Token;
using connectors::Unit;

const connectors::HandleMoved kKeep = [](const Handle&) { return Result<void>(); };

std::unique_ptr<Connector> in_memory() {
  connectors::Settings settings;
  settings.name = "memory";
  settings.type = "duckdb";
  settings.values = {{"path", ":memory:"}};
  auto connector = duckdb::make_connector(settings);
  return connector ? *std::move(connector) : nullptr;
}

Outcome run(Connector& connector, const Unit& unit) {
  Token token;
  token.id = "plain";
  auto session = connector.open();
  if (!session) return {};
  const auto handle = (*session)->submit(unit, token);
  return (*session)->follow(*handle, unit, kKeep);
}

std::string ask(Connector& connector, const std::string& query) {
  Unit unit;
  unit.statements = {query};
  unit.wants_rows = true;
  const Outcome outcome = run(connector, unit);
  return outcome.rows.empty() ? outcome.error.message : outcome.rows[0][0].value_or("null");
}

/// A caller that keeps the contract: it asks before it sends again.
bool drive(Connector& connector, const Unit& unit, const Token& token) {
  for (int attempt = 0; attempt < 6; ++attempt) {
    const auto found = connector.find(token, unit);
    if (!found) continue;
    if (found->state == Found::State::ended) return found->outcome.state == Outcome::State::succeeded;
    const auto session = connector.open();
    if (!session) continue;
    const auto handle = found->state == Found::State::running ? Result<Handle>(found->handle) : (*session)->submit(unit, token);
    if (!handle) continue;
    const Outcome outcome = (*session)->follow(*handle, unit, kKeep);
    if (outcome.state == Outcome::State::succeeded) return true;
  }
  return false;
}

class Sweep : public testing::Test {
 protected:
  void SetUp() override {
    if (std::getenv("PENSTOCK_DUCKDB_LIBRARY") == nullptr) GTEST_SKIP() << "PENSTOCK_DUCKDB_LIBRARY names no libduckdb.so";
  }

  static Unit publishing() {
    Unit unit;
    unit.statements = {"insert into made select 1", "insert into ledger values ('try1', 1)"};
    unit.transaction = true;
    unit.ledger_token = "try1";
    unit.ledger_table = "ledger";
    unit.written_table = "made";
    return unit;
  }

  /// The number of operations that it took.
  static std::size_t publish_with(const FaultPlan& plan) {
    const std::unique_ptr<Connector> engine = in_memory();
    Unit prepare;
    prepare.statements = {"create table made (n int)", "create table ledger (token varchar, \"rows\" bigint)"};
    EXPECT_EQ(run(*engine, prepare).state, Outcome::State::succeeded);
    FaultyConnector faulty(*engine, plan);
    Token token;
    token.id = "try1";
    EXPECT_TRUE(drive(faulty, publishing(), token)) << "fault " << static_cast<int>(plan.fault) << " at " << plan.nth;
    EXPECT_EQ(ask(*engine, "select count(*) from made"), "1") << "fault " << static_cast<int>(plan.fault) << " at " << plan.nth;
    EXPECT_EQ(ask(*engine, "select count(*) from ledger"), "1");
    return faulty.operations().size();
  }
};

TEST_F(Sweep, APublishHappensOnceWhicheverOperationIsStruck) {
  const std::size_t places = publish_with({});
  EXPECT_EQ(places, 4U);
  for (const Fault fault : {Fault::fail_before, Fault::fail_after, Fault::drop_answer, Fault::delay}) {
    for (std::size_t nth = 1; nth <= places; ++nth) publish_with({nth, fault, {}});
  }
}

TEST_F(Sweep, ADelayRunsWhatHappensMeanwhile) {
  const std::unique_ptr<Connector> engine = in_memory();
  bool ran = false;
  FaultyConnector faulty(*engine, {2, Fault::delay, [&] { ran = true; }});
  ASSERT_TRUE(faulty.open());
  EXPECT_FALSE(ran);
  EXPECT_TRUE(faulty.version());
  EXPECT_TRUE(ran);
  EXPECT_EQ(faulty.operations(), (std::vector<Operation>{Operation::open, Operation::version}));
}

}  // namespace
}  // namespace penstock::faults
