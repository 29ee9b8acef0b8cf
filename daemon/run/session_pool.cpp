#include "daemon/run/session_pool.h"

namespace penstock::run {

namespace {

constexpr std::size_t kMostIdle = 16;

}  // namespace

std::unique_ptr<connectors::Session> SessionPool::take() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return nullptr;
  auto session = std::move(idle_.back());
  idle_.pop_back();
  return session;
}

void SessionPool::give(std::unique_ptr<connectors::Session> session) {
  const std::lock_guard lock(mutex_);
  if (session && !closed_ && idle_.size() < kMostIdle) idle_.push_back(std::move(session));
}

void SessionPool::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  idle_.clear();
}

}  // namespace penstock::run
