#include <algorithm>

#include "daemon/run/project_folder.h"
#include "daemon/run/step_planner.h"
#include "tests/faults/kill/site.h"

namespace penstock::faults {
namespace {

using connectors::Outcome;

/// Sends the units of a step to the engine and stops dead after a number of statements. A transaction that is left in the middle is left
/// by a statement that fails, which is what a server does when its client is gone.
class Sender {
 public:
  Sender(Site& site, int statements) : site_(site), left_(statements) {}

  /// False when it stopped before the end.
  bool send(const run::PlannedStep& step) {
    for (const run::PlannedUnit& planned : step.units) {
      if (!send(planned.unit)) return false;
    }
    return true;
  }

 private:
  bool send(connectors::Unit unit) {
    const auto count = static_cast<int>(unit.statements.size());
    const int wanted = unit.transaction ? count + 1 : count;  // COMMIT is one more.
    const bool whole = left_ >= wanted;
    if (!whole) {
      unit.statements.resize(static_cast<std::size_t>(std::min(left_, count)));
      if (unit.transaction) unit.statements.emplace_back("select * from nowhere_at_all");
    }
    left_ -= wanted;
    if (unit.statements.empty()) return false;
    connectors::Token token;
    token.id = "boundary" + std::to_string(getpid()) + "x" + std::to_string(++count_);
    const auto session = site_.connector().open();
    const auto handle = (*session)->submit(unit, token);
    if (!handle) ADD_FAILURE() << handle.error().message;
    const Outcome outcome = (*session)->follow(*handle, unit, [](const connectors::Handle&) { return Result<void>(); });
    const bool rolls_back = !whole && unit.transaction;
    EXPECT_EQ(outcome.state == Outcome::State::succeeded, !rolls_back) << connectors::describe_outcome(outcome);
    return whole;
  }

  Site& site_;
  int left_;
  static inline int count_ = 0;
};

class Boundary : public testing::TestWithParam<std::size_t> {
 protected:
  const connectors::Engine& engine() const { return connectors::engines()[GetParam()]; }

  void SetUp() override {
    if (!engine().missing.empty()) GTEST_SKIP() << engine().missing;
    site_ = std::make_unique<Site>(engine());
    const auto loaded = run::load_project(site_->root(), "");
    ASSERT_TRUE(loaded) << loaded.error().message;
    project_ = *loaded;
    ASSERT_FALSE(project_->diagnostics.has_errors());
  }

  run::PlannedStep plan(const Mode& mode) {
    run::StepPlanner planner;
    store::Run run;
    run.id = "r-" + std::to_string(++runs_);
    run.pipeline = mode.name;
    const store::Time day{std::chrono::sys_days{std::chrono::year{2001} / 1 / 2}};
    run.interval = store::Interval{day, day + std::chrono::hours(24)};
    auto planned = planner.plan(*project_, run, mode.name, site_->connector());
    EXPECT_TRUE(planned) << planned.error().message;
    return planned ? *std::move(planned) : run::PlannedStep();
  }

  /// Stops after so many statements, then runs the step once more from the beginning. False when there was nothing left to stop.
  bool stop_after(const Mode& mode, int statements, bool exists) {
    SCOPED_TRACE(engine().name + " " + mode.name + (exists ? "" : ", first run") + ", stopped after statement " + std::to_string(statements));
    site_->reset(mode, exists);
    const bool ended = Sender(*site_, statements).send(plan(mode));
    const Rows seen = site_->rows_of(mode.name);
    const Rows after = exists ? mode.after : mode.first;
    const bool is_old = exists ? seen == mode.before : seen == Rows{"absent"} || seen.empty();
    EXPECT_TRUE(is_old || seen == after) << testing::PrintToString(seen);
    EXPECT_TRUE(Sender(*site_, 1000).send(plan(mode)));
    const bool published = seen == after;
    const Rows twice = exists ? mode.twice : mode.name == "append" ? doubled(after) : after;
    EXPECT_EQ(site_->rows_of(mode.name), published ? twice : after);
    return !ended;
  }

  static Rows doubled(Rows rows) {
    const Rows once = rows;
    rows.insert(rows.end(), once.begin(), once.end());
    std::sort(rows.begin(), rows.end());
    return rows;
  }

  std::unique_ptr<Site> site_;
  run::ProjectPtr project_;
  int runs_ = 0;
};

TEST_P(Boundary, ReadersSeeTheOldRowsOrTheNewAfterEveryStatementAndTheNextRunIsRight) {
  for (const Mode& mode : modes()) {
    for (int statements = 0; stop_after(mode, statements, true) && !HasFailure();) ++statements;
  }
}

class QuickBoundary : public Boundary {};

TEST_P(QuickBoundary, TheSameOnAFirstRun) {
  for (const Mode& mode : modes()) {
    for (int statements = 0; stop_after(mode, statements, false) && !HasFailure();) ++statements;
  }
}

// Not on Trino, the third: a statement costs a second there.
INSTANTIATE_TEST_SUITE_P(On, QuickBoundary, testing::Range<std::size_t>(0, 2),
                         [](const auto& param) { return connectors::engines()[param.param].name; });

INSTANTIATE_TEST_SUITE_P(On, Boundary, testing::ValuesIn(connectors::real_engines()),
                         [](const auto& param) { return connectors::engines()[param.param].name; });

}  // namespace
}  // namespace penstock::faults
