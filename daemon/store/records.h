#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipelines/base/error.h"
#include "pipelines/base/hash.h"
#include "pipelines/base/identifier.h"

namespace penstock::store {

/// A moment in UTC, microseconds since 1970-01-01.
using Time = std::chrono::sys_time<std::chrono::microseconds>;

/// The states of a run. The last five are final. A run that is `skipped` is a start that did not happen; its reason says why.
enum class RunState : std::uint8_t { scheduled, queued, running, cancelling, succeeded, failed, cancelled, timed_out, skipped };

/// The states of a step in a run. `unknown` is left only by asking the engine, or by a person.
enum class StepState : std::uint8_t { pending, queued, running, succeeded, failed, cancelled, skipped, unknown };

/// The states of a unit: what is known for sure, and in which order it became sure.
enum class UnitState : std::uint8_t { intent, submitted, succeeded, failed, cancelled, unknown };

enum class BackfillState : std::uint8_t { queued, running, cancelling, succeeded, failed, cancelled };
enum class TriggerKind : std::uint8_t { schedule, upstream, api, cli, backfill, retry };
enum class Purpose : std::uint8_t { prepare, stage, check, publish, cleanup };
enum class CheckState : std::uint8_t { passed, failed, warned };

/// The names that the API, the store and the logs use: snake_case, as in schemas/openapi.json.
std::string_view name_of(RunState state);
std::string_view name_of(StepState state);
std::string_view name_of(UnitState state);
std::string_view name_of(BackfillState state);
std::string_view name_of(TriggerKind kind);
std::string_view name_of(Purpose purpose);
std::string_view name_of(CheckState state);

std::optional<RunState> parse_run_state(std::string_view name);
std::optional<StepState> parse_step_state(std::string_view name);
std::optional<UnitState> parse_unit_state(std::string_view name);
std::optional<BackfillState> parse_backfill_state(std::string_view name);
std::optional<TriggerKind> parse_trigger_kind(std::string_view name);
std::optional<Purpose> parse_purpose(std::string_view name);
std::optional<CheckState> parse_check_state(std::string_view name);

bool is_final(RunState state);
bool is_final(StepState state);  ///< `unknown` is final for the machine: nobody works on it any more.
bool is_final(UnitState state);
bool is_final(BackfillState state);

/// What a unit looks like to a reader of the API: intent is queued, submitted is running.
StepState shown_as(UnitState state);

/// The phase that people see: prepare belongs to stage, cleanup to publish.
std::string_view phase_of(Purpose purpose);

/// Why something was skipped, cancelled or held. Codes for runs: overlap, blackout, paused, misfire_window, upstream_not_fresh,
/// superseded, cancelled_by_user, shutdown, clock_set_back, older_copy; for steps: upstream_failed, upstream_skipped, not_selected,
/// unchanged, run_cancelled, waiting_for_slot, waiting_for_table, waiting_for_turn, waiting_for_upstream, waiting_for_retry.
struct Reason {
  std::string code;
  std::string message;

  friend bool operator==(const Reason&, const Reason&) = default;
};

/// Why a run, step or unit failed, as the API shows it. Holds no secret.
struct Fault {
  std::string kind;  ///< transient, throttled, resource, permanent, in_doubt, check, timeout, cancelled, internal.
  std::string code;  ///< Penstock's own code ("PEN5001"); may be empty.
  std::string message;
  std::string hint;
  std::string sqlstate;
  std::string vendor_code;
  long statement_offset = -1;  ///< Byte in the unit's text, or -1.
  std::string step;            ///< Where it happened.
  bool retryable = false;

  friend bool operator==(const Fault&, const Fault&) = default;
};

/// The API's view of an Error that happened in a step.
Fault fault_from(const Error& error, std::string step);

/// Half open, in UTC.
struct Interval {
  Time start;
  Time end;

  friend bool operator==(const Interval&, const Interval&) = default;
};

using Parameters = std::map<std::string, std::string, std::less<>>;

struct StepCounts {
  int total = 0;
  int pending = 0;
  int queued = 0;
  int running = 0;
  int succeeded = 0;
  int failed = 0;
  int cancelled = 0;
  int skipped = 0;
  int unknown = 0;

