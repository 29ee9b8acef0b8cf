#pragma once

#include <map>
#include <mutex>
#include <string>
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

/// Since when each check stands as it does. Any thread.
class Readiness {
 public:
  void note(std::vector<ReadyCheck>& checks, store::Time now);

 private:
  std::mutex mutex_;
  std::map<std::string, std::pair<ReadyCheck::State, store::Time>> seen_;
};

/// Whether the store takes changes (store), the scheduler looks at its work (scheduler), and the project's folder is in force (project).
std::vector<ReadyCheck> look_at_readiness(Context& context);

/// Nothing that decides has failed. A folder with faults does not: the version before goes on.
bool is_ready(const std::vector<ReadyCheck>& checks);

}  // namespace penstock::api
