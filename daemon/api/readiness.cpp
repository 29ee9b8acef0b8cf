#include "daemon/api/readiness.h"

#include <algorithm>

#include "daemon/api/context.h"

namespace penstock::api {
namespace {

using State = ReadyCheck::State;

store::Time now() { return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()); }

ReadyCheck failed(std::string name, std::string message) { return {std::move(name), State::failed, std::move(message)}; }

ReadyCheck store_check(Context& context) {
  const std::optional<Error> health = context.engine == nullptr ? std::nullopt : context.engine->store_health();
  if (health) return failed("store", health->message);
  return context.readers.snapshot() ? ReadyCheck{"store"} : failed("store", "the store cannot be read");
}

ReadyCheck scheduler_check(const Context& context) {
  const std::string stall =
      context.engine == nullptr ? "no engine runs here" : stall_of("the scheduler", context.engine->pulse().scheduler);
  return stall.empty() ? ReadyCheck{"scheduler"} : failed("scheduler", stall);
}

/// Probes have no token: what is wrong with the project is told by GET /api/v1/server.
ReadyCheck project_check(const Context& context) {
  ReadyCheck check{"project"};
  check.decides = false;
  if (context.load_report && context.load_report().failed()) {
    check.message = "the folder has faults: the version before is in force";
  } else if (context.project()->diagnostics.has_errors()) {
    check.message = "the project has faults: its faulty pipelines do not start";
  }
  if (!check.message.empty()) check.state = State::degraded;
  return check;
}

}  // namespace

std::string stall_of(std::string_view loop, std::chrono::milliseconds since) {
  constexpr std::chrono::seconds kLongestTurn{60};
  if (since < kLongestTurn) return {};
  return std::string(loop) + " has not looked at its work for " +
         std::to_string(std::chrono::duration_cast<std::chrono::seconds>(since).count()) + " s";
}

std::string_view name_of(State state) { return state == State::ok ? "ok" : state == State::degraded ? "degraded" : "failed"; }

void Readiness::note(std::vector<ReadyCheck>& checks, store::Time now) {
  const std::lock_guard lock(mutex_);
  for (ReadyCheck& check : checks) {
    const auto [seen, is_new] = seen_.try_emplace(check.name, check.state, now);
    if (!is_new && seen->second.first != check.state) seen->second = {check.state, now};
    check.since = seen->second.second;
  }
}

std::vector<ReadyCheck> look_at_readiness(Context& context) {
  std::vector<ReadyCheck> checks{store_check(context), scheduler_check(context), project_check(context)};
  for (const std::string& note : context.engine == nullptr ? std::vector<std::string>() : context.engine->notes()) {
    checks.push_back({"note", State::ok, note});
  }
  context.readiness.note(checks, now());
  return checks;
}

bool is_ready(const std::vector<ReadyCheck>& checks) {
  return std::none_of(checks.begin(), checks.end(), [](const ReadyCheck& check) { return check.decides && check.state == State::failed; });
}

}  // namespace penstock::api
