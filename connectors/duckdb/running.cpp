#include "connectors/duckdb/running.h"

#include <algorithm>

namespace penstock::duckdb {

// An interrupt that arrives between two statements is forgotten by DuckDB, so it is repeated until the unit has ended.
constexpr std::chrono::milliseconds kInterruptEvery{20};

Running::Running(std::shared_ptr<const Api> api) : api_(std::move(api)), watcher_([this] { watch(); }) {}

Running::~Running() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
  watcher_.join();
}

void Running::watch() {
  std::unique_lock lock(mutex_);
  while (!closing_) {
    const auto now = Clock::now();
    auto next = Clock::time_point::max();
    for (auto& [token, state] : states_) {
      if (state.stop == Stop::none && state.deadline <= now) state.stop = Stop::timed_out;
      if (state.stop == Stop::none) {
        next = std::min(next, state.deadline);
        continue;
      }
      api_->interrupt(state.connection);
      next = std::min(next, now + kInterruptEvery);
    }
    if (next == Clock::time_point::max()) {
      changed_.wait(lock);
    } else {
      changed_.wait_until(lock, next);
    }
  }
}

Running::Entry::Entry(Running& running, std::string token, ConnectionHandle* connection, std::chrono::milliseconds timeout)
    : running_(running), token_(std::move(token)) {
  const auto deadline = timeout.count() > 0 ? Clock::now() + timeout : Clock::time_point::max();
  {
    const std::lock_guard lock(running_.mutex_);
    running_.states_[token_] = State{connection, deadline};
  }
  if (timeout.count() > 0) running_.changed_.notify_all();
}

Running::Entry::~Entry() {
  {
    const std::lock_guard lock(running_.mutex_);
    running_.states_.erase(token_);
  }
  running_.changed_.notify_all();
}

Running::Stop Running::Entry::stop() const {
  const std::lock_guard lock(running_.mutex_);
  State& state = running_.states_.at(token_);
  if (state.stop == Stop::none && state.deadline <= Clock::now()) state.stop = Stop::timed_out;
  return state.stop;
}

bool Running::contains(const std::string& token) const {
  const std::lock_guard lock(mutex_);
  return states_.count(token) > 0;
}

Result<void> Running::cancel(const std::string& token, std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  const auto found = states_.find(token);
  if (found == states_.end()) return {};
  if (found->second.stop == Stop::none) found->second.stop = Stop::cancelled;
  changed_.notify_all();
  if (changed_.wait_for(lock, patience, [&] { return states_.count(token) == 0; })) return {};
  return fail(ErrorKind::timed_out, "DuckDB has not stopped the statement within " + std::to_string(patience.count()) + " ms");
}

void Running::wait(const std::string& token) const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return states_.count(token) == 0; });
}

}  // namespace penstock::duckdb