  friend bool operator==(const StepCounts&, const StepCounts&) = default;
};

struct CheckCounts {
  int passed = 0;
  int failed = 0;
  int warned = 0;

  friend bool operator==(const CheckCounts&, const CheckCounts&) = default;
};

/// What started a run.
struct Trigger {
  TriggerKind kind = TriggerKind::cli;
  std::string name;             ///< The trigger's name in the pipeline; empty where it has none.
  std::optional<Time> nominal;  ///< The tick's nominal time.
  std::string actor;            ///< Name of the token or user.
  std::string note;
};

/// One run of one pipeline.
struct Run {
  std::string id;
  std::string pipeline;
  std::string environment;
  RunState state = RunState::queued;
  std::optional<Reason> reason;
  Trigger trigger;
  std::optional<Interval> interval;
  Parameters parameters;
  std::vector<std::string> selected;  ///< Names of the steps that were asked for; empty: all.
  std::string retry_of;
  std::string retried_by;
  std::string backfill_id;
  ContentHash version;  ///< Of the project text that it was compiled from; see ProjectVersion.
  std::string definition_hash;
  Time created{};
  /// Of the run that this one retries, or retries a retry of; absent where it retries none. See `run_started_at`.
  std::optional<Time> first_created;
  std::optional<Time> queued;
  std::optional<Time> started;
  std::optional<Time> finished;
  StepCounts steps;
  CheckCounts checks;
  std::optional<std::int64_t> rows;
  std::optional<std::int64_t> bytes_scanned;
  std::optional<Fault> error;  ///< Of the step that failed first.
};

/// The run's start as its queries see it (`:run_started_at`): the same moment for all its steps, attempts and retries.
inline Time run_started_at(const Run& run) { return run.first_created.value_or(run.created); }

/// One step of one run, as of its last attempt.
struct StepRun {
  std::string run_id;
  std::string pipeline;
  std::string name;
  int ordinal = 0;   ///< Its place in the run, topological, from 0.
  std::string kind;  ///< sql, components, native_sql.
  std::string connection;
  std::string table;
  std::string publish_as;  ///< view, table, append, merge, delete_insert, scd2.
  std::string publish_method;
  std::vector<std::string> depends_on;
  StepState state = StepState::pending;
  std::optional<Reason> reason;
  std::optional<Purpose> purpose;  ///< Of the unit that it is at, or ended at.
  int attempt = 0;
  std::string reused_from;
  std::optional<Time> queued;
  std::optional<Time> started;
  std::optional<Time> finished;
  std::optional<Time> next_attempt;
  int units_total = 0;
  int units_finished = 0;
  std::optional<std::int64_t> rows;
  std::optional<std::int64_t> bytes_scanned;
  CheckCounts checks;
  std::optional<Fault> error;
};

/// A step of a run as small as a cell in a grid of steps over runs.
struct StepMark {
  std::string name;
  StepState state = StepState::pending;
  int attempt = 0;
  std::optional<Time> started;
  std::optional<Time> finished;
  std::optional<std::int64_t> rows;
  CheckCounts checks;
};

/// An attempt that was not the last one; the last one is the StepRun itself.
struct PastAttempt {
  std::string run_id;
  std::string step;
  int number = 0;
  StepState state = StepState::failed;
  std::optional<Time> queued;
  std::optional<Time> started;
  std::optional<Time> finished;
  std::optional<Fault> error;
};

/// A check as a check unit carries it: its result's rows are (number, failing rows).
struct CheckSpec {
  int number = 0;
  std::string name;
  std::string kind;
  bool blocking = true;
  std::vector<std::string> columns;
  std::string expectation;  ///< In words.

