#include <algorithm>
#include <set>

#include "daemon/api/letter_case.h"
#include "daemon/api/request_reader.h"
#include "daemon/api/resources.h"
#include "daemon/api/table_graph.h"

namespace penstock::api {
namespace {

constexpr int kDeepest = 100;
constexpr std::ptrdiff_t kLongestNode = 500;
constexpr std::ptrdiff_t kLongestText = 200;

Direction direction_of(RequestReader& reader) {
  const std::string given = reader.text("direction");
  if (given == "upstream") return Direction::upstream;
  if (given == "downstream") return Direction::downstream;
  if (!given.empty() && given != "both") reader.fault("direction", "invalid_value", "expected upstream, downstream or both");
  return Direction::both;
}

Response no_such_node(const Request& request, const std::string& id) {
  return problem(Error{ErrorKind::not_found, "there is no node \"" + id + "\"", "GET /api/v1/lineage/nodes lists them", {}, {}, -1},
                 request.path);
}

std::string_view how_of(lineage::Subtype subtype) {
  switch (subtype) {
    case lineage::Subtype::identity:
      return "copy";
    case lineage::Subtype::transformation:
    case lineage::Subtype::conditional:
      return "expression";
    case lineage::Subtype::aggregation:
      return "aggregate";
    case lineage::Subtype::join:
      return "join";
    case lineage::Subtype::group_by:
      return "group";
    case lineage::Subtype::filter:
      return "filter";
    case lineage::Subtype::sort:
      return "order";
    case lineage::Subtype::window:
      return "window";
  }
  return "expression";
}

/// The columns that reach, or are reached from, the columns of one node; an empty column name stands for the node's rows.
class ColumnWalk {
 public:
  ColumnWalk(const TableGraph& graph, Direction direction, int depth) : graph_(graph), direction_(direction), depth_(depth) {}

  void start(int node, const std::vector<std::string>& columns) {
    focus_ = node;
    taking_part_[node];
    for (const std::string& column : columns) {
      if (direction_ != Direction::downstream) up(node, column, 0);
      if (direction_ != Direction::upstream) down(node, column, 0);
      taking_part_[node].insert(column);
    }
  }

  Json nodes() const {
    Json list = Json::array();
    for (const auto& [node, columns] : taking_part_) {
      Json json = graph_.node_json(node, {});
      Json listed = Json::array();
      const TableGraph::Node& place = graph_.nodes()[static_cast<std::size_t>(node)];
      for (const std::string& column : columns) {
        if (!column.empty()) listed.push_back(column_json(place, column));
      }
      json["columns"] = std::move(listed);
      json["opaque"] = place.step != nullptr && place.step->lineage.opaque;
      list.push_back(std::move(json));
    }
    return list;
  }

  Json edges() { return edges_; }
  std::vector<int> node_numbers() const {
    std::vector<int> numbers;
    for (const auto& [node, columns] : taking_part_) numbers.push_back(node);
    return numbers;
  }
  bool truncated() const { return truncated_; }

 private:
  static Json column_json(const TableGraph::Node& place, const std::string& name) {
    Json column{{"name", name}, {"type", "unknown"}, {"nullable", true}, {"tags", Json::array()}, {"description", nullptr}};
    if (place.step == nullptr) return column;
    for (const ir::Column& candidate : place.step->columns) {
      if (candidate.name.text() != name) continue;
      column["type"] = to_string(candidate.type);
      column["nullable"] = candidate.nullable;
    }
    return column;
  }

  void edge(int from, const std::string& from_column, int to, const std::string& to_column, bool direct, lineage::Subtype how) {
    const auto& nodes = graph_.nodes();
    const auto end = [&](int node, const std::string& column) {
      return Json{{"node", nodes[static_cast<std::size_t>(node)].id}, {"column", text_or_null(column)}};
    };
    taking_part_[from].insert(from_column);
    taking_part_[to].insert(to_column);
    Json edge{{"from", end(from, from_column)},
              {"to", end(to, to_column)},
              {"use", direct ? "value" : "rows"},
              {"how", how_of(how)}};
    if (told_.insert(edge.dump(-1, ' ', false, Json::error_handler_t::replace)).second) edges_.push_back(std::move(edge));
  }

