#include "daemon/run/step_planner.h"

#include <gtest/gtest.h>

namespace penstock::run {
namespace {

constexpr std::chrono::hours kWinterInBerlin{1};

TEST(BindValues, TheRunsStartIsTheSameForEveryTry) {
  model::Pipeline pipeline;
  pipeline.schedule.emplace();
  pipeline.schedule->timezone.value = "Europe/Berlin";
  const Time first{std::chrono::hours(24 * 365 * 31)};
  store::Run run;
  run.created = first;
  for (const std::chrono::minutes later : {std::chrono::minutes(0), std::chrono::minutes(90)}) {
    const auto values = bind_values(pipeline, run);
    ASSERT_TRUE(values);
    const auto moment = ir::convert_parameter(*values, "run_started_at", ir::Type::of(ir::TypeKind::timestamptz));
    const auto wall = ir::convert_parameter(*values, "run_started_at", ir::Type::of(ir::TypeKind::timestamp));
    ASSERT_TRUE(moment && wall);
    EXPECT_EQ(std::get<ir::TimestampValue>(*moment).microseconds, first.time_since_epoch().count()) << later.count();
    EXPECT_EQ(std::get<ir::TimestampValue>(*wall).microseconds, (first + kWinterInBerlin).time_since_epoch().count());
    run.first_created = first;
    run.created = first + std::chrono::minutes(90);
  }
}

}  // namespace
}  // namespace penstock::run
