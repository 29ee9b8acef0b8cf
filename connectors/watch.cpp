#include "connectors/watch.h"

namespace penstock::connectors {

Watch::~Watch() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Watch::begin(std::chrono::steady_clock::time_point deadline) {
  {
    const std::lock_guard lock(mutex_);
    deadline_ = deadline;
    has_ended_it_ = false;
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  }
  changed_.notify_one();
}

bool Watch::cease() {
  const std::lock_guard lock(mutex_);
  deadline_.reset();
  return has_ended_it_;
}

void Watch::run() {
  std::unique_lock lock(mutex_);
  while (!is_over_) {
    if (!deadline_) {
      changed_.wait(lock);
    } else if (std::chrono::steady_clock::now() < *deadline_) {
      // A copy: the deadline may change while this waits.
      const auto deadline = *deadline_;
      changed_.wait_until(lock, deadline);
    } else {
      deadline_.reset();
      has_ended_it_ = true;
      end_();
    }
  }
}

}  // namespace penstock::connectors
