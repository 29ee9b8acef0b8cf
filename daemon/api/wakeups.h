#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

namespace penstock::api {

/// Wakes one waiting stream. Any thread may ring.
class Bell {
 public:
  void ring() {
    {
      const std::lock_guard lock(mutex_);
      rung_ = true;
    }
    changed_.notify_one();
  }

  /// True when it rang before the time was over; a ring before the call counts.
  bool wait_for(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    const bool rang = changed_.wait_for(lock, patience, [this] { return rung_; });
    rung_ = false;
    return rang;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool rung_ = false;
};

/// The bells of all open streams, so that a stopping server need not wait for them.
class Wakeups {
 public:
  std::shared_ptr<Bell> make() {
    const std::lock_guard lock(mutex_);
    std::erase_if(bells_, [](const std::weak_ptr<Bell>& bell) { return bell.expired(); });
    auto bell = std::make_shared<Bell>();
    bells_.push_back(bell);
    if (closed_) bell->ring();
    return bell;
  }

  /// Rings every bell; from then on `closed` is true.
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    for (const std::weak_ptr<Bell>& weak : bells_) {
      if (const std::shared_ptr<Bell> bell = weak.lock()) bell->ring();
    }
  }

  bool closed() const {
    const std::lock_guard lock(mutex_);
    return closed_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::weak_ptr<Bell>> bells_;
  bool closed_ = false;
};

}  // namespace penstock::api
