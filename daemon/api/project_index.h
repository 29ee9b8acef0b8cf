#pragma once

#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>

#include "daemon/api/table_graph.h"
#include "daemon/run/engine.h"
#include "daemon/run/zone.h"

namespace penstock::api {

/// A version of the project with what the routes look up in it by name. Never changes; any thread.
class ProjectIndex {
 public:
  explicit ProjectIndex(run::ProjectPtr project);

  const compiler::CompiledProject& project() const { return *project_; }
  const TableGraph& graph() const { return graph_; }
  /// Null where there is none.
  const model::Pipeline* pipeline(std::string_view name) const;
  /// In which the pipeline's dates are meant; UTC for one that is gone.
  run::Zone zone(std::string_view pipeline) const;
  /// The step as the project has it now; null where it is gone.
  const model::Step* step(std::string_view pipeline, std::string_view step) const;

 private:
  run::ProjectPtr project_;
  TableGraph graph_;
  std::unordered_map<std::string_view, const model::Pipeline*> pipelines_;
  std::unordered_map<std::string_view, run::Zone> zones_;      ///< Of pipelines with a schedule.
  std::unordered_map<std::string, const model::Step*> steps_;  ///< By "pipeline.step".
};

using IndexPtr = std::shared_ptr<const ProjectIndex>;

/// Keeps the index of the version that was asked for last: it is made once per version, at its first use. Any thread.
class ProjectIndexes {
 public:
  IndexPtr of(const run::ProjectPtr& project);

 private:
  std::mutex mutex_;
  run::ProjectPtr version_;
  IndexPtr index_;
};

}  // namespace penstock::api
