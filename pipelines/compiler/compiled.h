#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "pipelines/base/diagnostic.h"
#include "pipelines/base/hash.h"
#include "pipelines/ir/relation.h"
#include "pipelines/lineage/lineage.h"
#include "pipelines/model/project.h"
#include "pipelines/publish/plan.h"

namespace penstock::compiler {

/// A step with everything that the compiler knows of it. The pointers lead into the Project of the same CompiledProject.
struct CompiledStep {
  const model::Pipeline* pipeline = nullptr;
  const model::Step* step = nullptr;
  std::string name;        ///< "pipeline.step".
  TableName target;        ///< What it publishes.
  std::string connection;  ///< Where.
  ir::RelationPtr query;   ///< Null after errors.
  ir::Columns columns;
  std::vector<publish::CompiledCheck> checks;
  std::vector<int> reads;               ///< Steps (indices) whose tables it reads or that it names in `after`; of any pipeline.
  std::vector<TableName> sources;       ///< Tables that no step makes.
  std::vector<std::string> parameters;  ///< Names used.
  lineage::StepLineage lineage;
  ContentHash hash;  ///< Of its meaning: query, publish, checks. Layout and comments do not change it.
};

struct CompiledProject {
  std::shared_ptr<const model::Project> project;
  std::string environment;
  std::vector<CompiledStep> steps;  ///< Every step after those of its own pipeline that it reads.
  Diagnostics diagnostics;

  const CompiledStep* find(std::string_view pipeline_and_step) const;
};

/// Columns of source tables that no YAML declares, from a snapshot or from the target's catalogue.
using SourceColumns = std::map<TableName, ir::Columns>;

struct Options {
  std::string environment;  ///< Empty: the only one, or the first.
  const SourceColumns* source_columns = nullptr;
  /// Also print every step in its target's dialect, so that what the target cannot do is found now.
  bool check_target = true;
};

/// Resolves names, types and columns of every step, orders the steps and traces their columns. Never fails as a whole: what is wrong is
/// in the diagnostics, and steps without errors are complete. Pure; any thread.
CompiledProject compile(std::shared_ptr<const model::Project> project, const Options& options);

}  // namespace penstock::compiler
