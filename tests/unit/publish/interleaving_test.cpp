#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sanitized.h"
#include "tests/unit/publish/fixture.h"

namespace penstock::publish {
namespace {

using Mode = model::Publish::Mode;
using penstock::testing::Bench;
using penstock::testing::date;
using penstock::testing::every_target;
using penstock::testing::Rows;

struct Case {
  const char* name;
  Mode mode;
  const char* key;
  const char* interval;
  const char* newest_by;
};

constexpr Case kCases[] = {
    {"table", Mode::table, "", "", ""},
    {"append", Mode::append, "", "", ""},
    {"merge", Mode::merge, "id", "", ""},
    {"merge_newest_by", Mode::merge, "id", "", "name"},
    {"delete_insert_by_key", Mode::delete_insert, "id", "", ""},
    {"delete_insert_by_interval", Mode::delete_insert, "", "day", ""},
    {"scd2", Mode::scd2, "id", "", ""},
};

const std::array<Rows, 3> kSources = {
    Rows{{std::int64_t{1}, std::string("old"), date(2001, 1, 1)}, {std::int64_t{2}, std::string("old"), date(2001, 1, 1)}},
    Rows{{std::int64_t{1}, std::string("one"), date(2001, 1, 1)}, {std::int64_t{3}, std::string("one"), date(2001, 1, 1)}},
    Rows{{std::int64_t{1}, std::string("two"), date(2001, 1, 1)}, {std::int64_t{3}, std::string("two"), date(2001, 1, 1)}},
};

void set_up(Bench& bench, const Case& each, const dialects::Capabilities& can, bool again) {
  bench.can = can;
  bench.mode(each.mode, each.key, each.interval);
  if (*each.newest_by != 0) bench.publish.newest_by = model::Located<Identifier>{Identifier::exact(each.newest_by), {}};
  if (each.mode == Mode::scd2) {
    bench.publish.effective_at = model::Located<Identifier>{Identifier::exact("day"), {}};
  }
  if (!again) return;
  bench.run_id("run-0");
  bench.source(kSources[0]);
  bench.run();
}

void choose(Bench& bench, int run) {
  bench.run_id("run-" + std::to_string(run));
  Rows rows = kSources[static_cast<std::size_t>(run)];
  // The two runs of a history are of two days.
  if (bench.publish.mode == Mode::scd2) {
    for (auto& row : rows) row[2] = date(2001, 1, 1 + run);
  }
  bench.source(rows);
}

std::vector<std::string> serially(const Case& each, const dialects::Capabilities& can, bool again, int first) {
  Bench bench;
  set_up(bench, each, can, again);
  choose(bench, first);
  bench.run();
  choose(bench, 3 - first);
  bench.run();
  return bench.published();
}

// Sends one unit of a plan; where it fails, because the other run came first, the step is planned and sent anew, as the run engine does.
void send(Bench& bench, StepPlan& plan, std::size_t unit, int run) {
  choose(bench, run);
  StepPlan one = plan;
  one.units = {plan.units[unit]};
  if (bench.send(one).empty()) return;
  bench.run();
  plan.units.resize(unit + 1);
}

TEST(Interleaving, TwoRunsAtOnceLeaveWhatSomeOrderOfThemLeaves) {
  for (const auto& [name, can] : every_target()) {
    for (const Case& each : kCases) {
      // Where a transaction cannot make a table, histories are made before it, and only the scheduler keeps two runs apart.
      if (each.mode == Mode::scd2 && can.multi_statement_transactions && !can.transactional_ddl) continue;
      for (const bool again : {false, true}) {
        const auto one_two = serially(each, can, again, 1);
        const auto two_one = serially(each, can, again, 2);
        // The second run starts when the first has sent `lead` units and then, for every `gap`, gets ahead of it.
        constexpr std::size_t kStep = kIsSanitized ? 3 : 1;
        for (std::size_t lead = 0; lead <= 6; lead += kStep) {
          for (std::size_t gap = 0; gap <= 6; gap += kStep) {
            SCOPED_TRACE(name + " " + each.name + (again ? " again" : " first") + " " + std::to_string(lead) + " " + std::to_string(gap));
            Bench bench;
            set_up(bench, each, can, again);
            choose(bench, 1);
            StepPlan first = bench.laid_out();
            choose(bench, 2);
            StepPlan second = bench.laid_out();
            std::size_t sent = 0;
            std::size_t other = 0;
            for (; sent < std::min(lead, first.units.size()); ++sent) send(bench, first, sent, 1);
            for (; other < std::min(gap, second.units.size()); ++other) send(bench, second, other, 2);
            for (; sent < first.units.size(); ++sent) send(bench, first, sent, 1);
            for (; other < second.units.size(); ++other) send(bench, second, other, 2);
            EXPECT_THAT(bench.published(), ::testing::AnyOf(one_two, two_one));
            EXPECT_THAT(bench.working_tables(), ::testing::IsEmpty());
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace penstock::publish
