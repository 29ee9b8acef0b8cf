#pragma once

#include <deque>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "daemon/run/connection_gate.h"
#include "daemon/run/spec.h"
#include "daemon/run/state.h"
#include "daemon/run/table_writers.h"
#include "daemon/store/reader.h"
#include "daemon/store/store.h"

namespace penstock::run {

/// Names one attempt of one step.
struct AttemptId {
  std::string run_id;
  std::string step;
  int attempt = 1;

  friend bool operator==(const AttemptId&, const AttemptId&) = default;
  friend auto operator<=>(const AttemptId&, const AttemptId&) = default;
};

/// Work for the executor.
struct StartStep {
  AttemptId id;
  std::string pipeline;
  std::string connection;
  Run run;  ///< As it stood then: interval, parameters, version.
  SpecPtr spec;
  std::vector<UnitRun> units;  ///< Of an attempt that an earlier process began; empty for a new one.
  bool cancelled = false;      ///< What runs of it has to be stopped.
};

/// What the executor tells when an attempt has ended.
struct StepResult {
  StepState state = StepState::succeeded;  ///< succeeded, failed, cancelled, unknown.
  std::optional<Error> error;
  std::optional<Fault> fault;  ///< What people see; made from `error` where absent.
  std::optional<std::int64_t> rows;
  std::optional<std::int64_t> bytes_scanned;
  store::CheckCounts checks;
  int units_total = 0;
  int units_finished = 0;
  std::optional<Purpose> purpose;
  std::string publish_method;
  std::vector<store::Change> changes;  ///< Outcomes that must become durable together with the end of the step.
};

/// What follows from an event. `transaction` is handed to the store first. Starts may begin at once, because what they write becomes
/// durable after it; cancels wait until it is durable.
struct Decision {
  store::Transaction transaction;
  std::vector<StartStep> start;
  std::vector<AttemptId> cancel;

  bool is_empty() const { return transaction.changes.empty() && start.empty() && cancel.empty(); }
};

/// Runs, ticks, backfills and slots: a pure state machine. Every method is an event at a moment and returns what to do about it; there is
/// no clock, no I/O and no thread in it, and its randomness is seeded. One thread.
class Scheduler {
 public:
  struct Options {
    std::uint64_t seed = 1;
    bool schedules = true;
    bool fail_fast = false;
  };
  explicit Scheduler(const Options& options);
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  /// A start is on time within this; later ones are subject to the misfire policy.
  static constexpr std::chrono::seconds kOnTime{60};
  /// Rows for starts that did not happen, per look; older ones are counted in the oldest row.
  static constexpr std::size_t kMostSkippedRows = 100;

  /// The project in force from now on. Runs that have begun keep their own.
  Decision load(const ProjectSpec& project, const Moment& now);

  /// Nominal times of starts, by pipeline.
  using Starts = std::map<std::string, std::set<Time>, std::less<>>;

  /// What an earlier process left. Called once, before the first `load`. `spec_of` gives the pipeline as the run began it, or null where
  /// its text cannot be compiled any more: its steps that were not planned then fail.
  struct Restored {
    std::vector<store::OpenRun> runs;
    std::vector<store::Cursor> cursors;
    std::vector<std::string> paused;
    std::vector<std::pair<Backfill, std::vector<store::BackfillInterval>>> backfills;
    std::map<std::string, SpecPtr> specs;  ///< By run.
    std::optional<Reason> cancel;          ///< Then every run is cancelled at once, before anything more of it is sent.
    Starts ran_ahead;
    /// The store is an older copy: up to here every start was decided in the later one, and what is open in the copy has long ended there.
    /// Those starts are not decided again, and what is open is cancelled.
    std::optional<Time> older_than;
  };
  Decision restore(const Restored& restored, const ProjectSpec& project, const Moment& now);

  /// Time has passed: starts what is due.
  Decision advance(const Moment& now);
  /// When `advance` has something to do; empty: not before another event.
  std::optional<std::chrono::microseconds> wait_from(const Moment& now) const;

  /// Schedules are taken for decided further ahead of the clock than this: it has been set back.
  static constexpr std::chrono::seconds kClockSlack{60};
  /// How far the furthest is decided, where that is too far ahead.
  std::optional<Time> decided_ahead(const Moment& now) const;
  /// Has those schedules go on from now. Starts that were due by the clock as it was and ran, which `ran` names, do not run again.
  Decision set_back(Starts ran, const Moment& now);

  struct NewRun {
    std::string pipeline;
    store::Trigger trigger;
    store::Parameters parameters;
    std::optional<Interval> interval;
    std::vector<std::string> steps;
  };
  /// Errors: not_found, refused (the pipeline has errors).
  Result<Decision> trigger(const NewRun& wanted, const Moment& now, std::string& run_id);

  /// A new run of the same interval and parameters. `old` is final; `old_steps` are its steps.
  struct Again {
    Run old;
    std::vector<StepRun> old_steps;
    bool restart = false;
    std::vector<std::string> steps;
    store::Trigger trigger;
  };
  Result<Decision> retry(const Again& wanted, const Moment& now, std::string& run_id);

