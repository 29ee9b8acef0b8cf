#include "pipelines/lineage/graph.h"

#include <algorithm>
#include <utility>

namespace penstock::lineage {

std::size_t ColumnGraph::HashColumn::operator()(const ColumnName& column) const noexcept {
  std::size_t hash = 0;
  for (const Identifier* part : {&column.table.catalog, &column.table.schema, &column.table.name, &column.column}) {
    hash = hash * 31 + std::hash<Identifier>()(*part);
  }
  return hash;
}

std::span<const ColumnGraph::Id> ColumnGraph::Adjacency::of(Id node) const {
  return std::span(targets).subspan(starts[node], starts[node + 1] - starts[node]);
}

void ColumnGraph::Adjacency::build(std::vector<Edge>& edges, std::size_t nodes, bool reversed) {
  starts.assign(nodes + 1, 0);
  targets.resize(edges.size());
  for (const auto& [from, to] : edges) ++starts[(reversed ? to : from) + 1];
  for (std::size_t i = 1; i < starts.size(); ++i) starts[i] += starts[i - 1];
  std::vector<Id> next(starts.begin(), starts.end() - 1);
  for (const auto& [from, to] : edges) targets[next[reversed ? to : from]++] = reversed ? from : to;
}

ColumnGraph::Id ColumnGraph::id_of(const ColumnName& column) {
  const auto [found, added] = ids_.try_emplace(column, static_cast<Id>(columns_.size()));
  if (added) columns_.push_back(&found->first);
  return found->second;
}

ColumnGraph::ColumnGraph(std::span<const TableLineage> tables) {
  std::vector<Edge> direct;
  std::vector<Edge> indirect;
  // What decides over all rows of a table goes through one node for its rows: columns + inputs edges instead of columns * inputs.
  struct Rows {
    std::vector<Id> inputs;
    std::vector<Id> outputs;
  };
  std::vector<Rows> rows;
  for (const TableLineage& table : tables) {
    Rows& all = rows.emplace_back();
    for (const StepLineage::OutputColumn& output : table.lineage->columns) {
      const Id to = id_of({table.table, output.name});
      all.outputs.push_back(to);
      for (const InputColumn& input : output.inputs) (input.direct ? direct : indirect).emplace_back(id_of(table.lineage->name_of(input)), to);
    }
    for (const InputColumn& input : table.lineage->rows) all.inputs.push_back(id_of(table.lineage->name_of(input)));
  }
  nodes_ = columns_.size();
  for (const Rows& one : rows) {
    if (one.inputs.empty()) continue;
    const auto node = static_cast<Id>(nodes_++);
    for (const Id input : one.inputs) indirect.emplace_back(input, node);
    for (const Id output : one.outputs) indirect.emplace_back(node, output);
  }
  edge_count_ = direct.size() + indirect.size();
  down_.direct.build(direct, nodes_, false);
  up_.direct.build(direct, nodes_, true);
  down_.indirect.build(indirect, nodes_, false);
  up_.indirect.build(indirect, nodes_, true);
}

std::vector<ColumnGraph::Reached> ColumnGraph::closure(const Direction& direction, const ColumnName& column, Follow follow) const {
  const auto start = ids_.find(column);
  if (start == ids_.end()) return {};
  struct Visit {
    Id node;
    std::uint32_t distance;
  };
  std::vector<std::uint8_t> seen(nodes_, 0);
  std::vector<Visit> order{{start->second, 0}};
  seen[start->second] = 1;
  const auto visit = [&](std::span<const Id> neighbours, std::uint32_t distance) {
    for (const Id node : neighbours) {
      if (seen[node] != 0) continue;
      seen[node] = 1;
      order.push_back({node, distance});
    }
  };
  for (std::size_t i = 0; i < order.size(); ++i) visit(direction.direct.of(order[i].node), order[i].distance + 1);
  const std::size_t direct_count = order.size();
  if (follow == Follow::all) {
    // A node for rows is half a step: it adds nothing to the distance.
    for (std::size_t i = 0; i < order.size(); ++i) {
      const std::uint32_t distance = order[i].distance + (order[i].node < columns_.size() ? 1 : 0);
      visit(direction.indirect.of(order[i].node), distance);
      if (i >= direct_count) visit(direction.direct.of(order[i].node), distance);
    }
  }
  std::vector<Reached> reached;
  reached.reserve(order.size());
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (order[i].node < columns_.size()) reached.push_back({columns_[order[i].node], order[i].distance, i < direct_count});
  }
  std::stable_sort(reached.begin(), reached.end(),
                   [](const Reached& left, const Reached& right) { return left.distance < right.distance; });
  return reached;
}

std::vector<ColumnGraph::Reached> ColumnGraph::upstream(const ColumnName& column, Follow follow) const {
  return closure(up_, column, follow);
}

std::vector<ColumnGraph::Reached> ColumnGraph::downstream(const ColumnName& column, Follow follow) const {
  return closure(down_, column, follow);
}

}  // namespace penstock::lineage
