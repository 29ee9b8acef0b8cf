#pragma once

#include "daemon/run/scheduler.h"

namespace penstock::run {

/// A run that has not ended, and what the store has of it.
struct Scheduler::ActiveRun {
  Run run;
  std::vector<StepRun> steps;
  SpecPtr spec;                    ///< Null when its text could not be compiled again.
  std::optional<RunState> stored;  ///< Empty: it is not in the store yet.
  std::vector<std::pair<StepState, int>> stored_steps;
  std::set<std::size_t> dirty;
  std::vector<std::vector<std::size_t>> dependents;
  std::vector<int> unmet;  ///< How many dependencies of each step have not ended.
  std::vector<bool> timed_out;
  int open_steps = 0;
  bool ended = false;

  std::size_t index_of(std::string_view step) const {
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (steps[i].name == step) return i;
    }
    return steps.size();
  }
};

struct Scheduler::PipelineState {
  SpecPtr spec;
  std::set<std::string> active;     ///< Runs that are not part of a backfill and have begun.
  std::deque<std::string> waiting;  ///< Runs that wait for the active ones to end.
  std::optional<Time> next;         ///< Its entry in due_.
};

struct Scheduler::ActiveBackfill {
  Backfill backfill;
  std::vector<store::BackfillInterval> intervals;
  std::size_t next = 0;  ///< The first interval without a run.
  std::set<std::string> runs;
};

struct Scheduler::Connection {
  ConnectionGate gate{1};
  std::deque<std::pair<std::string, std::size_t>> queue;  ///< Run and step.
};

struct Scheduler::Timer {
  std::chrono::microseconds boot{0};
  AttemptId id;
  bool is_timeout = false;  ///< Otherwise the next attempt begins.

  friend bool operator<(const Timer& left, const Timer& right) { return left.boot < right.boot; }
};

/// The counter of a state.
inline int& counter(store::StepCounts& counts, StepState state) {
  switch (state) {
    case StepState::pending:
      return counts.pending;
    case StepState::queued:
      return counts.queued;
    case StepState::running:
      return counts.running;
    case StepState::succeeded:
      return counts.succeeded;
    case StepState::failed:
      return counts.failed;
    case StepState::cancelled:
      return counts.cancelled;
    case StepState::skipped:
      return counts.skipped;
    case StepState::unknown:
      return counts.unknown;
  }
  return counts.unknown;
}

}  // namespace penstock::run
