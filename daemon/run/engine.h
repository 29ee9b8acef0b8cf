#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connectors/connector.h"
#include "daemon/run/clock.h"
#include "daemon/run/cron.h"
#include "daemon/store/reader.h"
#include "daemon/store/store.h"
#include "pipelines/compiler/compiled.h"

namespace penstock::run {

using store::Time;

/// A compiled project that nobody changes any more.
using ProjectPtr = std::shared_ptr<const compiler::CompiledProject>;

/// Makes the connector of a connection: resolves its secrets and knows every concrete class. Called at a connection's first use, on the
/// thread that uses it.
using Connect = std::function<Result<std::unique_ptr<connectors::Connector>>(const model::Connection&)>;

/// Compiles a project again from the text that the store kept, for runs that an earlier process began. It may have errors now.
using Recompile = std::function<ProjectPtr(const store::ProjectVersion&)>;

struct EngineConfig {
  std::string store_path;
  std::string owner;  ///< Shown to whoever finds the store taken.
  Connect connect;
  Recompile recompile;
  bool schedules = true;         ///< Fire triggers; a single `penstock run` does not.
  bool fail_fast = false;        ///< A failed step cancels what runs; otherwise independent branches go on.
  std::uint64_t seed = 0;        ///< Of the jitter and of ids; 0: from the system.
  std::shared_ptr<Clock> clock;  ///< Null: the system's.
  /// The id of an open run or backfill. Then the engine takes over nothing else, cancels it, and starts nothing: all other open runs stay
  /// as they are for the next start. Empty: everything that is open goes on.
  std::string ending;
  std::string actor;  ///< Who wants that, and why.
  std::string note;

  /// How long the engine waits for a disk that is full before it ends; empty: until there is room.
  std::optional<std::chrono::milliseconds> store_patience = std::chrono::milliseconds(30000);
  // Each may be empty, is called on a thread of the engine, and must not block.
  /// The store takes no changes for a while, so nothing new starts; with nothing: it takes them again.
  std::function<void(const std::optional<Error>&)> on_trouble;
  /// Something that a person should know of and nobody has to mend.
  std::function<void(const std::string&)> on_note;
  /// The engine has ended for good, and the process should: once.
  std::function<void(const Error&)> on_halt;
};

/// Whether the engine's two loops are alive.
struct Pulse {
  std::chrono::milliseconds scheduler{};  ///< Since the scheduler last looked at its work.
  std::chrono::milliseconds store{};      ///< Since the store's writer did.
  std::optional<Error> halted;            ///< Why neither will any more.
};

/// The caller's wish to have the same answer to the same request.
struct Idempotency {
  std::string key;           ///< Empty: every call is new.
  std::string request_hash;  ///< Of the request's body; another hash under the same key is a conflict.
};

struct TriggerRequest {
  std::string pipeline;
  store::TriggerKind kind = store::TriggerKind::cli;
  store::Parameters parameters;             ///< Values as text in the form of the parameter's type.
  std::optional<store::Interval> interval;  ///< Absent: the last complete one of a pipeline that has intervals.
  std::vector<std::string> steps;           ///< Only these; empty: all.
  std::string actor;
  std::string note;
  Idempotency idempotency;
};

struct RetryRequest {
  std::string run_id;
  bool restart = false;            ///< Repeat every step; otherwise steps that succeeded are kept.
  std::vector<std::string> steps;  ///< These and everything after them again, even where they succeeded.
  std::string actor;
  std::string note;
  Idempotency idempotency;
};

struct BackfillRequest {
  std::string pipeline;
  Time from{};
  Time to{};  ///< Not included.
  store::Parameters parameters;
  std::vector<std::string> steps;
  int max_active = 1;
  bool newest_first = false;
  bool stop_on_failure = false;
  bool include_unfinished = false;  ///< Also intervals that have not ended yet; otherwise they are refused.
  bool dry_run = false;
  std::string actor;
  std::string note;
  Idempotency idempotency;
};

/// What a run would do to rows that earlier runs published, and few would want.
struct Warning {
  std::string step;
  std::string message;
  std::string hint;
};

/// The run that answers a request.
struct Accepted {
  std::string id;
  bool replayed = false;  ///< The same request was answered before.
  std::vector<Warning> warnings;
};

struct AcceptedBackfill {
  store::Backfill backfill;  ///< With an empty id after a dry run.
  std::vector<store::BackfillInterval> intervals;
  bool replayed = false;
  std::vector<Warning> warnings;
};

enum class StopMode {
  detach,  ///< Statements run on at their engines and are adopted at the next start.
  drain,   ///< Nothing new starts; what runs may end.
  cancel,  ///< Every run is cancelled, and the engines have confirmed it.
};

/// How a connection fares.
struct ConnectionState {
  std::string name;
  std::string type;
  std::string state;  ///< up, degraded, down, unknown.
  int slots = 0;
  int slots_used = 0;
  int queued = 0;  ///< Steps that wait for a slot.
  std::optional<Time> checked;
  std::optional<std::int64_t> latency_ms;
  std::optional<Time> retry_at;
  std::optional<store::Fault> error;
};

/// Ends a subscription when it goes.
class Subscription {
 public:
  explicit Subscription(std::function<void()> end) : end_(std::move(end)) {}
  ~Subscription() { end_(); }
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

