#include "daemon/run/connection_gate.h"

#include <algorithm>

namespace penstock::run {

bool ConnectionGate::may_start(const Moment& now) const {
  if (held_until_ && now.boot < *held_until_) return false;
  return used_ < (is_open() ? 1 : slots_);
}

void ConnectionGate::succeeded() {
  failures_ = 0;
  pause_ = kFirstPause;
  held_until_.reset();
  budget_ = std::min(budget_ + kEarnedPerSuccess, kLargestBudget);
}

void ConnectionGate::failed(ErrorKind kind, const Moment& now, double jitter) {
  const auto spread = [&](std::chrono::microseconds length) {
    return std::chrono::microseconds(static_cast<std::int64_t>(static_cast<double>(length.count()) * (0.5 + jitter / 2)));
  };
  if (kind == ErrorKind::throttled) {
    held_until_ = now.boot + spread(kFirstPause);
    return;
  }
  if (kind != ErrorKind::unavailable) {
    // The engine answered: it can be reached.
    failures_ = 0;
    return;
  }
  if (++failures_ < kFailuresToOpen) return;
  held_until_ = now.boot + spread(pause_);
  pause_ = std::min<std::chrono::microseconds>(pause_ * 2, kLongestPause);
}

bool ConnectionGate::take_retry() {
  if (budget_ < 1) return false;
  budget_ -= 1;
  return true;
}

}  // namespace penstock::run
