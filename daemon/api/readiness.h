#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/records.h"

namespace penstock::api {

struct Context;

/// One thing that the daemon's work hangs on.
struct ReadyCheck {
  enum class State { ok, degraded, failed };  ///< Degraded: it works on, and somebody should look.

  std::string name;
  State state = State::ok;
  std::string message{};
  bool decides = true;  ///< Whether the daemon is ready hangs on it.
  store::Time since{};  ///< When it was first seen in this state.
};

std::string_view name_of(ReadyCheck::State state);

/// What is wrong with a loop that looked at its work so long ago; empty where it is alive. One that has not for a minute hangs, and only a
/// new process helps.
std::string stall_of(std::string_view loop, std::chrono::milliseconds since);

/// Since when each check stands as it does. Any thread.
class Readiness {
 public:
  void note(std::vector<ReadyCheck>& checks, store::Time now);

 private:
  std::mutex mutex_;
  std::map<std::string, std::pair<ReadyCheck::State, store::Time>> seen_;
};

/// Whether the store takes changes (store), the scheduler looks at its work (scheduler), and the project's folder is in force (project); and what
/// a person should know of (note).
std::vector<ReadyCheck> look_at_readiness(Context& context);

/// Nothing that decides has failed. A folder with faults does not: the version before goes on.
bool is_ready(const std::vector<ReadyCheck>& checks);

}  // namespace penstock::api
