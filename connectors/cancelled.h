#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <string>

namespace penstock::connectors {

/// Tokens of units that are to stop: looked at between the statements of a unit, where the engine has nothing to cancel, and while its
/// state is waited for. Any thread.
class Cancelled {
 public:
  void add(const std::string& token);
  void remove(const std::string& token);
  bool contains(const std::string& token) const;

  /// Waits until the moment, or until the unit is to stop; whether it is.
  bool wait(const std::string& token, std::chrono::steady_clock::time_point until) const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable added_;
  std::set<std::string> tokens_;  ///< Guarded by mutex_.
};

}  // namespace penstock::connectors
