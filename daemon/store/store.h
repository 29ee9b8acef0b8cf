#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/store/records.h"
#include "pipelines/base/result.h"

namespace penstock::store {

/// A new run with its steps. A tick that has a run already is a conflict: of one pipeline, trigger and nominal time there is one run for
/// ever.
struct InsertRun {
  Run run;
  std::vector<StepRun> steps;
};

/// The whole run as it stands after the change; refused with conflict unless its state is `from`.
struct UpdateRun {
  Run run;
  RunState from;
};

/// The whole step as it stands after the change; refused with conflict unless its state and attempt are these.
struct UpdateStep {
  StepRun step;
  StepState from;
  int from_attempt;
};

struct InsertAttempt {
  PastAttempt attempt;
};

/// New units with the texts of their statements.
struct InsertUnits {
  std::vector<UnitRun> units;
  std::vector<std::pair<ContentHash, std::string>> texts;
};

/// State, handle, outcome and times of one unit; refused with conflict where it has ended already.
struct UpdateUnit {
  UnitRun unit;
};

/// The unit was to drop working tables and did not: a later step on its connection drops them.
struct PutLeftover {
  UnitRun unit;
};

/// These statements have been carried out on the connection, whoever left them.
struct DropLeftover {
  std::string connection;
  std::vector<ContentHash> statements;
};

struct InsertChecks {
  std::vector<CheckRun> checks;
};

/// A step has published; what is known of its last time is replaced.
struct PutPublished {
  Published published;
};

struct SetPaused {
  std::string pipeline;
  bool paused = false;
};

struct MoveCursor {
  Cursor cursor;
  bool is_back = false;  ///< It may lie before where the cursor is: the clock was wrong when it got there.
};

struct InsertBackfill {
  Backfill backfill;
  std::vector<BackfillInterval> intervals;
};

struct UpdateBackfill {
  Backfill backfill;
};

/// The run that does an interval of a backfill.
struct AssignInterval {
  std::string backfill_id;
  int ordinal = 0;
  std::string run_id;
};

struct InsertVersion {
  ProjectVersion version;
};

/// The answer to a request with an idempotency key, kept so that its repetition gets the same one.
struct RememberRequest {
  std::string key;
  std::string request_hash;
  std::string answer;  ///< An id.
  Time at{};
};

/// A message that must leave the house at least once: an alert, an OpenLineage event, a web hook.
struct PutOutbox {
  std::string topic;
  std::string body;
};

struct AckOutbox {
  std::int64_t id = 0;
};

/// An event that no other change makes by itself.
struct AnnounceEvent {
  Event event;
};

using Change = std::variant<InsertRun, UpdateRun, UpdateStep, InsertAttempt, InsertUnits, UpdateUnit, PutLeftover, DropLeftover,
                            InsertChecks, PutPublished, SetPaused, MoveCursor, InsertBackfill, UpdateBackfill, AssignInterval,
                            InsertVersion, RememberRequest, PutOutbox, AckOutbox, AnnounceEvent>;

/// Changes that become durable together or not at all, with the events that they make.
struct Transaction {
  Time at{};
  std::vector<Change> changes;
};

/// When a transaction has to be durable.
enum class Urgency {
  now,    ///< Somebody waits for it.
  later,  ///< With the next urgent one, or after a few milliseconds.
};

struct Options {
  std::string path;                      ///< The database file; its folder must exist.
  std::size_t queue_limit = 8192;        ///< Transactions that may wait; more are refused with resource.
  std::chrono::milliseconds linger{20};  ///< How long `later` may take.
  std::string owner;                     ///< Shown to whoever finds the store taken: "penstockd, process 812".
  /// How long a commit that the disk refused (full, I/O error) is tried again before its waiters are told; empty: until it goes through.
  std::optional<std::chrono::milliseconds> patience = std::chrono::milliseconds(30000);
  std::int64_t largest_pages = 0;  ///< The file may not grow beyond this many pages; 0: no limit.
};

/// The metadata store: one SQLite file with one owner and one writer thread, which commits whatever waits in one go (WAL,
/// synchronous=FULL). Transactions become durable in the order in which they were handed in. Any thread may hand them in.
///
/// Errors (kind storage unless said otherwise): refused when another process owns the store, a newer version wrote it, or the file is
/// no store; conflict when a compare-and-set did not match (that transaction had no effect at all); storage for a full disk or a corrupt
/// file, refused where the file was moved, removed or replaced: the transaction had no effect, and neither will anything handed in later,
/// so that no change is ever durable without those before.
class Store {
 public:
  /// Takes the lock beside the file, migrates and begins a new epoch.
  static Result<std::unique_ptr<Store>> open(const Options& options);
  /// Commits what waits, then lets go of the lock.
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// Called on the writer thread after the transaction is durable, or is known to have failed. Must not block.
  using Done = std::function<void(const Result<void>&)>;

  /// Hands a transaction in. `done` may be empty.
  void commit(Transaction transaction, Urgency urgency, Done done);

  /// Hands a transaction in and waits until it is durable.
  Result<void> commit(Transaction transaction);

  /// Told, on the writer thread and in order, of the events of each durable transaction. One listener; it must not block.
  void listen(std::function<void(const std::vector<Event>&)> listener);

  /// What keeps the store from taking changes.
  struct Trouble {
    Error error;
    bool is_final = false;  ///< It takes none any more; otherwise what waits is tried again.
  };
  /// Told, on the writer thread, when trouble begins and, with nothing, when it has passed. One watcher; it must not block.
  void watch(std::function<void(const std::optional<Trouble>&)> watcher);

  /// From now on a commit that the disk refuses is tried for no longer than this since it was handed to the disk first.
  void limit_patience(std::chrono::milliseconds most);

  /// Commits what waits, brings all of it into the file itself, and lets go of it and of its lock; whatever is handed in later is refused.
  void close();

  /// Grows with every start; rows written by an older owner are refused from then on.
  std::int64_t epoch() const;

  /// The trouble that lasts; empty where there is none.
  std::optional<Error> health() const;

  /// Set where this store is an older copy, put in place of one that had come further: up to here every start of a schedule had been
  /// decided there. By a file beside the store; see mark.h.
  std::optional<Time> older_than() const;

  /// How long ago the writer thread last looked at its work: seconds, unless the disk holds it up.
  std::chrono::milliseconds since_turn() const;

  /// For error pages and tests: how many transactions and how many disk syncs there were.
  struct Counts {
    std::int64_t transactions = 0;
    std::int64_t commits = 0;
  };
  Counts counts() const;

  const std::string& path() const;

 private:
  class Writer;
  explicit Store(std::unique_ptr<Writer> writer);
  std::unique_ptr<Writer> writer_;
};

}  // namespace penstock::store
