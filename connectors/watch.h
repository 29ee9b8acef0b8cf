#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace penstock::connectors {

/// Ends, at a moment, what a library that knows no deadline is waiting for: by shutting its socket, or by its own way to stop. It has a
/// thread from the first `begin` on. One thread at a time calls it.
class Watch {
 public:
  /// `end` is called on the watch's thread, and not after `cease` has returned.
  explicit Watch(std::function<void()> end) : end_(std::move(end)) {}
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  void begin(std::chrono::steady_clock::time_point deadline);
  /// Whether the moment has come since `begin`.
  bool cease();

 private:
  void run();

  const std::function<void()> end_;
  std::mutex mutex_;  ///< Guards what follows.
  std::condition_variable changed_;
  std::optional<std::chrono::steady_clock::time_point> deadline_;
  bool has_ended_it_ = false;
  bool is_over_ = false;

  std::thread thread_;
};

}  // namespace penstock::connectors
