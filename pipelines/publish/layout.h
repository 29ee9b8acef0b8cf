#pragma once

#include <string>
#include <vector>

#include "pipelines/publish/plan.h"

namespace penstock::publish {

/// The plan while it is being laid out, and what every part of it has to know.
struct Layout {
  const StepInput& input;
  const dialects::Capabilities& can;
  StepPlan plan;

  /// Several statements commit together, and a row of the ledger with them.
  bool is_transactional() const { return can.multi_statement_transactions && can.settlement == dialects::Settlement::ledger; }

  /// One unit where the target takes several statements at once, otherwise one unit per statement.
  void add(Unit::Purpose purpose, std::vector<ir::Statement> statements, bool idempotent);

  /// What a publishing transaction holds from its first statement on.
  enum class Held {
    nothing,  ///< It only adds rows: any order of such transactions gives the same table.
    rows,     ///< The table, which is there by then: nobody else writes rows into it.
    name,     ///< The table's name: nobody else publishes under it.
  };

  /// The atomic act. On transactional targets: BEGIN, what holds the table, `reading` (what it makes of the table as it is then), the
  /// ledger's row with the number of rows in `rows` (null: not counted), the statements, COMMIT. Otherwise exactly one statement.
  struct Act {
    Held held = Held::nothing;
    std::vector<ir::Statement> reading;
    ir::RelationPtr rows;
    std::vector<ir::Statement> statements;
    bool idempotent = false;
  };
  void add_publish(Act act);

