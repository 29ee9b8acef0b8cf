#include "daemon/run/earlier_runs.h"

#include <gmock/gmock.h>

#include "daemon/run/project_folder.h"
#include "tests/unit/store/sample.h"

namespace penstock::run {
namespace {

using store::StepState;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::chrono::hours kDay{24};

store::Interval day(int first, int days = 1) {
  const Time start = std::chrono::sys_days(std::chrono::year(2026) / 3 / first);
  return {start, start + kDay * days};
}

/// A pipeline of days with a step of each way to publish, whose rows are those of the interval but for `all_`.
class EarlierRuns : public store::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    std::string steps;
    const auto add = [&](const std::string& name, const std::string& publish, bool reads = true) {
      steps += "  - name: " + name + "\n    sql: select id, at, name from changes" +
               (reads ? " where at >= :interval_start and at < :interval_end" : "") + "\n    publish: " + publish + "\n";
    };
    add("added", "append");
    add("added_all", "append", false);
    add("merged", "{ as: merge, key: id }");
    add("merged_all", "{ as: merge, key: id }", false);
    add("newest", "{ as: merge, key: id, newest_by: at }");
    add("replaced", "{ as: delete_insert, interval: at }");
    add("replaced_by_key", "{ as: delete_insert, key: id }");
    add("whole", "table");
    add("history", "{ as: scd2, key: id, effective_at: at }");
    project_ =
        compile_files({},
                      {{"penstock.yaml",
                        "project: p\nconnections:\n  local: { type: duckdb, path: x.duckdb }\nenvironments:\n  dev: { target: local }\n"},
                       {"pipelines/daily.yaml",
                        "pipeline: daily\nschedule: { cron: \"0 2 * * *\", timezone: UTC, interval: day }\nsources:\n"
                        "  changes: { table: raw.changes, columns: { id: int64, at: timestamp, name: text } }\nsteps:\n" +
                            steps}},
                      "dev");
    ASSERT_FALSE(project_->diagnostics.has_errors()) << render(project_->diagnostics.sorted(), project_->project->sources);
    store_ = open();
  }

  void publish(const std::string& id, const store::Interval& interval, StepState state = StepState::succeeded,
               const std::string& reused_from = {}, const std::string& environment = "dev") {
    store::Run run = store::sample_run(id);
    run.pipeline = "daily";
    run.environment = environment;
    run.interval = interval;
    std::vector<store::StepRun> steps;
    for (const model::Step& step : pipeline().steps) {
      steps.push_back(store::sample_step(id, step.name, static_cast<int>(steps.size())));
      steps.back().pipeline = "daily";
      steps.back().state = state;
      steps.back().finished = store::at(1000);
      steps.back().reused_from = reused_from;
    }
    ASSERT_TRUE(store_->commit(store::transaction(store::InsertRun{run, steps})));
  }

  const model::Pipeline& pipeline() const { return project_->project->pipelines.front(); }

  std::vector<Warning> warned(const std::vector<store::Interval>& spans, const std::vector<std::string>& steps = {}) {
    auto readers = store::Readers::open(path()).value();
    auto snapshot = readers->snapshot().value();
    const auto warnings = warnings_of(*project_, pipeline(), steps, spans, snapshot);
    EXPECT_TRUE(warnings) << warnings.error().message;
    return warnings.value_or(std::vector<Warning>());
  }

  static std::vector<std::string> steps_of(const std::vector<Warning>& warnings) {
    std::vector<std::string> steps;
    for (const Warning& warning : warnings) steps.push_back(warning.step);
    return steps;
  }

  ProjectPtr project_;
  std::unique_ptr<store::Store> store_;
};

TEST_F(EarlierRuns, RowsOfAnIntervalThatIsAppendedAgainAreThereTwice) {
  EXPECT_THAT(warned({day(1)}), IsEmpty());
  publish("r-1", day(1));
  publish("r-2", day(1));
  const auto warnings = warned({day(1)});
  EXPECT_THAT(steps_of(warnings), ElementsAre("added"));
  EXPECT_EQ(warnings[0].message,
            "the step \"added\" publishes as append, and run r-2 has published the interval 2026-03-01 00:00:00 to 2026-03-02 00:00:00 "
            "before: their rows will be there twice");
  EXPECT_THAT(warnings[0].hint, HasSubstr("{ as: delete_insert, interval: COLUMN }"));
  EXPECT_THAT(steps_of(warned({day(1, 7)})), ElementsAre("added")) << "a longer interval holds it, too";
  EXPECT_THAT(warned({day(2)}), IsEmpty());
  publish("r-3", day(3));
  EXPECT_THAT(warned({day(2), day(1), day(3), day(4)})[0].message,
              HasSubstr("2 of the 4 intervals have been published before (the last of them by run r-3)"));
  EXPECT_THAT(warned({day(3)}, {"whole", "newest"}), IsEmpty()) << "that step is not to run";
}

TEST_F(EarlierRuns, WhatDidNotPublishDoesNotCount) {
  publish("r-1", day(1), StepState::failed);
  publish("r-2", day(1), StepState::skipped);
  publish("r-3", day(1), StepState::succeeded, "r-0");
  publish("r-4", day(1), StepState::succeeded, {}, "prod");
  EXPECT_THAT(warned({day(1)}), IsEmpty());
}

TEST_F(EarlierRuns, AnOlderIntervalSetsBackWhatALaterOneWrote) {
  publish("r-1", day(5));
  const auto warnings = warned({day(4)});
  EXPECT_THAT(steps_of(warnings), ElementsAre("merged", "replaced_by_key", "whole"));
  EXPECT_EQ(warnings[0].message,
            "the step \"merged\" publishes as merge, and run r-1 has published a later interval (2026-03-05 00:00:00 to "
            "2026-03-06 00:00:00): keys that are in both will go back to what this older one says");
  EXPECT_THAT(warnings[0].hint, HasSubstr("`newest_by: COLUMN`"));
  EXPECT_THAT(warnings[1].hint, HasSubstr("`interval: COLUMN`"));
  EXPECT_THAT(warnings[2].message, HasSubstr("the table will go back"));
  EXPECT_THAT(steps_of(warned({day(5)})), ElementsAre("added")) << "the same interval again sets nothing back";
  EXPECT_THAT(steps_of(warned({day(5), day(4)})), ElementsAre("added")) << "a backfill that ends with it sets nothing back";
  EXPECT_THAT(warned({day(6)}), IsEmpty());
}

}  // namespace
}  // namespace penstock::run
