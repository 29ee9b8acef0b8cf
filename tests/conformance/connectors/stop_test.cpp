#include <future>

#include "tests/conformance/connectors/engine.h"

namespace penstock::connectors {
namespace {

class Stopping : public ConnectorTest {
 protected:
  /// Waits until the engine works on the unit; the caller has sent it.
  bool until_running(const Token& token) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (std::chrono::steady_clock::now() < deadline) {
      if (runs_at_engine(token)) return true;
    }
    return false;
  }
};

TEST_P(Stopping, CancelStopsTheEngineItself) {
  const Unit unit = read_of(engine().endless);
  const Token endless = token("cancel");
  const auto session = connector_->open();
  ASSERT_TRUE(session) << session.error().message;
  const auto handle = (*session)->submit(unit, endless);
  ASSERT_TRUE(handle) << handle.error().message;
  auto end =
      std::async(std::launch::async, [&] { return (*session)->follow(*handle, unit, [](const Handle&) { return Result<void>(); }); });
  ASSERT_TRUE(until_running(endless));
  // The handle may have moved; the newest one is what the store would hold.
  const auto found = connector_->find(endless, unit);
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->state, Found::State::running);
  const Result<void> cancelled = connector_->cancel(*handle);
  ASSERT_TRUE(cancelled) << cancelled.error().message;
  EXPECT_FALSE(runs_at_engine(endless));
  const Outcome outcome = end.get();
  EXPECT_EQ(outcome.state, Outcome::State::cancelled) << describe_outcome(outcome);
  EXPECT_EQ(outcome.error.kind, ErrorKind::cancelled);
}

TEST_P(Stopping, CancelFromAnotherConnectorStopsItToo) {
  if (!engine().outlives_client) return;
  const Unit unit = read_of(engine().endless);
  const Token endless = token("cancel");
  const auto session = connector_->open();
  const auto handle = (*session)->submit(unit, endless);
  ASSERT_TRUE(handle) << handle.error().message;
  auto end =
      std::async(std::launch::async, [&] { return (*session)->follow(*handle, unit, [](const Handle&) { return Result<void>(); }); });
  ASSERT_TRUE(until_running(endless));
  const Result<void> cancelled = connect()->cancel(*handle);
  ASSERT_TRUE(cancelled) << cancelled.error().message;
  EXPECT_FALSE(runs_at_engine(endless));
  EXPECT_EQ(end.get().state, Outcome::State::cancelled);
}

TEST_P(Stopping, CancelOfWhatHasEndedIsNoError) {
  const Unit unit = read_of("select 1 as n");
  const auto session = connector_->open();
  const auto handle = (*session)->submit(unit, token("ended"));
  ASSERT_TRUE(handle);
  EXPECT_EQ((*session)->follow(*handle, unit, [](const Handle&) { return Result<void>(); }).state, Outcome::State::succeeded);
  const Result<void> cancelled = connector_->cancel(*handle);
  EXPECT_TRUE(cancelled) << cancelled.error().message;
}

TEST_P(Stopping, ATimeoutStopsTheEngineItself) {
  Unit unit = read_of(engine().endless);
  unit.timeout = std::chrono::milliseconds(400);
  const Token endless = token("timeout");
  const auto session = connector_->open();
  const auto handle = (*session)->submit(unit, endless);
  ASSERT_TRUE(handle) << handle.error().message;
  const Outcome outcome = (*session)->follow(*handle, unit, [](const Handle&) { return Result<void>(); });
  EXPECT_EQ(outcome.state, Outcome::State::failed) << describe_outcome(outcome);
  EXPECT_EQ(outcome.error.kind, ErrorKind::timed_out) << describe_outcome(outcome);
  EXPECT_FALSE(runs_at_engine(endless));
}

TEST_P(Stopping, ATransactionThatIsCancelledLeavesNothing) {
  if (!engine().transactions) return;
  Unit unit = unit_of({"create table " + table("made") + " as select 1 as n", "insert into " + table("made") + " " + engine().endless});
  unit.transaction = true;
  unit.written_table = table("made");
  const Token endless = token("cancel");
  const auto session = connector_->open();
  const auto handle = (*session)->submit(unit, endless);
  ASSERT_TRUE(handle) << handle.error().message;
  auto end =
      std::async(std::launch::async, [&] { return (*session)->follow(*handle, unit, [](const Handle&) { return Result<void>(); }); });
  ASSERT_TRUE(until_running(endless));
  ASSERT_TRUE(connector_->cancel(*handle));
  EXPECT_EQ(end.get().state, Outcome::State::cancelled);
  EXPECT_EQ(connector_->describe("", engine().schema, "made").value().kind, TableDescription::Kind::absent);
}

INSTANTIATE_TEST_SUITE_P(On, Stopping, testing::Range<std::size_t>(0, engines().size()),
                         [](const auto& param) { return engines()[param.param].name; });

}  // namespace
}  // namespace penstock::connectors
