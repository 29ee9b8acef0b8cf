#pragma once

#include "daemon/store/records.h"

namespace penstock::run {

/// The words that the run engine and the store share: the store's records are the run state, so that nothing is translated twice.
using store::Backfill;
using store::BackfillState;
using store::CheckRun;
using store::Fault;
using store::Interval;
using store::Purpose;
using store::Reason;
using store::Run;
using store::RunState;
using store::StepRun;
using store::StepState;
using store::Time;
using store::TriggerKind;
using store::UnitRun;
using store::UnitState;

/// Names one start of one pipeline for ever: never a row id, so that reloading a project cannot start anything twice.
struct Tick {
  std::string pipeline;
  std::string trigger;
  Time nominal{};

  friend bool operator==(const Tick&, const Tick&) = default;
  friend auto operator<=>(const Tick&, const Tick&) = default;
};

}  // namespace penstock::run
