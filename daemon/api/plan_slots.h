#pragma once

#include <memory>
#include <mutex>

#include "daemon/api/message.h"

namespace penstock::api {

/// How many plans are made at once: each reads the whole project and asks its targets. Any thread.
class PlanSlots {
 public:
  static constexpr int kMost = 4;
  static constexpr int kMostOfViewers = 2;  ///< Of them.

  /// The slot is given back with what is returned, which must not outlive this; null where there is none.
  std::shared_ptr<void> take(Role role) {
    const bool is_viewer = role == Role::viewer;
    const std::lock_guard lock(mutex_);
    if (used_ >= kMost || (is_viewer && used_by_viewers_ >= kMostOfViewers)) return nullptr;
    ++used_;
    used_by_viewers_ += is_viewer ? 1 : 0;
    return {this, [this, is_viewer](void*) {
              const std::lock_guard giving(mutex_);
              --used_;
              used_by_viewers_ -= is_viewer ? 1 : 0;
            }};
  }

 private:
  std::mutex mutex_;
  int used_ = 0;
  int used_by_viewers_ = 0;
};

}  // namespace penstock::api
