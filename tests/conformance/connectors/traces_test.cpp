#include <future>

#include "tests/conformance/connectors/engine.h"

namespace penstock::connectors {
namespace {

class Traces : public ConnectorTest {
 protected:
  std::vector<Trace> in_schema() {
    const auto found = connector_->traces({"working_", "other_"});
    EXPECT_TRUE(found) << found.error().message;
    std::vector<Trace> here;
    for (const Trace& trace : found.value_or(std::vector<Trace>{})) {
      if (trace.schema == engine().schema) here.push_back(trace);
    }
    return here;
  }

  std::optional<Trace> session_of(const Token& token) {
    const auto found = connector_->traces({"working_"});
    EXPECT_TRUE(found) << found.error().message;
    for (const Trace& trace : found.value_or(std::vector<Trace>{})) {
      if (trace.kind == Trace::Kind::session && trace.token == token.id) return trace;
    }
    return std::nullopt;
  }
};

TEST_P(Traces, TablesAreFoundByHowTheirNamesBegin) {
  for (const char* name : {"working_a", "other_b", "not_working_c"}) run("create table " + table(name) + " as select 1 as n");
  const std::vector<Trace> found = in_schema();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].name, "other_b");
  EXPECT_EQ(found[1].name, "working_a");
  for (const Trace& trace : found) EXPECT_EQ(trace.kind, Trace::Kind::table);
  for (const char* name : {"working_a", "other_b", "not_working_c"}) run("drop table " + table(name));
  EXPECT_TRUE(in_schema().empty());
}

TEST_P(Traces, ASessionEndsByTheHandleThatItsTraceHas) {
  if (!engine().outlives_client) return;
  const Unit unit = read_of(engine().endless);
  const Token endless = token("traced");
  const auto session = connector_->open();
  ASSERT_TRUE(session) << session.error().message;
  const auto handle = (*session)->submit(unit, endless);
  ASSERT_TRUE(handle) << handle.error().message;
  auto end =
      std::async(std::launch::async, [&] { return (*session)->follow(*handle, unit, [](const Handle&) { return Result<void>(); }); });
  std::optional<Trace> trace;
  while (!trace && end.wait_for(std::chrono::milliseconds(20)) == std::future_status::timeout) trace = session_of(endless);
  ASSERT_TRUE(trace);
  EXPECT_FALSE(trace->name.empty());
  const Result<void> cancelled = connect()->cancel(trace->handle);
  EXPECT_TRUE(cancelled) << cancelled.error().message;
  EXPECT_NE(end.get().state, Outcome::State::succeeded);
  EXPECT_FALSE(session_of(endless));
}

INSTANTIATE_TEST_SUITE_P(On, Traces, testing::Range<std::size_t>(0, engines().size()),
                         [](const auto& param) { return engines()[param.param].name; });

}  // namespace
}  // namespace penstock::connectors
