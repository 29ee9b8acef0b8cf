#include "connectors/cancelled.h"

namespace penstock::connectors {

void Cancelled::add(const std::string& token) {
  {
    const std::lock_guard lock(mutex_);
    tokens_.insert(token);
  }
  added_.notify_all();
}

void Cancelled::remove(const std::string& token) {
  const std::lock_guard lock(mutex_);
  tokens_.erase(token);
}

bool Cancelled::contains(const std::string& token) const {
  const std::lock_guard lock(mutex_);
  return tokens_.count(token) > 0;
}

bool Cancelled::wait(const std::string& token, std::chrono::steady_clock::time_point until) const {
  std::unique_lock lock(mutex_);
  return added_.wait_until(lock, until, [&] { return tokens_.count(token) > 0; });
}

}  // namespace penstock::connectors