  Result<Decision> backfill(Backfill wanted, std::vector<store::BackfillInterval> intervals, const Moment& now);
  Result<Decision> cancel_backfill(const std::string& id, const Moment& now);
  /// Errors: not_found where no such run is open.
  Result<Decision> cancel(const std::string& run_id, const Reason& reason, const Moment& now);
  Result<Decision> pause(const std::string& pipeline, bool paused, const Moment& now);

  /// An attempt has ended.
  Decision finished(const AttemptId& id, const StepResult& result, const Moment& now);

  /// No step starts any more (drain, detach).
  void stop_starting() { stopping_ = true; }

  bool is_idle() const { return runs_.empty(); }
  std::size_t running_steps() const;
  std::vector<std::string> open_runs() const;
  std::optional<Run> find(const std::string& run_id) const;
  SpecPtr pipeline(std::string_view name) const;
  bool is_paused(std::string_view name) const;

  struct ConnectionView {
    std::string name;
    int slots = 0;
    int used = 0;
    int queued = 0;
    bool open_circuit = false;
    std::optional<std::chrono::microseconds> opens_at;
  };
  std::vector<ConnectionView> connections() const;

  std::string new_id(char prefix, const Moment& now);

 private:
  struct ActiveRun;
  struct PipelineState;
  struct ActiveBackfill;
  struct Connection;
  struct Timer;

  ActiveRun& add_run(Run run, std::vector<StepRun> steps, SpecPtr spec);
  std::vector<StepRun> fresh_steps(const Run& run, const PipelineSpec& spec, const Moment& now) const;
  Run fresh_run(const PipelineSpec& spec, const store::Trigger& trigger, const Moment& now);
  void begin(ActiveRun& run, const Moment& now);
  void begin_waiting(PipelineState& pipeline, const Moment& now);
  void end_if_done(ActiveRun& run, const Moment& now);
  void run_ended(const Run& run, Decision& decision, const Moment& now);
  void cancel_run(ActiveRun& run, const Reason& reason, Decision& decision, const Moment& now);

  void set_state(ActiveRun& run, std::size_t index, StepState state, const Moment& now);
  void queue_step(ActiveRun& run, std::size_t index, const Moment& now);
  void dispatch(Decision& decision, const Moment& now);
  bool must_wait(ActiveRun& run, std::size_t index, TableWriters::Passed& passed);
  void tell(ActiveRun& run, std::size_t index, const std::optional<Reason>& obstacle);
  static TableWriters::Writer writer_of(const ActiveRun& run, std::size_t index);
  void start_step(ActiveRun& run, std::size_t index, Decision& decision, const Moment& now);
  void step_ended(ActiveRun& run, std::size_t index, Decision& decision, const Moment& now);
  void skip_step(ActiveRun& run, std::size_t index, const Reason& reason, const Moment& now);
  bool retry_step(ActiveRun& run, std::size_t index, const Error& error, Decision& decision, const Moment& now);
  void record_published(const ActiveRun& run, std::size_t index, Decision& decision, const Moment& now);
  void restore_run(const store::OpenRun& open, SpecPtr spec, const std::optional<Reason>& cancel, Decision& decision, const Moment& now);
  void fire_timers(Decision& decision, const Moment& now);

  void load_pipeline(const SpecPtr& spec, Decision& decision, const Moment& now);
  void plan_next(PipelineState& pipeline);
  void fire_due(PipelineState& pipeline, const char* missed, Decision& decision, const Moment& now);
  void fire(PipelineState& pipeline, Time nominal, Decision& decision, const Moment& now);
  void skip_start(PipelineState& pipeline, Time nominal, const Reason& reason, Decision& decision, const Moment& now);

  void feed_backfill(ActiveBackfill& backfill, Decision& decision, const Moment& now);
  void settle_backfill(ActiveBackfill& backfill, Decision& decision, const Moment& now);
  void cancel_backfill(ActiveBackfill& backfill, const Reason& reason, Decision& decision, const Moment& now);
  void give_up_open(const Reason& reason, Decision& decision, const Moment& now);

  /// Starts what can start, and turns everything that has changed into the transaction's changes.
  Decision conclude(Decision decision, const Moment& now);
  Connection& connection(const std::string& name);
  double random();

  const Options options_;
  std::mt19937_64 random_;
  bool stopping_ = false;
  std::map<std::string, ActiveRun> runs_;
  std::map<std::string, PipelineState, std::less<>> pipelines_;
  std::map<std::string, ActiveBackfill> backfills_;
  std::map<std::string, Connection> connections_;
  TableWriters writers_;
  std::map<std::string, store::Cursor> cursors_;  ///< By pipeline.
  std::set<std::string, std::less<>> paused_;
  Starts ran_ahead_;
  Time furthest_{};                             ///< No cursor lies behind it.
  std::set<std::pair<Time, std::string>> due_;  ///< Next nominal times, by pipeline.
  std::multiset<Timer> timers_;
  std::set<std::string> touched_;  ///< Runs that have changed since the last decision.
};

}  // namespace penstock::run
