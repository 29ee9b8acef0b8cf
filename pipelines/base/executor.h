#pragma once

#include <cstddef>
#include <functional>

namespace penstock {

/// Runs `task(0)` to `task(count - 1)`, in any order and on any threads, and returns when all have ended.
using Executor = std::function<void(std::size_t count, const std::function<void(std::size_t)>& task)>;

/// With an empty executor one after the other on the caller's thread.
inline void run_all(const Executor& executor, std::size_t count, const std::function<void(std::size_t)>& task) {
  if (executor && count > 1) {
    executor(count, task);
  } else {
    for (std::size_t i = 0; i < count; ++i) task(i);
  }
}

}  // namespace penstock
