#include "daemon/api/table_graph.h"

#include <deque>
#include <set>

namespace penstock::api {

TableGraph::TableGraph(const compiler::CompiledProject& project) {
  nodes_.reserve(project.steps.size());
  for (const compiler::CompiledStep& step : project.steps) {
    const int index = static_cast<int>(nodes_.size());
    nodes_.push_back(Node{"step:" + step.name, &step, step.target, step.connection, project.reads[nodes_.size()], {}});
    by_id_.emplace(nodes_.back().id, index);
    by_table_.emplace(step.target, index);
  }
  for (std::size_t i = 0; i < project.steps.size(); ++i) {
    for (const TableName& table : project.steps[i].sources) {
      const int read = source(table, project.steps[i].connection);
      nodes_[i].reads.push_back(read);
    }
    for (const int read : nodes_[i].reads) nodes_[static_cast<std::size_t>(read)].read_by.push_back(static_cast<int>(i));
  }
}

int TableGraph::source(const TableName& table, const std::string& connection) {
  const std::string id = "source:" + to_string(table);
  const auto [place, is_new] = by_id_.emplace(id, static_cast<int>(nodes_.size()));
  if (is_new) {
    by_table_.emplace(table, place->second);
    nodes_.push_back(Node{id, nullptr, table, connection, {}, {}});
  }
  return place->second;
}

int TableGraph::find(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? -1 : found->second;
}

int TableGraph::find(const TableName& table) const {
  const auto found = by_table_.find(table);
  return found == by_table_.end() ? -1 : found->second;
}

TableGraph::Reach TableGraph::around(int from, Direction direction, int depth, std::size_t limit) const {
  Reach reach;
  std::map<int, int> distance;
  std::deque<int> open;
  const auto visit = [&](int node, int at) {
    if (distance.contains(node)) return;
    if (reach.nodes.size() == limit) {
      reach.truncated = true;
      return;
    }
    distance.emplace(node, at);
    reach.nodes.push_back(node);
    open.push_back(node);
  };
  if (from >= 0) {
    visit(from, 0);
  } else {
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (nodes_[i].reads.empty()) visit(static_cast<int>(i), 0);
    }
  }
  while (!open.empty()) {
    const int node = open.front();
    open.pop_front();
    const Node& place = nodes_[static_cast<std::size_t>(node)];
    const bool ends = distance[node] >= depth;
    const auto follow = [&](const std::vector<int>& next) {
      for (const int each : next) {
        if (ends) {
          reach.truncated = reach.truncated || !distance.contains(each);
        } else {
          visit(each, distance[node] + 1);
        }
      }
    };
    if (direction != Direction::downstream && from >= 0) follow(place.reads);
    if (direction != Direction::upstream || from < 0) follow(place.read_by);
  }
  return reach;
}

Json TableGraph::node_json(int node, const std::string& state) const {
  const Node& place = nodes_[static_cast<std::size_t>(node)];
  return {{"id", place.id},
          {"kind", place.step != nullptr ? "step" : "source"},
          {"pipeline", place.step != nullptr ? Json(place.step->pipeline->name) : Json(nullptr)},
          {"name", place.step != nullptr ? place.step->step->name : place.table.name.text()},
          {"table", to_string(place.table)},
          {"connection", place.connection},
          {"column_count", place.step != nullptr ? place.step->columns.size() : 0},
          {"state", text_or_null(state)}};
}

Json TableGraph::graph_json(const Reach& reach, const std::map<std::string, std::string, std::less<>>& states) const {
  const std::set<int> drawn(reach.nodes.begin(), reach.nodes.end());
  Json nodes = Json::array();
  Json edges = Json::array();
  for (const int node : reach.nodes) {
    const Node& place = nodes_[static_cast<std::size_t>(node)];
    const auto state = states.find(place.id);
    nodes.push_back(node_json(node, state == states.end() ? std::string() : state->second));
    for (const int read : place.reads) {
      if (!drawn.contains(read)) continue;
      edges.push_back({{"from", nodes_[static_cast<std::size_t>(read)].id}, {"to", place.id}});
    }
  }
  return {{"nodes", std::move(nodes)}, {"edges", std::move(edges)}, {"truncated", reach.truncated}};
}

}  // namespace penstock::api
