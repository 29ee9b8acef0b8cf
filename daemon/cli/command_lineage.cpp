#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/api/percent.h"
#include "daemon/cli/answer.h"
#include "daemon/cli/choice.h"
#include "daemon/cli/command.h"
#include "daemon/cli/loading.h"
#include "daemon/cli/local_transport.h"
#include "daemon/cli/resolve.h"
#include "daemon/cli/table.h"
#include "pipelines/base/suggest.h"

namespace penstock::cli {
namespace {

struct LineageFlags {
  std::string node;
  std::string column;
  std::string direction = "upstream";
  int depth = 10;
};

std::string end_text(const Json& end) {
  const std::string node = end.at("node").get<std::string>();
  const std::string name = node.substr(node.find(':') + 1);
  return end.at("column").is_string() ? name + "." + end.at("column").get<std::string>() : name;
}

void print_columns(Invocation& invocation, const Json& lineage) {
  Table table;
  for (const char* heading : {"FROM", "HOW", "TO"}) table.add_column(heading);
  for (const Json& edge : lineage.at("edges")) {
    const bool is_value = edge.at("use") == "value";
    table.add_row({end_text(edge.at("from")), edge.at("how").get<std::string>() + (is_value ? "" : " (rows)"), end_text(edge.at("to"))},
                  is_value ? Style::plain : Style::dim);
  }
  invocation.out << table.render(invocation.out_terminal);
}

void print_tables(Invocation& invocation, const Json& graph) {
  Table table;
  table.add_column("FROM");
  table.add_column("TO");
  const auto shown = [](const Json& id) { return id.get<std::string>().substr(id.get<std::string>().find(':') + 1); };
  for (const Json& edge : graph.at("edges")) table.add_row({shown(edge.at("from")), shown(edge.at("to"))});
  invocation.out << table.render(invocation.out_terminal);
}

/// The node, where TABLE.COLUMN may have been written as one word.
Result<Json> node_of(Transport& transport, LineageFlags& flags) {
  Result<Json> node = find_node(transport, flags.node);
  const std::size_t dot = flags.node.rfind('.');
  if (node || node.error().kind != ErrorKind::not_found || dot == std::string::npos || !flags.column.empty()) return node;
  Result<Json> table = find_node(transport, flags.node.substr(0, dot));
  if (table) flags.column = flags.node.substr(dot + 1);
  return table ? table : node;
}

Error no_such_column(Transport& transport, const std::string& node, const std::string& column) {
  Error error;
  error.kind = ErrorKind::not_found;
  error.message = node.substr(node.find(':') + 1) + " has no column \"" + column + "\"";
  const Result<Json> whole = get(transport, "/api/v1/lineage/columns?depth=1&node=" + api::percent_encoded(node));
  if (!whole) return error;
  std::vector<std::string> names;
  std::string all;
  for (const Json& there : whole->at("nodes")) {
    if (text_in(there, "id") != node) continue;
    for (const Json& each : there.at("columns")) {
      names.push_back(text_in(each, "name"));
      all += (all.empty() ? "it has " : ", ") + names.back();
    }
  }
  error.hint = did_you_mean(column, names);
  if (error.hint.empty()) error.hint = all;
  return error;
}

/// A step that could not be read is not there to be found.
Error hidden_by_errors(Transport& transport, Error error) {
  if (error.kind != ErrorKind::not_found || error.hint.starts_with("did you mean")) return error;
  const Result<Json> server = get(transport, "/api/v1/server");
  if (!server) return error;
  const Json& diagnostics = server->at("load").at("diagnostics");
  const auto is_error = [](const Json& one) { return text_in(one, "severity") == "error"; };
  if (std::any_of(diagnostics.begin(), diagnostics.end(), is_error)) {
    error.hint = "the project has errors, for which it may be missing: penstock validate lists them";
  }
  return error;
}

int show_lineage(Invocation& invocation, LineageFlags flags) {
  auto transport = open_transport(invocation, Access::read);
  if (!transport) return report(invocation, transport.error());
  const Result<Json> found = node_of(**transport, flags);
  if (!found) return report(invocation, hidden_by_errors(**transport, found.error()));
  const std::string node = text_in(*found, "id");
  const std::string rest = "node=" + api::percent_encoded(node) + "&direction=" + flags.direction + "&depth=" + std::to_string(flags.depth);
  const bool of_columns = !flags.column.empty();
  const std::string column = flags.column == "*" ? std::string() : api::percent_encoded(flags.column);
  const Result<Json> answer =
      get(**transport, of_columns ? "/api/v1/lineage/columns?column=" + column + "&" + rest : "/api/v1/lineage?" + rest);
  if (!answer) {
    const bool no_column = of_columns && answer.error().kind == ErrorKind::not_found;
    return report(invocation, no_column ? no_such_column(**transport, node, flags.column) : answer.error());
  }
  const bool is_whole = answer->value("diagnostics", Json::array()).empty();
  if (invocation.format != Format::table) {
    print_json(invocation, *answer);
    return is_whole ? kSuccess : kInvalid;
  }
  if (answer->at("edges").empty()) {
    if (!is_whole) return print_diagnostics(invocation, *answer);
    invocation.err << "nothing is known " << (flags.direction == "downstream" ? "to read " : "to feed ") << node.substr(node.find(':') + 1)
                   << (column.empty() ? "" : "." + flags.column) << '\n';
  } else if (of_columns) {
    print_columns(invocation, *answer);
  } else {
    print_tables(invocation, *answer);
  }
  return print_diagnostics(invocation, *answer);
}

}  // namespace

void add_lineage(Options& command) {
  constexpr int kDeepest = 100;
  auto flags = std::make_shared<LineageFlags>();
  command.argument("table", flags->node, "A step, PIPELINE.STEP or a table, or one with .COLUMN behind it").required();
  command.argument("column", flags->column, "One of its columns, or * for all of them; without it, whole tables");
  command.option("--direction", flags->direction, "upstream, downstream or both")
      .check(one_of({"upstream", "downstream", "both"}))
      .type_name("WAY");
  command.option("--depth", flags->depth, "How many steps away, at most 100").check(between(1, kDeepest)).type_name("N");
  command.runs([flags](Invocation& invocation) { return show_lineage(invocation, *flags); });
}

}  // namespace penstock::cli
