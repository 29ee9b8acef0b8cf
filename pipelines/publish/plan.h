#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pipelines/dialects/capabilities.h"
#include "pipelines/ir/parameter.h"
#include "pipelines/ir/statement.h"
#include "pipelines/model/project.h"

namespace penstock::publish {

/// An audit ready to run: the rows that break it, read from the step's target name; the plan points it at the staged table instead.
struct CompiledCheck {
  std::string name;
  std::string kind;
  model::Check::Severity severity = model::Check::Severity::error;
  ir::RelationPtr failing;
  Span where;
};

/// A statement that gives a table or view, made anew, what the one before it had.
struct Restoring {
  std::string statement;
  Identifier column{};     ///< Only where there is such a column; empty: in any case.
  bool same_kind = false;  ///< Only where a table stays a table, and a view a view.
};

/// A view of the project that reads the published table, itself or through others.
struct DependentView {
  TableName name;
  ir::RelationPtr query;  ///< By which it is made again.
  std::vector<Restoring> restoring{};
};

/// What depends on what a publish takes away.
struct Dependants {
  std::vector<DependentView> views;  ///< Each behind those that it reads.
  std::vector<Restoring> restoring;  ///< Of the published table itself.
  std::string guard;                 ///< A statement that fails where any of this has changed since; may be empty.
  std::vector<std::string> others;   ///< What is not the project's to make again, in words.
};

/// What is known of the published table just before the run.
struct TargetFacts {
  enum class Kind { absent, table, view } kind = Kind::absent;
  ir::Columns columns;                 ///< As the catalogue has them.
  std::vector<std::string> options{};  ///< Statements that say of a view what it loses when it is replaced where it stands.
  Dependants dependants;               ///< Of what StepPlan::taken names.
  bool has_other_layout = false;       ///< It was made with another layout than the step has for this target.
  bool has_ledger = false;  ///< The ledger table beside the target is known to exist; otherwise the plan makes it where it is missing.
};

/// A step of one run, ready to be laid out as statements.
struct StepInput {
  TableName target;
  ir::RelationPtr query;  ///< Parameters bound.
  /// What the query gives, where the query itself does not know (native SQL that was probed); otherwise not looked at.
  ir::Columns columns;
  const model::Publish* publish = nullptr;
  const model::TableLayout* layout = nullptr;  ///< Null: as the target lays tables out by itself.
  std::vector<CompiledCheck> checks;
  TargetFacts facts;
  std::string run_id;
  std::string step;  ///< "pipeline.step".
  /// Half-open bounds of the run's interval on the schedule's wall clock, where it has one.
  std::optional<ir::TimestampValue> interval_start;
  std::optional<ir::TimestampValue> interval_end;
  /// The same two moments in UTC: what a timestamptz column is compared with. Needed only for such columns.
  std::optional<ir::TimestampValue> interval_start_utc;
  std::optional<ir::TimestampValue> interval_end_utc;
  /// The run's start on the same wall clock, one moment for all its tries: from when scd2's rows hold where neither a column nor an
  /// interval says it.
  std::optional<ir::TimestampValue> run_started_at;
};

/// A view that a statement makes again.
struct Remaking {
  std::size_t statement;
  TableName view;
};

/// What a publish takes away from whoever reads the table.
struct Taken {
  std::vector<Identifier> columns;  ///< Empty: all of it.
};

/// A group of statements that are sent together. A crash before or after a unit leaves the published table whole.
struct Unit {
  enum class Purpose { prepare, stage, check, publish, cleanup };
  Purpose purpose;
  std::vector<ir::Statement> statements;
  bool transaction = false;  ///< All of it or nothing: BEGIN ... COMMIT.
  /// The statements insert a row with this token into penstock_ledger in the same transaction; empty where they do not.
  std::string ledger_token;
  /// It may be sent again whatever became of the first try.
  bool idempotent = false;
  std::vector<Remaking> remakes{};
  bool makes_table = false;  ///< The published table is made, or made anew: it has the step's layout then.
};

/// Which column of a check unit's result belongs to which check: its rows are (check number, failing rows).
struct StepPlan {
  TableName target;
  TableName staged;
  std::vector<Unit> units;
  std::vector<CompiledCheck> checks;  ///< In the order of their numbers, implied ones included.
  std::vector<std::string> drift;     ///< What the schema difference is and what will be done, in words; empty without one.
  std::optional<Taken> taken;         ///< Set: whoever plans has to look for the dependants of this and plan once more with them.
};

/// The columns of the published table for a query that gives `query`: the same, and for scd2 those of the version after them:
/// valid_from, valid_to (NULL: still valid) and is_current.
ir::Columns published_columns(const model::Publish& publish, const ir::Columns& query);

/// The staged table's name: made from the target's and the run, within the target's longest identifier, the same at every try.
Identifier staged_name(const TableName& target, std::string_view run_id, std::string_view step, const dialects::Capabilities& capabilities);

/// Whether it is the name of a staged table or view: of a step that runs, or of one that was given up.
bool is_staged_name(const Identifier& name);

/// How the names of working tables and views begin, and those that a step may have in a run.
std::vector<std::string> working_prefixes();
std::vector<Identifier> working_names(const TableName& target, std::string_view run_id, std::string_view step,
                                      const dialects::Capabilities& capabilities);

/// The ledger table beside the target and the statement that makes it where it is missing.
TableName ledger_table(const TableName& target);
ir::CreateTable create_ledger(const TableName& target, const dialects::Capabilities& capabilities);

/// Removes the rows of runs before that one from the ledger beside the target: of each step whose later publishes are there. It may be sent
/// again.
ir::DeleteRows shorten_ledger(const TableName& target, const std::string& first_kept_run, const dialects::Capabilities& capabilities);

/// What could be declared so that engines match, join and group by bare columns, which they place rows by: a sentence for each kind of
/// declaration, naming the columns. Empty where nothing is wrapped for the lack of one.
std::vector<std::string> wanted_declarations(const StepInput& input, const dialects::Capabilities& capabilities);

/// What the step's table is laid out by on that target, as a text that is equal where the layout is; empty: by nothing of the step's.
std::string layout_text(const StepInput& input, const dialects::Capabilities& capabilities);

/// A sentence for each key of the step's layout that the target cannot follow, or follows in another way. Empty without a layout.
std::vector<std::string> layout_notes(const StepInput& input, const dialects::Capabilities& capabilities);

/// Lays the step out as Stage, Check, Publish, Record. Fails with refused where the schema drifted and the policy is `fail`, and with
/// invalid_input where the target cannot publish in that mode.
Result<StepPlan> plan_step(const StepInput& input, const dialects::Capabilities& capabilities);

}  // namespace penstock::publish
