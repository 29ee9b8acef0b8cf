#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pipelines/publish/plan.h"
#include "tests/unit/interpreter/interpreter.h"

namespace penstock::testing {

/// The kinds of targets, as what they can do.
dialects::Capabilities transactional();     ///< PostgreSQL: all in one transaction, DDL too.
dialects::Capabilities claiming();          ///< DuckDB: as that, with names instead of locks.
dialects::Capabilities single_statement();  ///< Trino with Iceberg: every statement commits by itself.
dialects::Capabilities by_source();         ///< BigQuery: as that, and MERGE knows WHEN NOT MATCHED BY SOURCE.
dialects::Capabilities guarded();           ///< Synapse: transactions without DDL.
dialects::Capabilities committing();        ///< Snowflake: as that, with MERGE, and whatever is DDL commits the transaction.
std::vector<std::pair<std::string, dialects::Capabilities>> every_target();

TableName table_named(const std::string& name);
ir::Value date(int year, int month, int day);

/// A step that reads the table "src" (id, name, day) and publishes "out", with the target in memory that it runs on.
struct Bench {
  Interpreter target;
  model::Publish publish;
  publish::StepInput input;
  publish::Dependants dependants;  ///< What a look finds beside the table.
  dialects::Capabilities can = transactional();

  Bench();
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  void mode(model::Publish::Mode mode, const std::string& key = {}, const std::string& interval = {});
  /// The step gives these columns of src.
  void columns(const ir::Columns& columns);
  void retype(std::size_t place, ir::TypeKind type);
  /// The rows of src: (id, name, day).
  void source(Rows rows);
  /// The interval of the run: a day of January 2001 and the one after.
  void day(int number);
  void run_id(const std::string& id) { input.run_id = id; }
  /// Reads facts from the target in memory, as a run does just before it plans.
  void look();
  Result<publish::StepPlan> plan();
  /// The plan, which must be there.
  publish::StepPlan laid_out();

  /// Sends the units in order, like a run: stops at an error or at a check that blocks, whose text it returns. At most `most` steps (a
  /// statement, or a whole transaction) are taken; empty: all.
  std::string send(const publish::StepPlan& plan, std::optional<int> most = std::nullopt);
  /// Plans and sends; must succeed.
  void run();

  std::vector<std::string> published() const;  ///< As text, sorted; {"absent"} without a table.
  std::vector<std::string> working_tables() const;
};

}  // namespace penstock::testing
