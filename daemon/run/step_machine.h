#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "connectors/connector.h"
#include "daemon/run/scheduler.h"
#include "daemon/store/store.h"

namespace penstock::run {

/// A step laid out as text: what is sent, in this order.
struct PlannedUnit {
  Purpose purpose = Purpose::stage;
  connectors::Unit unit;
  std::vector<store::CheckSpec> checks;  ///< Of a check unit, by the number in the first column of its rows.
  bool token_suffices = false;           ///< As the connector says of it.
  std::string made_table;                ///< The published table that it makes, for people; empty where it makes none.
  std::string made_layout;               ///< By what that table is laid out.
  std::map<int, std::string> remade;     ///< The views that it makes again, by the places of their statements.
};

/// The published table as the plan found it.
struct SeenTable {
  TableName name;
  connectors::TableDescription description;
  std::optional<connectors::DependedOn> taken;  ///< What the publish takes away from others.
  connectors::Dependants dependants;            ///< Of that.
};

struct PlannedStep {
  std::vector<PlannedUnit> units;
  std::string publish_method;  ///< In words.
  std::optional<SeenTable> seen;
};

/// Drives one attempt of one step through its units, so that whatever instant the process dies at, its successor knows enough. Pure: it is
/// told what happened and says what to do next; one action at a time, each answered by the method of its name.
///
/// The order of durable writes:
///  1. All intents of the attempt, before anything is sent.
///  2. The handle of a unit, before it is followed. Where the connector settles the unit by its token alone (`token_suffices`), nobody
///  waits
///     for this, because the intent is enough to find it; but a publish waits unless its ledger tells of it for ever.
///  3. Outcomes are handed to the store before the next unit's handle, and the store keeps that order: a unit whose handle is durable has
///     only ended units before it. The verdict of checks is durable before the publish that it allows is sent.
///  4. That a step will not publish is durable before its working table is dropped: a cleanup with a trace follows a publish.
///  5. The last outcomes go with the end of the step in one transaction (`StepResult::changes`).
class StepMachine {
 public:
  struct Plan {};
  struct Commit {
    std::vector<store::Change> changes;
    bool wait = true;  ///< Otherwise it is only handed in, and the answer is success.
  };
  struct Submit {
    std::size_t unit;
  };
  struct Follow {
    std::size_t unit;
    connectors::Handle handle;
  };
  struct Find {
    std::size_t unit;
  };
  /// Another writer was faster; after this time the unit is sent again.
  struct Pause {
    std::chrono::milliseconds length;
  };
  struct Done {
    StepResult result;
  };
  using Action = std::variant<Plan, Commit, Submit, Follow, Find, Pause, Done>;

  /// So often is a unit sent again that lost against another writer, with pauses from the first to the longest: some two minutes in all
  /// for a publish, and four seconds for what only makes or drops a table. After that the attempt has failed, and the step's own retries
  /// follow.
  static constexpr int kMostConflicts = 64;
  static constexpr int kMostConflictsOfNames = 8;
  static constexpr std::chrono::milliseconds kFirstConflictPause{20};
  static constexpr std::chrono::milliseconds kLongestConflictPause{2000};

  struct Context {
    AttemptId id;
    std::string pipeline;
    std::string connection;
  };

  /// A new attempt.
  explicit StepMachine(Context context);
  /// An attempt that an earlier process began; `units` are its rows, `plan` their texts.
  StepMachine(Context context, std::vector<UnitRun> units, PlannedStep plan);

  Action begin(Time now);
  Action planned(Result<PlannedStep> plan, Time now);
  Action committed(const Result<void>& result, Time now);
  Action submitted(const Result<connectors::Handle>& handle, Time now);
  Action followed(const connectors::Outcome& outcome, Time now);
  Action found(const Result<connectors::Found>& found, Time now);
  Action paused(Time now);

  /// The running unit's handle has changed; these changes have to be durable before it is followed on.
  std::vector<store::Change> moved(const connectors::Handle& handle);

  /// Nothing more is to be sent. What runs is stopped at the engine by the caller and comes back by `followed`.
  void cancel() { cancelled_ = true; }

  /// What is certain of the attempt while its engine is silent: `unknown` where something of it may be published. It is told to cancel,
  /// and what follows in it is only for the record.
  StepResult abandon();

  /// Whether the engine refused to publish.
  bool was_refused() const;

  const connectors::Unit& unit(std::size_t index) const { return plan_.units[index].unit; }
  connectors::Token token(std::size_t index) const;
  /// The handle of the unit that is being followed; empty text where none is.
  const std::string& handle() const { return handle_; }

 private:
  enum class After { none, submit, follow };

  Action next(Time now);
  bool may_cancel() const;
  bool waits_for_handle(std::size_t index) const;
  Action settle(std::size_t index);
  bool may_have_landed(const connectors::Outcome& outcome) const;
  std::optional<Action> again(const connectors::Outcome& outcome);
  connectors::Outcome explained(std::size_t index, connectors::Outcome outcome) const;
  Action recover(Time now);
  Action probe(Time now);
  void imply_earlier(Time now);
  bool has_staged() const;
  Action adopt_cleanup_or_end(Time now);
  Action end(StepState state, std::optional<Error> error, Time now);
  Action clean_up_or_end(StepState state, std::optional<Error> error, std::optional<Fault> fault, Time now);
  Action done(Time now);
  void record(std::size_t index, const connectors::Outcome& outcome, Time now);
  std::optional<Fault> read_checks(std::size_t index, const connectors::Outcome& outcome, Time now);
  Action flush_then(After after, bool wait, Time now);

  Context context_;
  PlannedStep plan_;
  std::vector<UnitRun> units_;
  std::size_t current_ = 0;
  std::optional<std::size_t> resent_;  ///< The unit that was sent again last because it was lost.
  int conflicts_ = 0;                  ///< How often the current unit has lost against another writer.
  std::vector<std::size_t> probes_;    ///< Units to look for after a crash, the last one first.
  std::string handle_;
  bool cancelled_ = false;
  bool adopted_ = false;    ///< The unit that is followed was sent by an earlier process.
  bool recovered_ = false;  ///< The attempt was begun by an earlier process.
  /// The unit's outcome was unsure: its handle is followed again, and where that does not tell, its token is looked for.
  enum class Settling { no, by_handle, by_token } settling_ = Settling::no;
  /// What a publish failed with whose token is looked for, because an earlier try of it may have landed.
  std::optional<connectors::Outcome> refusal_;
  bool cleaning_ = false;  ///< The step is decided; only working tables are dropped.
  After after_ = After::none;
  std::vector<store::Change> pending_;
  StepResult result_;
  int recorded_checks_ = 0;
};

/// The unit that writes the published table: the first of those that publish, where a target needs several acts.
bool is_main_publish(const std::vector<UnitRun>& units, std::size_t index);

/// The token of a unit: the same for the same attempt, whoever computes it.
std::string unit_token(const AttemptId& id, std::size_t ordinal);

/// What is certain of an attempt that has no machine yet, because its connection could not be made.
StepResult abandoned(const StartStep& step);

}  // namespace penstock::run
