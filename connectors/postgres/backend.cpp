#include "connectors/postgres/backend.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "connectors/postgres/errors.h"
#include "pipelines/base/hash.h"

namespace penstock::postgres {

using Clock = std::chrono::steady_clock;

namespace {

constexpr std::string_view kHandlePrefix = "postgres:";

// The server does not tell when a statement has reacted to a cancel; these bound the questions.
constexpr std::chrono::milliseconds kFirstPause{2};
constexpr std::chrono::milliseconds kLongestPause{100};
constexpr std::chrono::seconds kCancelPatience{5};
constexpr std::chrono::seconds kTerminatePatience{15};

// A backend whose client's machine vanished stays idle and keeps its lock until its keepalives fail: so the wait looks up now and then.
constexpr std::chrono::seconds kLockSlice{1};

const std::string kSameSession =
    " from pg_stat_activity where pid = $1::int and (extract(epoch from backend_start) * 1000000)::bigint = $2::bigint";
const std::string kSameBackend = kSameSession + " and application_name = $3 and state <> 'idle'";

std::vector<std::string> same_backend(const UnitName& name) {
  return {std::to_string(name.backend.pid), name.backend.started, application_name(name.token)};
}

/// Whether the question has an answer.
Result<bool> holds(Wire& wire, const std::string& question, const std::vector<std::string>& parameters) {
  const auto rows = wire.ask(question, parameters);
  if (!rows) return fail(rows.error());
  return !rows->empty();
}

/// Asks until the answer is no.
template <typename IsThere>
Result<bool> ended_within(std::chrono::milliseconds patience, const IsThere& is_there) {
  const auto deadline = Clock::now() + patience;
  for (auto pause = kFirstPause;; pause = std::min(pause * 2, kLongestPause)) {
    const Result<bool> running = is_there();
    if (!running) return fail(running.error());
    if (!*running) return true;
    if (Clock::now() >= deadline) return false;
    std::this_thread::sleep_for(pause);
  }
}

}  // namespace

connectors::Handle to_handle(const UnitName& name) {
  return {std::string(kHandlePrefix) + std::to_string(name.backend.pid) + ":" + name.backend.started + ":" + name.token};
}

std::optional<UnitName> to_name(const connectors::Handle& handle) {
  if (handle.text.rfind(kHandlePrefix, 0) != 0) return std::nullopt;
  const std::size_t pid = kHandlePrefix.size();
  const std::size_t started = handle.text.find(':', pid);
  const std::size_t token = started == std::string::npos ? started : handle.text.find(':', started + 1);
  if (token == std::string::npos) return std::nullopt;
  UnitName name;
  name.backend.pid = std::atoi(handle.text.c_str() + pid);
  name.backend.started = handle.text.substr(started + 1, token - started - 1);
  name.token = handle.text.substr(token + 1);
  const bool digits = std::all_of(name.backend.started.begin(), name.backend.started.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (name.backend.pid <= 0 || name.backend.started.empty() || !digits) return std::nullopt;
  return name;
}

std::string application_name(const std::string& token) { return "penstock:" + token; }

std::int64_t lock_key(const std::string& token) {
  const ContentHash hash = hash_content(application_name(token));
  std::int64_t key = 0;
  std::memcpy(&key, hash.bytes.data(), sizeof(key));
  return key;
}

Result<bool> is_running(Wire& wire, const UnitName& name) { return holds(wire, "select 1" + kSameBackend, same_backend(name)); }

Result<std::optional<UnitName>> find_running(Wire& wire, const std::string& token) {
  const auto rows = wire.ask(
      "select pid, (extract(epoch from backend_start) * 1000000)::bigint from pg_stat_activity"
      " where application_name = $1 and state <> 'idle' order by backend_start desc limit 1",
      {application_name(token)});
  if (!rows) return fail(rows.error());
  if (rows->empty()) return std::optional<UnitName>();
  const connectors::Row& row = rows->front();
  return std::optional<UnitName>(UnitName{{std::atoi(row[0].value_or("0").c_str()), row[1].value_or("")}, token});
}

Result<bool> wait_for_end(Wire& wire, const UnitName& name, Wire::Deadline deadline) {
  const std::string key = std::to_string(lock_key(name.token));
  while (true) {
    const Result<bool> running = is_running(wire, name);
    if (!running) return fail(running.error());
    if (!*running) return true;
    const auto now = Clock::now();
    if (deadline && now >= *deadline) return false;
    const auto slice = deadline ? std::min<Clock::duration>(kLockSlice, *deadline - now) : Clock::duration(kLockSlice);
    const auto slice_ms = std::max<std::int64_t>(1, std::chrono::duration_cast<std::chrono::milliseconds>(slice).count());
    const Wire::Sent waited =
        wire.send("begin; set local lock_timeout = " + std::to_string(slice_ms) + "; select pg_advisory_xact_lock(" + key + "); commit",
                  *wire.soon() + slice, {});
    if (!waited.error) continue;
    if (waited.error->sqlstate != kLockNotAvailable) return fail(*waited.error);
    wire.send("rollback", wire.soon(), {});
  }
}

Result<void> stop(Wire& wire, const UnitName& name) {
  struct Means {
    const char* function;
    std::chrono::milliseconds patience;
  };
  for (const Means& means : {Means{"pg_cancel_backend", kCancelPatience}, Means{"pg_terminate_backend", kTerminatePatience}}) {
    const auto asked = wire.ask(std::string("select ") + means.function + "(pid)" + kSameBackend, same_backend(name));
    if (!asked) return fail(asked.error());
    const Result<bool> ended = ended_within(means.patience, [&] { return is_running(wire, name); });
    if (!ended) return fail(ended.error());
    if (*ended) return {};
  }
  return fail(ErrorKind::timed_out, "PostgreSQL's process " + std::to_string(name.backend.pid) + " could neither be cancelled nor ended",
              "look at it in pg_stat_activity: it may wait for a disk");
}

Result<void> end_session(Wire& wire, const Backend& backend) {
  const std::vector<std::string> session{std::to_string(backend.pid), backend.started};
  const auto asked = wire.ask("select pg_terminate_backend(pid)" + kSameSession, session);
  if (!asked) return fail(asked.error());
  const Result<bool> ended = ended_within(kTerminatePatience, [&] { return holds(wire, "select 1" + kSameSession, session); });
  if (!ended) return fail(ended.error());
  if (*ended) return {};
  return fail(ErrorKind::timed_out, "PostgreSQL's process " + session[0] + " could not be ended", "look at it in pg_stat_activity");
}

Result<bool> is_marked(Wire& wire, const std::string& table, const std::string& token) {
  return holds(wire, "select 1 where obj_description(to_regclass($1), 'pg_class') = $2", {table, application_name(token)});
}

Result<connectors::LedgerEntry> read_ledger(Wire& wire, const connectors::Unit& unit) {
  const auto rows = wire.ask(connectors::ledger_question(unit, "$1"), {unit.ledger_token});
  if (rows) return connectors::to_ledger_entry(*rows);
  if (rows.error().sqlstate == kUndefinedTable) return connectors::LedgerEntry();
  return fail(rows.error());
}

}  // namespace penstock::postgres
