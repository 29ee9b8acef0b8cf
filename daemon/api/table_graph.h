#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/api/encode.h"
#include "pipelines/compiler/compiled.h"

namespace penstock::api {

enum class Direction { upstream, downstream, both };

/// Steps and sources of a compiled project as nodes with the API's ids: step:PIPELINE.STEP and source:TABLE. It points into
/// that project.
class TableGraph {
 public:
  explicit TableGraph(const compiler::CompiledProject& project);

  struct Node {
    std::string id;
    const compiler::CompiledStep* step = nullptr;  ///< Null for a source.
    TableName table;
    std::string connection;
    std::vector<int> reads;
    std::vector<int> read_by;
  };

  const std::vector<Node>& nodes() const { return nodes_; }
  /// -1 where there is none.
  int find(std::string_view id) const;
  int find(const TableName& table) const;

  /// The nodes within `depth` of `from` (nearest first), or from the sources on where `from` is -1; at most `limit`.
  struct Reach {
    std::vector<int> nodes;
    bool truncated = false;
  };
  Reach around(int from, Direction direction, int depth, std::size_t limit) const;

  /// The API's Node, with the state of the step's last start where it is known.
  Json node_json(int node, const std::string& state) const;
  /// Nodes and the edges between them.
  Json graph_json(const Reach& reach, const std::map<std::string, std::string, std::less<>>& states) const;

 private:
  int source(const TableName& table, const std::string& connection);

  std::vector<Node> nodes_;
  std::map<std::string, int, std::less<>> by_id_;
  std::map<TableName, int> by_table_;
};

}  // namespace penstock::api
