#include "tests/unit/components/fixture.h"

namespace penstock::testing {
namespace {

using model::Node;

/// Flow YAML: enough for a component's parameters.
class FlowReader {
 public:
  explicit FlowReader(std::string_view text) : text_(text) {}

  Node value(std::string_view stop) {
    skip();
    Node node;
    node.where = place();
    if (take('[')) {
      node.kind = Node::Kind::sequence;
      while (!take(']')) {
        node.items.push_back(value(",]"));
        take(',');
      }
    } else if (take('{')) {
      node.kind = Node::Kind::mapping;
      while (!take('}')) {
        const Node key = scalar(":");
        take(':');
        node.entries.push_back({key.text, key.where, value(",}")});
        take(',');
      }
    } else {
      node = scalar(stop);
    }
    return node;
  }

 private:
  Span place() const { return {0, 1, static_cast<std::uint32_t>(at_ + 1), 1}; }
  void skip() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool take(char wanted) {
    skip();
    if (at_ >= text_.size()) return true;
    if (text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  Node scalar(std::string_view stop) {
    skip();
    Node node;
    node.kind = Node::Kind::scalar;
    node.where = place();
    if (at_ < text_.size() && text_[at_] == '"') {
      const std::size_t end = text_.find('"', at_ + 1);
      node.text = std::string(text_.substr(at_ + 1, end - at_ - 1));
      node.quoted = true;
      at_ = end + 1;
      return node;
    }
    int depth = 0;
    const std::size_t start = at_;
    while (at_ < text_.size() && (depth > 0 || stop.find(text_[at_]) == std::string_view::npos)) {
      depth += text_[at_] == '(' ? 1 : text_[at_] == ')' ? -1 : 0;
      ++at_;
    }
    std::string_view text = text_.substr(start, at_ - start);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    node.text = std::string(text);
    if (node.text == "null") node.kind = Node::Kind::null;
    return node;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::pair<std::string, Node> split_call(const std::string& call) {
  const std::size_t colon = call.find(':');
  return {call.substr(0, colon), node(std::string_view(call).substr(colon + 1))};
}

}  // namespace

Node node(std::string_view yaml) { return FlowReader(yaml).value(""); }

void Workshop::table(const std::string& name, const std::vector<std::string>& columns, Rows rows) {
  ir::Columns typed;
  for (const std::string& column : columns) {
    const std::size_t blank = column.find(' ');
    typed.push_back({Identifier::exact(column.substr(0, blank)), *ir::parse_type(column.substr(blank + 1)), true});
  }
  const TableName table{{}, {}, Identifier::exact(name)};
  target.tables[table] = {typed, std::move(rows), false, nullptr};
  tables[name] = {table.name, ir::scan(table, typed), false};
  if (first_.empty()) first_ = name;
}

template <typename Body>
auto Workshop::with_context(Body body) {
  SmallExpressions expressions(diagnostics);
  components::Context context{expressions, diagnostics,
                              [this](const Node& name) -> const components::Input* {
                                const auto found = tables.find(name.text);
                                if (found != tables.end()) return &found->second;
                                diagnostics.error(Code::unknown_table, name.where, "there is no table \"" + name.text + "\"");
                                return nullptr;
                              },
                              implied};
  return body(context);
}

ir::RelationPtr Workshop::chain(const std::vector<std::string>& calls) {
  return with_context([&](components::Context& context) {
    components::Input input = tables.at(first_);
    for (const std::string& call : calls) {
      const auto [name, parameters] = split_call(call);
      input.relation = components::find_component(name)->build(input, parameters, context);
      if (!input.relation) break;
    }
    return input.relation;
  });
}

ir::RelationPtr Workshop::check(const std::string& call) {
  return with_context([&](components::Context& context) {
    const auto [kind, parameters] = split_call(call);
    return components::find_check(kind)->failing_rows(tables.at(first_), parameters, context);
  });
}

std::vector<std::string> Workshop::rows(const std::vector<std::string>& calls, bool in_order) {
  const ir::RelationPtr relation = chain(calls);
  return relation ? text_of(target.evaluate(*relation), in_order) : messages();
}

std::vector<std::string> Workshop::failing(const std::string& call) {
  const ir::RelationPtr relation = check(call);
  return relation ? text_of(target.evaluate(*relation)) : messages();
}

std::vector<std::string> Workshop::messages() const {
  std::vector<std::string> lines;
  for (const Diagnostic& each : diagnostics.sorted()) {
    std::string line = to_string(each.code) + " at " + std::to_string(each.where.column) + ": " + each.message;
    if (!each.suggestion.empty()) line += "; " + each.suggestion;
    if (!each.help.empty()) line += "; " + each.help;
    lines.push_back(std::move(line));
  }
  return lines;
}

std::vector<std::string> names_of(const ir::Columns& columns) {
  std::vector<std::string> names;
  for (const ir::Column& column : columns) names.push_back(column.name.text());
  return names;
}

}  // namespace penstock::testing
