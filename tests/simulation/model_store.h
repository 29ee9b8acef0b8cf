#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "daemon/run/scheduler.h"
#include "daemon/store/store.h"

namespace penstock::simulation {

/// The store as it is on the disk: what survives a crash. It checks what the real one checks, and that nothing moves backwards.
class ModelStore {
 public:
  std::map<std::string, store::Run> runs;
  std::map<std::string, std::vector<store::StepRun>> steps;
  std::map<std::string, store::UnitRun> units;  ///< By token.
  std::map<std::string, store::Cursor> cursors;
  std::set<std::string> paused;
  std::map<std::string, store::Backfill> backfills;
  std::map<std::string, std::vector<store::BackfillInterval>> intervals;
  std::map<std::pair<std::string, store::Time>, std::string> ticks;

  void apply(const store::Transaction& transaction) {
    for (const store::Change& change : transaction.changes) std::visit(*this, change);
  }

  void operator()(const store::InsertRun& change) {
    EXPECT_EQ(runs.count(change.run.id), 0U);
    if (change.run.trigger.kind == store::TriggerKind::schedule) {
      std::string& tick = ticks[std::pair(change.run.pipeline, *change.run.trigger.nominal)];
      const bool has_run = !tick.empty() && runs.at(tick).state != store::RunState::skipped;
      const bool is_skipped = change.run.state == store::RunState::skipped;
      EXPECT_FALSE(has_run && !is_skipped) << "two runs of one tick";
      if (!has_run) tick = change.run.id;
    }
    runs[change.run.id] = change.run;
    steps[change.run.id] = change.steps;
  }
  void operator()(const store::UpdateRun& change) {
    store::Run& run = runs.at(change.run.id);
    EXPECT_EQ(name_of(run.state), name_of(change.from)) << "compare-and-set of run " << run.id;
    EXPECT_FALSE(is_final(run.state)) << "a run that has ended moved";
    EXPECT_GE(change.run.state, run.state) << "a run moved backwards";
    run = change.run;
  }
  void operator()(const store::UpdateStep& change) {
    store::StepRun& step = steps.at(change.step.run_id).at(static_cast<std::size_t>(change.step.ordinal));
    EXPECT_EQ(name_of(step.state), name_of(change.from)) << step.name;
    EXPECT_EQ(step.attempt, change.from_attempt);
    EXPECT_FALSE(is_final(step.state)) << "a step that has ended moved";
    EXPECT_GE(change.step.attempt, step.attempt);
    step = change.step;
  }
  void operator()(const store::InsertUnits& change) {
    for (const store::UnitRun& unit : change.units) EXPECT_TRUE(units.emplace(unit.token, unit).second) << "two intents of one token";
  }
  void operator()(const store::UpdateUnit& change) {
    store::UnitRun& unit = units.at(change.unit.token);
    EXPECT_FALSE(is_final(unit.state)) << "a unit that has ended moved";
    EXPECT_GE(change.unit.state, unit.state) << "a unit moved backwards";
    unit = change.unit;
  }
  void operator()(const store::MoveCursor& change) {
    store::Cursor& cursor = cursors[change.cursor.pipeline];
    EXPECT_TRUE(change.is_back || change.cursor.at >= cursor.at) << "a cursor moved back";
    cursor = change.cursor;
  }
  void operator()(const store::SetPaused& change) {
    if (change.paused) {
      paused.insert(change.pipeline);
    } else {
      paused.erase(change.pipeline);
    }
  }
  void operator()(const store::InsertBackfill& change) {
    backfills[change.backfill.id] = change.backfill;
    intervals[change.backfill.id] = change.intervals;
  }
  void operator()(const store::UpdateBackfill& change) {
    EXPECT_FALSE(is_final(backfills.at(change.backfill.id).state));
    backfills[change.backfill.id] = change.backfill;
  }
  void operator()(const store::AssignInterval& change) {
    store::BackfillInterval& interval = intervals.at(change.backfill_id).at(static_cast<std::size_t>(change.ordinal));
    EXPECT_EQ(interval.run_id, "");
    interval.run_id = change.run_id;
  }
  template <typename T>
  void operator()(const T&) {}

  /// What a new process reads.
  /// Nominal times of the runs of starts that lie after `now` or after what is decided.
  run::Scheduler::Starts starts_after(store::Time now) const {
    run::Scheduler::Starts starts;
    for (const auto& [tick, id] : ticks) {
      const store::Run& run = runs.at(id);
      if (tick.second > std::min(now, cursors.at(tick.first).at) && run.state != store::RunState::skipped)
        starts[tick.first].insert(tick.second);
    }
    return starts;
  }

  run::Scheduler::Restored restored(const run::ProjectSpec& project, store::Time now) const {
    run::Scheduler::Restored restored;
    restored.ran_ahead = starts_after(now);
    for (const auto& [id, run] : runs) {
      if (is_final(run.state)) continue;
      store::OpenRun open{run, steps.at(id), {}};
      for (const auto& [token, unit] : units) {
        if (unit.run_id == id) open.units.push_back(unit);
      }
      std::sort(open.units.begin(), open.units.end(), [](const auto& left, const auto& right) { return left.ordinal < right.ordinal; });
      restored.runs.push_back(std::move(open));
      restored.specs[id] = project.pipelines.at(run.pipeline);
    }
    for (const auto& [name, cursor] : cursors) restored.cursors.push_back(cursor);
    restored.paused.assign(paused.begin(), paused.end());
    for (const auto& [id, backfill] : backfills) {
      if (is_final(backfill.state)) continue;
      auto spans = intervals.at(id);
      for (auto& span : spans) {
        if (!span.run_id.empty()) span.state = runs.at(span.run_id).state;
      }
      restored.backfills.emplace_back(backfill, std::move(spans));
    }
    return restored;
  }
};

}  // namespace penstock::simulation