 private:
  std::vector<ir::Statement> hold(Held held) const;
};

/// The name of the working table whose making and dropping holds a target's name; the same for every run.
Identifier hold_name(const TableName& target, const dialects::Capabilities& capabilities);

/// The token of the ledger's own row for a target.
std::string writer_token_of(const TableName& target);

/// The name of the second working table, which scd2 needs.
Identifier versions_name(const TableName& target, std::string_view run_id, std::string_view step,
                         const dialects::Capabilities& capabilities);

/// Names the publish of this step in this run; the same at every try.
std::string ledger_token_of(const StepInput& input);

/// The step's row of the ledger. The rows that it publishes are counted where they lie, so that the record says their number even if nobody
/// hears the engine's answer; null: they are not counted.
ir::InsertSelect ledger_row(const StepInput& input, const dialects::Capabilities& can, const ir::RelationPtr& rows);

/// The ledger's row of the table itself says who published last.
std::vector<ir::Statement> replace_writer_row(const StepInput& input, const dialects::Capabilities& can);

Failure invalid(const StepInput& input, const std::string& message, std::string hint = {});

/// Statements that take something away from whoever reads the published table, between those that drop the project's own views over it
/// and those that make them again; `columns` are the table's afterwards. Refused where others depend on it.
Result<std::vector<ir::Statement>> with_dependants(const StepInput& input, const Taken& taken, const ir::Columns& columns,
                                                   std::vector<ir::Statement> statements);

/// Which of the unit's statements make views of `dependants` again.
std::vector<Remaking> remakings_in(const std::vector<ir::Statement>& statements, const Dependants& dependants);

/// What has to be done about the difference between the table and the step.
struct Drift {
  std::vector<ir::Statement> before;  ///< What has to be there before rows are written.
  std::vector<ir::Statement> after;   ///< What may go once they are.
  std::vector<std::string> words;
  ir::Columns columns;  ///< The columns to write, with the types that the table has by then.
};

/// Compares the published table (facts.columns) with the columns that the step wants to write. Refused where the policy forbids it.
Result<Drift> reconcile(const StepInput& input, const ir::Columns& wanted, model::Publish::Drift policy, const dialects::Capabilities& can);

/// What keeps the wanted columns from being written into the table as it is, in words.
std::vector<std::string> differences(const ir::Columns& table, const ir::Columns& wanted);

/// A table whose rows are to be written: `columns` are the names and types wanted, `rows` reads them.
struct Rows {
  ir::RelationPtr rows;
  ir::Columns columns;
};

/// The table with its columns cast where the target's differ, and NULL for those that it has not.
Rows rows_of(const TableName& table, const ir::Columns& has, const ir::Columns& wanted, const char* alias = "staged");
/// The same of the rows of any relation.
Rows rows_of(const ir::RelationPtr& source, const ir::Columns& wanted);

/// The key's places in `columns`; invalid_input where a column is missing.
Result<std::vector<int>> key_places(const StepInput& input, const ir::Columns& columns);

/// left = right with NULL equal to NULL. Plain equality where the right side is never NULL, so that engines can hash; else a form that
/// they can hash too; IS NOT DISTINCT FROM where the target hashes that.
ir::ExpressionPtr keys_equal(const ir::ExpressionPtr& left, const ir::ExpressionPtr& right, bool right_is_never_null,
                             bool hashes_null_safe = false);

/// Whether staged rows never hold NULL there: by the query, or because a blocking check has seen to it.
bool is_never_null(const StepInput& input, const Identifier& column);

/// The half-open range of the run's interval over a column.
struct Range {
  int column;
  ir::ExpressionPtr start;
  ir::ExpressionPtr end;
};

/// invalid_input without an interval, without the column, or for a column that is no point in time.
Result<Range> interval_range(const StepInput& input, const ir::Columns& columns);

/// start <= value AND value < end.
ir::ExpressionPtr is_inside(const Range& range, const ir::ExpressionPtr& value);

ir::InsertSelect insert_rows(const TableName& target, const Rows& rows);

/// Replaces every row of the target that has a key of `keyed` by `rows`: one statement, or two for a transaction. Both have the same
/// columns, and `keyed` every key of `rows`.
Result<std::vector<ir::Statement>> replace_by_key(const Layout& layout, const Rows& rows, const Rows& keyed);

/// Replaces every row of the target inside the interval by `rows`.
Result<std::vector<ir::Statement>> replace_by_interval(const Layout& layout, const Rows& rows);

/// Updates the target's rows that have a key of `rows`, and inserts the others.
Result<std::vector<ir::Statement>> upsert(const Layout& layout, const Rows& rows);

/// The audits that the write mode itself asks for, over the target's name as the others.
Result<std::vector<CompiledCheck>> mode_checks(const StepInput& input);

/// The one query of the check unit: (check number, failing rows).
ir::SelectStatement check_query(const StepPlan& plan);

/// What scd2 remembers beside the published table, so that the order in which rows arrive does not matter: of every observation that
/// changed nothing its key, its moment, whether it was a deletion, and the columns that are not tracked. Where missing keys are closed,
/// every run has looked for every key, and its moment is enough.
struct SeenTable {
  TableName name;
  ir::Columns columns;
  int moment = 0;  ///< The place of the moment, behind the key's columns.
};

bool closes_missing(const model::Publish& publish);

/// `wanted` are the columns of the published table. What is remembered begins anew where the key, the moment or a column that is not
/// tracked gets another name or type: the table has another name then.
Result<SeenTable> seen_table(const StepInput& input, const ir::Columns& wanted, const dialects::Capabilities& can);
Identifier seen_name(const TableName& target, const ir::Columns& columns, const dialects::Capabilities& can);

/// The last column of a rebuilt history: what becomes of the row.
inline constexpr std::string_view kHistoryKind = "penstock_kind";

/// Everything that is known by now of every key in the staged batch: the columns of the published table and kHistoryKind. `wanted` are the
/// columns of the published table; `reads_target` is false where there is no table yet.
Result<ir::RelationPtr> rebuilt_history(const StepInput& input, const TableName& staged, const ir::Columns& wanted, const SeenTable& seen,
                                        bool reads_target);

/// The rows of a history that are versions, and those that only have to be remembered.
ir::RelationPtr versions_in(const ir::RelationPtr& history);
ir::RelationPtr repeats_in(const ir::RelationPtr& history);
/// Of a row that has to be remembered.
ir::ExpressionPtr is_deletion(const ir::Relation& history);

/// Columns with the names of the seen table and the types that `typed_by`, the staged rows or a history, has for them.
ir::RelationPtr seen_like(const StepInput& input, const SeenTable& seen, const ir::RelationPtr& typed_by);

/// The rows of a history that the seen table gets, in its columns; not where missing keys are closed.
ir::RelationPtr seen_rows(const StepInput& input, const SeenTable& seen, const ir::RelationPtr& history);

/// Writes what a history has to remember; may be repeated.
Result<std::vector<ir::Statement>> remember(const Layout& layout, const SeenTable& seen, const ir::RelationPtr& history);

}  // namespace penstock::publish
