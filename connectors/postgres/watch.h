#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace penstock::postgres {

/// Ends both directions of a socket at a moment, unless it goes first: whoever waits on the socket, inside a library that knows no
/// deadline, then hears that the connection is lost. The socket must stay open as long as this lives.
class Watch {
 public:
  Watch(int socket, std::chrono::steady_clock::time_point deadline);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  /// Whether the moment has come.
  bool has_ended_it() const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool is_over_ = false;
  bool has_ended_it_ = false;
  std::thread thread_;
};

}  // namespace penstock::postgres