 private:
  std::function<void()> end_;
};

/// Runs pipelines: the facade over the scheduler, the executor, recovery and the store. `penstock run` without a server and the daemon
/// both use it. Every method may be called from any thread; each returns when what it says is durable.
class Engine {
 public:
  /// Opens the store (refused where another process owns it), recovers what an earlier process left, and begins. The project may have
  /// been compiled with errors: then nothing of the pipelines concerned starts.
  static Result<std::unique_ptr<Engine>> start(EngineConfig config, ProjectPtr project);
  /// Detaches where `stop` was not called.
  virtual ~Engine() = default;

  /// Waits at most `patience` (drain and cancel); returns timed_out when something was still running then, and detaches from it.
  virtual Result<void> stop(StopMode mode, std::chrono::milliseconds patience) = 0;

  /// Errors: not_found (pipeline, step), invalid_input (a parameter, an interval), conflict (idempotency key with another request),
  /// refused (the pipeline has errors, or the engine stops).
  virtual Result<Accepted> trigger(const TriggerRequest& request) = 0;
  /// The run is cancelling; it becomes cancelled when the engines have confirmed. Errors: not_found, conflict (finished already).
  virtual Result<void> cancel(const std::string& run_id, const std::string& actor, const std::string& note) = 0;
  /// A new run with the interval and the parameters of the first. Errors: as trigger; conflict where the run is not finished.
  virtual Result<Accepted> retry(const RetryRequest& request) = 0;
  virtual Result<AcceptedBackfill> backfill(const BackfillRequest& request) = 0;
  virtual Result<void> cancel_backfill(const std::string& id, const std::string& actor, const std::string& note) = 0;
  virtual Result<void> pause(const std::string& pipeline, bool paused) = 0;
  /// A person says how a step in state unknown ended.
  virtual Result<void> settle(const std::string& run_id, const std::string& step, bool took_effect, const std::string& actor) = 0;
  /// Runs that have begun keep the version that they began with.
  virtual Result<void> reload(ProjectPtr project) = 0;

  /// Waits until the run is final; empty when `patience` has passed first.
  virtual Result<std::optional<store::Run>> wait(const std::string& run_id, std::chrono::milliseconds patience) = 0;

  /// The sink is called after each commit, in order, on the store's thread: it must not block, nor call back into the engine.
  virtual std::unique_ptr<Subscription> subscribe(std::function<void(const std::vector<store::Event>&)> sink) = 0;

  /// Tells every subscriber of something that no change of a run says; its sequence and time are set here.
  virtual Result<void> announce(store::Event event) = 0;

  /// Before a stop: whoever waits for a disk that takes nothing waits no longer than this.
  virtual void limit_store_patience(std::chrono::milliseconds most) = 0;

  virtual store::Readers& readers() = 0;
  virtual ProjectPtr project() = 0;
  virtual std::vector<ConnectionState> connections() = 0;
  /// When the scheduler last looked at its work, by the system's clock.
  virtual Time last_tick() = 0;
  virtual Pulse pulse() = 0;
  /// What keeps the store from taking changes at the moment, or is damaged in it; empty where nothing is wrong.
  virtual std::optional<Error> store_health() = 0;
  /// What `on_note` was told since the engine began: the newest of each kind.
  virtual std::vector<std::string> notes() = 0;
};

}  // namespace penstock::run