  void up(int node, const std::string& column, int at) {
    if (!seen_up_.emplace(node, column).second) return;
    const TableGraph::Node& place = graph_.nodes()[static_cast<std::size_t>(node)];
    if (place.step == nullptr) return;
    if (at >= depth_) {
      truncated_ = true;
      return;
    }
    for (const auto& output : place.step->lineage.columns) {
      if (output.name.text() != column) continue;
      for (const lineage::InputColumn& input : output.inputs) {
        const int from = graph_.find(place.step->lineage.table_of(input));
        if (from < 0) continue;
        edge(from, input.column.text(), node, column, true, input.subtype);
        up(from, input.column.text(), at + 1);
      }
    }
    for (const lineage::InputColumn& input : place.step->lineage.rows) {
      const int from = graph_.find(place.step->lineage.table_of(input));
      if (from >= 0) edge(from, input.column.text(), node, {}, false, input.subtype);
    }
  }

  void down(int node, const std::string& column, int at) {
    if (!seen_down_.emplace(node, column).second) return;
    const TableGraph::Node& place = graph_.nodes()[static_cast<std::size_t>(node)];
    if (at >= depth_) {
      truncated_ = truncated_ || !place.read_by.empty();
      return;
    }
    for (const int reader : place.read_by) {
      const compiler::CompiledStep& step = *graph_.nodes()[static_cast<std::size_t>(reader)].step;
      const auto is_this = [&](const lineage::InputColumn& input) {
        return input.column.text() == column && graph_.find(step.lineage.table_of(input)) == node;
      };
      for (const auto& output : step.lineage.columns) {
        for (const lineage::InputColumn& input : output.inputs) {
          if (!is_this(input)) continue;
          edge(node, column, reader, output.name.text(), true, input.subtype);
          down(reader, output.name.text(), at + 1);
        }
      }
      for (const lineage::InputColumn& input : step.lineage.rows) {
        if (is_this(input)) edge(node, column, reader, {}, false, input.subtype);
      }
    }
  }

  const TableGraph& graph_;
  Direction direction_;
  int depth_;
  int focus_ = -1;
  bool truncated_ = false;
  std::map<int, std::set<std::string>> taking_part_;
  std::set<std::pair<int, std::string>> seen_up_;
  std::set<std::pair<int, std::string>> seen_down_;
  std::set<std::string> told_;
  Json edges_ = Json::array();
};

bool is_broken(const TableGraph::Node& node) { return node.step != nullptr && node.step->diagnostics.has_errors(); }

/// What is wrong with the steps of an answer, which it then does not know.
class Broken {
 public:
  explicit Broken(const ProjectIndex& index) : index_(index) {}

  void add(int node) {
    const TableGraph::Node& place = index_.graph().nodes()[static_cast<std::size_t>(node)];
    if (is_broken(place)) diagnostics_.append(place.step->diagnostics);
  }

  Response told_in(Json answer) const {
    std::vector<Diagnostic> errors = diagnostics_.sorted();
    std::erase_if(errors, [](const Diagnostic& one) { return one.severity != Severity::error; });
    add_diagnostics(answer, errors, index_.project().project->sources);
    return json(std::move(answer));
  }

