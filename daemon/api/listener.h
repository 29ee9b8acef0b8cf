#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "pipelines/base/result.h"

namespace penstock::api {

/// The socket on which clients arrive, with the longest queue that the system gives. What it makes is closed when another program starts.
class Listener {
 public:
  /// `port` 0 is any free one. Errors: unavailable, with the system's reason.
  static Result<Listener> open(const std::string& host, int port);
  Listener(Listener&& other) noexcept;
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  Listener& operator=(Listener&&) = delete;
  ~Listener();

  int port() const { return port_; }
  int socket() const { return socket_; }

  /// Gives every connection, a socket that never blocks, to `take`, which owns it, until `stop`. Where the system has no descriptor left,
  /// it goes on when there is one again.
  void run(const std::function<void(int socket)>& take) const;
  /// Any thread.
  void stop();

 private:
  Listener(int socket, int port) : socket_(socket), port_(port) {}

  int socket_;
  int port_;
  std::atomic<bool> stopped_ = false;
};

}  // namespace penstock::api
