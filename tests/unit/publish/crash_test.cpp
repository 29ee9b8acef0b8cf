#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/unit/publish/fixture.h"

namespace penstock::publish {
namespace {

using Mode = model::Publish::Mode;
using penstock::testing::Bench;
using penstock::testing::date;
using penstock::testing::every_target;

const ir::Value kNull;

struct Case {
  const char* name;
  Mode mode;
  const char* key;
  const char* interval;
};

constexpr Case kCases[] = {
    {"view", Mode::view, "", ""},
    {"table", Mode::table, "", ""},
    {"append", Mode::append, "", ""},
    {"merge", Mode::merge, "id", ""},
    {"delete_insert_by_key", Mode::delete_insert, "id", ""},
    {"delete_insert_by_interval", Mode::delete_insert, "", "day"},
    {"scd2", Mode::scd2, "id", ""},
};

void set_up(Bench& bench, const Case& each, const dialects::Capabilities& can, bool again) {
  bench.can = can;
  bench.mode(each.mode, each.key, each.interval);
  bench.source({{std::int64_t{1}, std::string("a"), date(2001, 1, 1)}, {kNull, std::string("b"), date(2001, 1, 1)}});
  if (!again) return;
  bench.run();
  bench.run_id("run-2");
  bench.source({{std::int64_t{2}, std::string("c"), date(2001, 1, 1)}, {kNull, std::string("d"), date(2001, 1, 1)}});
}

bool is_old_or_new(const std::vector<std::string>& seen, const std::vector<std::string>& before, const std::vector<std::string>& after) {
  // On a first run the table may be made, empty, before its rows come.
  const bool first = before == std::vector<std::string>{"absent"};
  return seen == before || seen == after || (first && seen.empty());
}

// Stops dead after every step of every plan: readers see the old rows or the new ones, and the same run sent again completes.
void crash_everywhere(const Case& each, const dialects::Capabilities& can, bool again) {
  Bench whole;
  set_up(whole, each, can, again);
  const auto before = whole.published();
  whole.run();
  const auto after = whole.published();
  ASSERT_NE(before, after);
  for (int steps = 0;; ++steps) {
    SCOPED_TRACE(std::string(each.name) + (again ? " again" : " first") + ", stopped after " + std::to_string(steps));
    Bench bench;
    set_up(bench, each, can, again);
    const std::string ended = bench.send(bench.laid_out(), steps);
    const auto seen = bench.published();
    EXPECT_TRUE(is_old_or_new(seen, before, after)) << ::testing::PrintToString(seen);
    if (ended.empty()) break;
    ASSERT_EQ(ended, "stopped");
    const bool was_published = seen == after;
    // What a run does then: with the token in the ledger, or a snapshot that names its query, the publish is done and only the rest is
    // sent.
    if (was_published && (each.mode == Mode::append || bench.can.multi_statement_transactions)) continue;
    EXPECT_EQ(bench.send(bench.laid_out()), "");
    EXPECT_EQ(bench.published(), after);
    EXPECT_TRUE(bench.working_tables().empty());
  }
}

TEST(Crash, EveryBoundaryOfEveryModeOnEveryTargetLeavesTheOldOrTheNewRows) {
  for (const auto& [name, can] : every_target()) {
    SCOPED_TRACE(name);
    for (const Case& each : kCases) {
      crash_everywhere(each, can, false);
      if (each.mode != Mode::view) crash_everywhere(each, can, true);
    }
  }
}

TEST(Crash, ATransactionThatIsSentAgainAfterItCommittedDoesNothing) {
  Bench bench;
  set_up(bench, kCases[2], penstock::testing::transactional(), true);
  const StepPlan plan = bench.laid_out();
  EXPECT_EQ(bench.send(plan), "");
  const auto after = bench.published();
  EXPECT_EQ(bench.send(plan), "the token is in the ledger");
  EXPECT_EQ(bench.published(), after);
}

// Readers of the check's own crash test: a plan that publishes by two statements would be caught.
TEST(Crash, ThePropertyCanFail) {
  Bench bench;
  set_up(bench, kCases[1], penstock::testing::transactional(), true);
  StepPlan plan = bench.laid_out();
  for (Unit& unit : plan.units) unit.transaction = false;
  const auto before = bench.published();
  bool torn = false;
  for (int steps = 0; steps < 10; ++steps) {
    Bench again;
    set_up(again, kCases[1], penstock::testing::transactional(), true);
    again.send(plan, steps);
    torn = torn || again.published().empty();
  }
  EXPECT_TRUE(torn);
}

}  // namespace
}  // namespace penstock::publish
