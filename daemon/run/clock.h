#pragma once

#include <chrono>

#include "daemon/store/records.h"

namespace penstock::run {

/// The time, as the run engine sees it. Any thread.
class Clock {
 public:
  virtual ~Clock() = default;

  /// The wall clock in UTC. It may jump.
  virtual store::Time now() = 0;

  /// Time since some moment before the start, the machine's sleep included. It never goes back.
  virtual std::chrono::microseconds since_boot() = 0;
};

/// The system's clocks (CLOCK_REALTIME, CLOCK_BOOTTIME).
class SystemClock final : public Clock {
 public:
  store::Time now() override;
  std::chrono::microseconds since_boot() override;
};

}  // namespace penstock::run
