#pragma once

#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pipelines/base/diagnostic.h"
#include "pipelines/base/identifier.h"
#include "pipelines/model/project.h"

namespace penstock::compiler {

/// A step by its place in the project.
struct StepAt {
  int pipeline = -1;
  int step = -1;

  friend bool operator==(const StepAt&, const StepAt&) = default;
};

/// Where the pipelines of a project run in one environment, and which table each of their steps publishes. Borrows the project.
class Layout {
 public:
  /// Reports pipelines without a target and tables that two steps publish.
  Layout(const model::Project& project, std::string_view environment, Diagnostics& diagnostics);

  struct PipelinePlace {
    const model::Pipeline* pipeline = nullptr;
    const model::Connection* connection = nullptr;  ///< Null: it runs nowhere, which has been reported.
    std::vector<TableName> targets;                 ///< Of its steps.
  };
  const std::vector<PipelinePlace>& places() const { return places_; }

  const model::Step& step(StepAt at) const;
  const TableName& target(StepAt at) const;
  /// The step whose published table it is; a name without its schema or catalogue means the connection's own.
  std::optional<StepAt> publisher_of(const TableName& table, const model::Connection& connection) const;

  /// Pipelines that read each other in a circle form one group, every other one is a group by itself. Groups of one layer read only
  /// groups of the layers before.
  using Group = std::vector<int>;
  std::vector<std::vector<Group>> layers() const;

 private:
  struct HashTable {
    std::size_t operator()(const TableName& table) const noexcept;
  };

  void enter(const model::Pipeline& pipeline, const model::Connection& connection, Diagnostics& diagnostics);
  std::vector<int> reads_of(int pipeline) const;

  std::vector<PipelinePlace> places_;
  std::unordered_map<TableName, StepAt, HashTable> published_;
};

}  // namespace penstock::compiler
