#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "pipelines/base/diagnostic.h"
#include "pipelines/base/executor.h"
#include "pipelines/base/hash.h"
#include "pipelines/base/shared_list.h"
#include "pipelines/dialects/dialect.h"
#include "pipelines/ir/relation.h"
#include "pipelines/lineage/graph.h"
#include "pipelines/lineage/lineage.h"
#include "pipelines/model/project.h"
#include "pipelines/publish/plan.h"
#include "pipelines/sql/places.h"

namespace penstock::compiler {

struct CompiledGroup;

/// What a step does, part by part, so that a plan can say which of them has changed. Layout, comments and the names of intermediate things
/// in the SQL do not change it.
struct Meaning {
  ContentHash query;    ///< With the defaults of the parameters that it uses.
  ContentHash publish;  ///< Where and how.
  ContentHash checks;

  friend bool operator==(const Meaning&, const Meaning&) = default;
};

/// A step with everything that the compiler knows of it. The pointers lead into the Project of the same CompiledProject.
struct CompiledStep {
  const model::Pipeline* pipeline = nullptr;
  const model::Step* step = nullptr;
  std::string name;        ///< "pipeline.step".
  TableName target;        ///< What it publishes.
  std::string connection;  ///< Where.
  std::string dialect;     ///< Of that connection.
  ir::RelationPtr query;   ///< Null after errors.
  ir::Columns columns;
  std::vector<publish::CompiledCheck> checks;
  std::vector<TableName> sources;       ///< Tables that no step makes.
  std::vector<std::string> parameters;  ///< Names used.
  lineage::StepLineage lineage;
  Meaning meaning;
  sql::Places places;       ///< Of the query and the checks.
  Diagnostics diagnostics;  ///< What is wrong with it; part of those of the project.

  bool is_native() const { return std::holds_alternative<model::NativeBody>(step->body); }
};

struct CompiledProject {
  std::shared_ptr<const model::Project> project;
  std::string environment;
  SharedList<CompiledStep> steps;       ///< Every step after those of its own pipeline that it reads.
  std::vector<std::vector<int>> reads;  ///< Of each step the steps (indices) whose tables it reads or that it names in `after`.
  Diagnostics diagnostics;
  std::vector<std::shared_ptr<const CompiledGroup>> groups;  ///< What a later version takes over: Options::before.

  const CompiledStep* find(std::string_view pipeline_and_step) const;
};

/// Columns of source tables that no YAML declares, from a snapshot or from the target's catalogue.
using SourceColumns = std::map<TableName, ir::Columns>;

/// The target of the step's own connection, and others.
struct TargetChoice {
  bool own = true;
  std::vector<const dialects::Dialect*> others;
};

struct Options {
  std::string environment;  ///< Empty: the only one, or the first.
  const SourceColumns* source_columns = nullptr;
  /// An earlier version of the project: pipelines that are the same objects, and find the same columns under the tables that they read,
  /// are taken over from it. The result is what compiling everything would give.
  const CompiledProject* before = nullptr;
  /// For pipelines that do not read each other.
  Executor executor;
  /// What the steps must be able to run on; `before` must have been compiled for the same.
  TargetChoice targets;
};

/// Resolves names, types and columns of every step, orders the steps and traces their columns. Never fails as a whole: what is wrong is
/// in the diagnostics, and steps without errors are complete. Pure; any thread.
CompiledProject compile(std::shared_ptr<const model::Project> project, const Options& options);

/// The columns of all steps as one graph. It borrows the project.
lineage::ColumnGraph column_graph(const CompiledProject& project);

}  // namespace penstock::compiler
