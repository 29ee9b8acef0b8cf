#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <random>
#include <string>

#include "daemon/store/records.h"
#include "pipelines/base/error.h"

namespace penstock::run {

/// Both clocks at one moment: starts are by the wall, delays and limits by the clock that never jumps.
struct Moment {
  store::Time wall{};
  std::chrono::microseconds boot{0};
};

/// Decides whether a connection takes one more step: its slots, its circuit breaker, its budget of retries. Pure.
///
/// After `kFailuresToOpen` failures in a row to reach the engine nothing is let through until a pause has passed; then one step is, and
/// its outcome closes the breaker or doubles the pause. An engine that asks for a pause gets it. Every first try earns a part of a retry,
/// so that retries can never be more than a share of the work.
class ConnectionGate {
 public:
  static constexpr int kFailuresToOpen = 5;
  static constexpr std::chrono::seconds kFirstPause{15};
  static constexpr std::chrono::minutes kLongestPause{5};
  static constexpr double kLargestBudget = 20;
  static constexpr double kEarnedPerSuccess = 0.5;

  explicit ConnectionGate(int slots) : slots_(slots) {}

  void set_slots(int slots) { slots_ = slots; }
  int slots() const { return slots_; }
  int used() const { return used_; }

  bool may_start(const Moment& now) const;
  void start() { ++used_; }
  void finish() { --used_; }

  void succeeded();
  /// Notes how a step failed. `jitter` is in [0, 1).
  void failed(ErrorKind kind, const Moment& now, double jitter);

  /// Takes a retry from the budget; false when it is used up.
  bool take_retry();

  /// When the breaker or a pause lets the next one through; empty while nothing holds it.
  std::optional<std::chrono::microseconds> opens_at() const { return held_until_; }
  bool is_open() const { return failures_ >= kFailuresToOpen; }  ///< The circuit is interrupted.

 private:
  int slots_;
  int used_ = 0;
  int failures_ = 0;
  std::chrono::microseconds pause_{kFirstPause};
  std::optional<std::chrono::microseconds> held_until_;
  double budget_ = kLargestBudget;
};

}  // namespace penstock::run
