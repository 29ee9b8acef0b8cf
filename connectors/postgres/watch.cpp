#include "connectors/postgres/watch.h"

#include <sys/socket.h>

namespace penstock::postgres {

Watch::Watch(int socket, std::chrono::steady_clock::time_point deadline)
    : thread_([this, socket, deadline] {
        std::unique_lock lock(mutex_);
        if (changed_.wait_until(lock, deadline, [this] { return is_over_; })) return;
        has_ended_it_ = true;
        ::shutdown(socket, SHUT_RDWR);
      }) {}

Watch::~Watch() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

bool Watch::has_ended_it() const {
  const std::lock_guard lock(mutex_);
  return has_ended_it_;
}

}  // namespace penstock::postgres
