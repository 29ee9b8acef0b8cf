#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/records.h"
#include "pipelines/base/result.h"

namespace penstock::store {

/// One page of a list and where the next one begins; an empty cursor says that this was the last.
template <typename T>
struct Page {
  std::vector<T> items;
  std::string next_cursor;
};

/// Which page is wanted. Errors: invalid_input for a cursor that this list did not give.
struct PageRequest {
  int limit = 50;
  std::string cursor;
};

/// Fields that are empty do not filter.
struct RunFilter {
  std::string pipeline{};
  std::vector<RunState> states{};
  std::vector<TriggerKind> triggers{};
  std::string backfill_id{};
  std::optional<Time> since{};  ///< Created at or after.
  std::optional<Time> until{};  ///< Created before.
};

struct StepFilter {
  std::string pipeline{};
  std::string step{};
  std::vector<StepState> states{};
  std::string connection{};
  std::optional<Time> since{};  ///< Of runs created at or after.
  std::optional<Time> until{};
};

struct BackfillFilter {
  std::string pipeline{};
  std::vector<BackfillState> states{};
};

/// Everything about the attempts of one step, or of every step of a run.
struct Attempts {
  std::vector<PastAttempt> past;  ///< By step and number.
  std::vector<UnitRun> units;     ///< By step, attempt and ordinal.
  std::vector<CheckRun> checks;   ///< By step, attempt and ordinal.
};

/// What a run left open when the process ended.
struct OpenRun {
  Run run;
  std::vector<StepRun> steps;
  std::vector<UnitRun> units;  ///< Of the last attempt of steps that are not final.
};

/// The state of the store at one moment: every call sees the same commit. It holds a read transaction, so keep it for one answer only.
/// One thread. Errors: storage; not_found only where said.
class Snapshot {
 public:
  ~Snapshot();
  Snapshot(Snapshot&&) noexcept;
  Snapshot& operator=(Snapshot&&) = delete;

  /// The last event that this snapshot includes.
  std::int64_t last_event();

  /// Newest first, by created and id.
  Result<Page<Run>> runs(const RunFilter& filter, const PageRequest& page);
  /// Empty where there is none.
  Result<std::optional<Run>> run(std::string_view id);
  /// In topological order.
  Result<std::vector<StepRun>> steps(std::string_view run_id);
  Result<std::optional<StepRun>> step(std::string_view run_id, std::string_view step);
  /// A unit by its token, and the newest result of a check; empty where there is none.
  Result<std::optional<UnitRun>> unit(std::string_view token);
  Result<std::optional<CheckRun>> latest_check(std::string_view run_id, std::string_view step, std::string_view check);
  /// The steps of some runs, of each in topological order, in the order of `run_ids`.
  Result<std::vector<std::vector<StepMark>>> step_marks(const std::vector<std::string>& run_ids);
  /// `step` empty: of every step.
  Result<Attempts> attempts(std::string_view run_id, std::string_view step);
  /// Steps of all runs, newest run first.
  Result<Page<StepRun>> step_history(const StepFilter& filter, const PageRequest& page);
  /// The newest StepRun of every step of a pipeline that has ever begun.
  Result<std::vector<StepRun>> latest_steps(std::string_view pipeline);
  /// In the order of `pipelines`; a pipeline that never ran has an empty head. `recent`: how many runs each carries.
  Result<std::vector<PipelineHead>> heads(const std::vector<std::string>& pipelines, int recent);
  /// What the steps of an environment last published, by pipeline and step; of steps that are no more, too.
  Result<std::vector<Published>> published(std::string_view environment);
  /// With what layout the tables of a connection were made; those of which nothing is known are left out.
  Result<std::vector<LaidOut>> laid_out(std::string_view connection);
  /// The intervals that a step has published in an environment, each with its newest run, by their start; of runs that are still kept, and
  /// without what a retry only took over. `span`: those that reach into it.
  struct PublishedInterval {
    Interval interval;
    std::string run_id;
  };
  Result<std::vector<PublishedInterval>> published_intervals(std::string_view environment, std::string_view pipeline, std::string_view step,
                                                             const Interval& span);
  /// The one of them that starts last.
  Result<std::optional<PublishedInterval>> last_published_interval(std::string_view environment, std::string_view pipeline,
                                                                   std::string_view step);
  /// Runs that ended, by day of creation and state, from a day on.
  Result<std::vector<DayCount>> daily(std::string_view pipeline, std::chrono::sys_days from);
  /// Starts that did not happen, newest first.
  Result<std::vector<Run>> missed(std::string_view pipeline, int limit);
  Result<Page<Backfill>> backfills(const BackfillFilter& filter, const PageRequest& page);
  Result<std::optional<Backfill>> backfill(std::string_view id);
  Result<std::vector<BackfillInterval>> intervals(std::string_view backfill_id);
  /// The text of a statement by its hash; empty where it is past its retention.
  Result<std::optional<std::string>> statement(const ContentHash& hash);

  /// Events after `sequence`, in order, at most `limit`. `lost` when events after it have been deleted: read everything anew.
  struct Events {
    std::vector<Event> events;
    bool lost = false;
  };
  Result<Events> events_after(std::int64_t sequence, int limit);

  /// The remembered request with this key.
  struct Request {
    std::string request_hash;
    std::string answer;
  };
  Result<std::optional<Request>> request(std::string_view key);

  /// What recovery needs.
  Result<std::vector<OpenRun>> open_runs();
  /// The newest steps in doubt whose engine has not told yet how they ended, at most `limit`: each as its run with that step and its units.
  Result<std::vector<OpenRun>> in_doubt(int limit);
  /// Statements that drop what steps of the connection left, at most `limit` of them. Of runs that have ended, and not of steps whose
  /// outcome is in doubt, which may still read their working tables.
  Result<std::vector<std::vector<ContentHash>>> leftovers(std::string_view connection, int limit);
  Result<std::vector<Cursor>> cursors();
  /// Runs of starts that lie after `now` or after what is decided, by pipeline and nominal time: the clock was ahead when they began.
  Result<std::vector<std::pair<std::string, Time>>> starts_after(Time now);
  Result<std::vector<std::string>> paused_pipelines();
  Result<std::vector<Backfill>> open_backfills();
  Result<std::optional<ProjectVersion>> version(const ContentHash& hash);
  struct OutboxMessage {
    std::int64_t id = 0;
    std::string topic;
    std::string body;
  };
  Result<std::vector<OutboxMessage>> outbox(int limit);

 private:
  friend class Readers;
  struct Lease;
  explicit Snapshot(std::unique_ptr<Lease> lease);
  std::unique_ptr<Lease> lease_;
};

/// Read-only connections to a store that this or another process owns. Any thread.
class Readers {
 public:
  /// Errors: not_found where there is no file; refused where a newer version wrote it; storage.
  static Result<std::unique_ptr<Readers>> open(const std::string& path);
  /// Of a store in which nothing has happened yet. Errors: storage.
  static Result<std::unique_ptr<Readers>> empty();
  ~Readers();

  /// Waits for nobody: a connection is opened where none is idle. Errors: storage.
  Result<Snapshot> snapshot();

  /// What a reader has found damaged in the file; empty where nothing was.
  std::optional<Error> damage() const;

  struct Pool;

 private:
  explicit Readers(std::shared_ptr<Pool> pool);
  std::shared_ptr<Pool> pool_;
};

}  // namespace penstock::store