  friend bool operator==(const CheckSpec&, const CheckSpec&) = default;
};

/// One group of statements that was sent together. (run, step, attempt, ordinal) names it; so does the token.
struct UnitRun {
  std::string token;
  std::string run_id;
  std::string step;  ///< The step's name, without its pipeline.
  int attempt = 1;
  int ordinal = 0;  ///< From 0, over the whole step.
  Purpose purpose = Purpose::stage;
  UnitState state = UnitState::intent;
  std::string connection;
  std::vector<ContentHash> statements;  ///< Their texts are content-addressed.
  bool transaction = false;
  bool idempotent = false;
  std::string ledger_token;
  std::string ledger_table;
  std::string written_table;
  std::vector<CheckSpec> checks;  ///< Of a check unit.
  std::string handle;             ///< Opaque; empty until it is known.
  std::string engine_query_id;
  std::optional<std::int64_t> rows;
  std::optional<std::int64_t> bytes_scanned;
  std::optional<Time> submitted;
  std::optional<Time> finished;
  std::optional<Fault> error;
  std::string made_table;   ///< The published table that it makes, for people; empty where it makes none.
  std::string made_layout;  ///< By what that table is laid out.
};

/// The result of one check in one attempt.
struct CheckRun {
  std::string run_id;
  std::string step;
  int attempt = 1;
  int ordinal = 0;
  std::string name;
  std::string kind;
  bool blocking = true;
  CheckState state = CheckState::passed;
  std::vector<std::string> columns;
  std::string expectation;
  std::string found;
  std::optional<std::int64_t> failing_rows;
  std::string unit_token;
  std::optional<Time> finished;
};

struct Backfill {
  std::string id;
  std::string pipeline;
  std::string environment;
  BackfillState state = BackfillState::queued;
  Time start{};
  Time end{};
  Parameters parameters;
  std::vector<std::string> selected;
  int max_active = 1;
  bool newest_first = false;
  bool stop_on_failure = false;
  std::string actor;
  std::string note;
  Time created{};
  std::optional<Time> finished;
  int total = 0;
  int waiting = 0;
  int active = 0;
  int succeeded = 0;
  int failed = 0;
  int cancelled = 0;
};

/// One interval of a backfill, in the order in which they start.
struct BackfillInterval {
  std::string backfill_id;
  int ordinal = 0;
  Interval interval;
  std::string run_id;             ///< Empty while there is none.
  std::optional<RunState> state;  ///< Of the run.
  std::optional<std::int64_t> duration_ms;
};

/// What is kept of a pipeline beside its runs.
struct PipelineHead {
  std::string name;
  bool paused = false;
  int active_runs = 0;  ///< Queued, running or cancelling.
  std::optional<Time> last_success;
  std::vector<Run> recent;  ///< Newest first; runs in state scheduled are left out.
};

/// The last time that a step published: where, and what it meant then.
struct Published {
  std::string environment;
  std::string pipeline;
  std::string step;
  std::string connection;
  TableName table;
  ContentHash query;  ///< The parts of the step's meaning.
  ContentHash publish;
  ContentHash checks;
  std::string run_id;
  Time at{};
};

/// How a published table lies: what the last unit that made it said.
struct LaidOut {
  std::string connection;
  std::string table;   ///< As people read it.
  std::string layout;  ///< Equal texts are equal layouts.
  std::string run_id;
  Time at{};
};

/// How far a trigger has been looked at: every nominal time at or before it is decided.
struct Cursor {
  std::string pipeline;
  std::string trigger;
  std::string definition;  ///< What the cursor was made for: the cron, the zone and the rules for DST.
  Time at{};
};

/// The text of one loaded project: what is needed to compile it again after a restart.
struct ProjectVersion {
  ContentHash hash;
  std::string environment;
  struct File {
    std::string path;
    std::string text;
  };
  std::vector<File> files;
  Time loaded{};
};

/// Something changed. The reader looks up what it says; the sequence orders everything.
struct Event {
  enum class Kind : std::uint8_t { run, step, unit, check, pipeline, backfill, connection, server };
  std::int64_t sequence = 0;
  Time at{};
  Kind kind = Kind::run;
  std::string pipeline;
  std::string run_id;
  std::string step;
  std::string subject;  ///< A unit's token, a check's name, a backfill's id, a connection's name, or what changed in a pipeline.
  std::string state;    ///< The state that it came to.
};

std::string_view name_of(Event::Kind kind);
std::optional<Event::Kind> parse_event_kind(std::string_view name);

/// Runs of a pipeline that ended, by the UTC day on which they were made.
struct DayCount {
  std::chrono::sys_days day;
  RunState state = RunState::succeeded;
  int runs = 0;
  std::int64_t duration_ms = 0;  ///< In all.
};

}  // namespace penstock::store
