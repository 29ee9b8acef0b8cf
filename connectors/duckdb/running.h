#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "connectors/duckdb/api.h"
#include "pipelines/base/result.h"

namespace penstock::duckdb {

/// The units that run in this process, by token: how they are stopped from outside. Any thread.
class Running {
 public:
  enum class Stop { none, cancelled, timed_out };

  explicit Running(std::shared_ptr<const Api> api);
  ~Running();
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  /// Registers a unit while it lives. The connection must outlive it.
  class Entry {
   public:
    /// A timeout of 0 is none.
    Entry(Running& running, std::string token, ConnectionHandle* connection, std::chrono::milliseconds timeout);
    ~Entry();
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

    /// Why it should stop; asked between statements, where there is nothing to interrupt.
    Stop stop() const;

   private:
    Running& running_;
    std::string token_;
  };

  bool contains(const std::string& token) const;

  /// Interrupts the unit and waits for its end; timed_out when it has not ended within `patience`.
  Result<void> cancel(const std::string& token, std::chrono::milliseconds patience);

  /// Waits for the end of the unit without stopping it.
  void wait(const std::string& token) const;

 private:
  using Clock = std::chrono::steady_clock;
  struct State {
    ConnectionHandle* connection;
    Clock::time_point deadline;
    Stop stop = Stop::none;
  };

  void watch();

  const std::shared_ptr<const Api> api_;
  mutable std::mutex mutex_;
  std::map<std::string, State> states_;  ///< Guarded by mutex_.
  bool closing_ = false;                 ///< Guarded by mutex_.
  mutable std::condition_variable changed_;
  std::thread watcher_;
};

}  // namespace penstock::duckdb