 private:
  const ProjectIndex& index_;
  Diagnostics diagnostics_;
};

/// Every column of a step; of a source those that some step reads.
std::vector<std::string> columns_of(const TableGraph& graph, int node) {
  const TableGraph::Node& place = graph.nodes()[static_cast<std::size_t>(node)];
  std::set<std::string> names;
  if (place.step != nullptr) {
    for (const ir::Column& column : place.step->columns) names.insert(column.name.text());
    return {names.begin(), names.end()};
  }
  for (const int reader : place.read_by) {
    const lineage::StepLineage& traced = graph.nodes()[static_cast<std::size_t>(reader)].step->lineage;
    const auto note = [&](const lineage::InputColumn& input) {
      if (graph.find(traced.table_of(input)) == node) names.insert(input.column.text());
    };
    for (const auto& output : traced.columns) std::for_each(output.inputs.begin(), output.inputs.end(), note);
    std::for_each(traced.rows.begin(), traced.rows.end(), note);
  }
  return {names.begin(), names.end()};
}

}  // namespace

Response get_lineage(Context& context, const Request& request) {
  constexpr int kUsualLimit = 300;
  constexpr int kLargestLimit = 2000;
  RequestReader reader(request);
  const std::string id = reader.text("node", kLongestNode);
  const Direction direction = direction_of(reader);
  const int depth = reader.integer("depth", id.empty() ? kDeepest : 1, 1, kDeepest);
  const int limit = reader.integer("limit", kUsualLimit, 1, kLargestLimit);
  if (!reader.ok()) return reader.refusal();
  const IndexPtr index = context.index();
  const TableGraph& graph = index->graph();
  const int from = id.empty() ? -1 : graph.find(id);
  if (!id.empty() && from < 0) return no_such_node(request, id);
  const TableGraph::Reach reach = graph.around(from, direction, depth, static_cast<std::size_t>(limit));
  std::map<std::string, std::string, std::less<>> states;
  std::set<std::string> pipelines;
  Broken broken(*index);
  for (const int node : reach.nodes) {
    broken.add(node);
    const TableGraph::Node& place = graph.nodes()[static_cast<std::size_t>(node)];
    if (place.step != nullptr) pipelines.insert(place.step->pipeline->name);
  }
  auto snapshot = context.readers.snapshot();
  if (!snapshot) return problem(snapshot.error(), request.path);
  for (const std::string& pipeline : pipelines) {
    const auto latest = snapshot->latest_steps(pipeline);
    if (!latest) return problem(latest.error(), request.path);
    for (const store::StepRun& step : *latest) states["step:" + pipeline + "." + step.name] = name_of(step.state);
  }
  return broken.told_in(graph.graph_json(reach, states));
}

Response list_lineage_nodes(Context& context, const Request& request) {
  constexpr int kUsualPage = 50;
  constexpr int kLargestPage = 200;
  RequestReader reader(request);
  const store::PageRequest page = reader.page(kUsualPage, kLargestPage);
  const std::string wanted = lower(reader.text("q", kLongestText));
  if (!reader.ok()) return reader.refusal();
  const IndexPtr index = context.index();
  const TableGraph& graph = index->graph();
  std::map<std::string, int> found;
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const TableGraph::Node& node = graph.nodes()[i];
    const std::string text = lower(node.id + " " + to_string(node.table));
    if (node.id > page.cursor && text.find(wanted) != std::string::npos) found.emplace(node.id, static_cast<int>(i));
  }
  Json items = Json::array();
  std::string next_cursor;
  for (const auto& [id, node] : found) {
    if (static_cast<int>(items.size()) == page.limit) {
      next_cursor = items.back()["id"].get<std::string>();
      break;
    }
    items.push_back(graph.node_json(node, {}));
  }
  return json_page(request, std::move(items), next_cursor);
}

Response get_column_lineage(Context& context, const Request& request) {
  RequestReader reader(request);
  const std::string id = reader.text("node", kLongestNode);
  const std::string column = reader.text("column");
  const Direction direction = direction_of(reader);
  const int depth = reader.integer("depth", 1, 1, kDeepest);
  if (id.empty()) reader.fault("node", "missing_parameter", "the node's id is needed, such as step:PIPELINE.STEP");
  if (!reader.ok()) return reader.refusal();
  const IndexPtr index = context.index();
  const TableGraph& graph = index->graph();
  const int node = graph.find(id);
  if (node < 0) return no_such_node(request, id);
  const std::vector<std::string> all = columns_of(graph, node);
  const bool is_known = column.empty() || std::find(all.begin(), all.end(), column) != all.end();
  if (!is_known && !is_broken(graph.nodes()[static_cast<std::size_t>(node)])) {
    return problem(Error{ErrorKind::not_found, id + " has no column \"" + column + "\"", {}, {}, {}, -1}, request.path);
  }
  ColumnWalk walk(graph, direction, depth);
  walk.start(node, column.empty() ? all : std::vector<std::string>{column});
  Json edges = walk.edges();
  Broken broken(*index);
  for (const int place : walk.node_numbers()) broken.add(place);
  return broken.told_in({{"focus", {{"node", id}, {"column", text_or_null(column)}}},
               {"nodes", walk.nodes()},
               {"edges", std::move(edges)},
               {"truncated", walk.truncated()}});
}

}  // namespace penstock::api
