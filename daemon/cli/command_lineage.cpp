#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/api/table_graph.h"
#include "daemon/cli/command.h"
#include "daemon/cli/loading.h"
#include "daemon/cli/local_transport.h"
#include "daemon/cli/table.h"

namespace penstock::cli {
namespace {

struct LineageFlags {
  std::string node;
  std::string column;
  std::string direction = "upstream";
  int depth = 10;
};

/// "pipeline.step", "step" or a table, as the API's node id.
std::string node_id(const compiler::CompiledProject& project, const std::string& name) {
  for (const compiler::CompiledStep& step : project.steps) {
    if (step.name == name || step.step->name == name || to_string(step.target) == name) return "step:" + step.name;
  }
  for (const compiler::CompiledStep& step : project.steps) {
    for (const TableName& table : step.sources) {
      if (to_string(table) == name || table.name.text() == name) return "source:" + to_string(table);
    }
  }
  return name;
}

std::string end_text(const Json& end) {
  const std::string node = end["node"].get<std::string>();
  const std::string name = node.substr(node.find(':') + 1);
  return end["column"].is_string() ? name + "." + end["column"].get<std::string>() : name;
}

void print_columns(Invocation& invocation, const Json& lineage) {
  Table table;
  for (const char* heading : {"FROM", "HOW", "TO"}) table.add_column(heading);
  for (const Json& edge : lineage["edges"]) {
    const bool is_value = edge["use"] == "value";
    table.add_row({end_text(edge["from"]), edge["how"].get<std::string>() + (is_value ? "" : " (rows)"), end_text(edge["to"])},
                  is_value ? Style::plain : Style::dim);
  }
  invocation.out << table.render(invocation.out_terminal);
}

void print_tables(Invocation& invocation, const Json& graph) {
  Table table;
  table.add_column("FROM");
  table.add_column("TO");
  const auto shown = [](const Json& id) { return id.get<std::string>().substr(id.get<std::string>().find(':') + 1); };
  for (const Json& edge : graph["edges"]) table.add_row({shown(edge["from"]), shown(edge["to"])});
  invocation.out << table.render(invocation.out_terminal);
}

int show_lineage(Invocation& invocation, LineageFlags flags) {
  auto transport = open_transport(invocation, Access::read);
  if (!transport) return report(invocation, transport.error());
  if (const Result<run::ProjectPtr> project = load_here(invocation)) {
    const std::string whole = node_id(**project, flags.node);
    const std::size_t dot = flags.node.rfind('.');
    if (whole == flags.node && dot != std::string::npos && flags.column.empty()) {  // no such table: TABLE.COLUMN
      flags.column = flags.node.substr(dot + 1);
      flags.node = node_id(**project, flags.node.substr(0, dot));
    } else {
      flags.node = whole;
    }
  }
  const std::string rest = "node=" + flags.node + "&direction=" + flags.direction + "&depth=" + std::to_string(flags.depth);
  const bool of_columns = !flags.column.empty();
  const std::string path =
      of_columns ? "/api/v1/lineage/columns?column=" + (flags.column == "*" ? "" : flags.column) + "&" : "/api/v1/lineage?";
  const Result<Json> answer = get(**transport, path + rest);
  if (!answer) return report(invocation, answer.error());
  if (invocation.format != Format::table) {
    print_json(invocation, *answer);
  } else if (of_columns) {
    print_columns(invocation, *answer);
  } else {
    print_tables(invocation, *answer);
  }
  return kSuccess;
}

}  // namespace

void add_lineage(CLI::App& command, Action& chosen) {
  constexpr int kDeepest = 50;
  auto flags = std::make_shared<LineageFlags>();
  command.add_option("table", flags->node, "A step, PIPELINE.STEP or a table, or one with .COLUMN behind it")->required();
  command.add_option("column", flags->column, "One of its columns, or * for all of them; without it, whole tables");
  command.add_option("--direction", flags->direction, "upstream, downstream or both")
      ->check(CLI::IsMember({"upstream", "downstream", "both"}));
  command.add_option("--depth", flags->depth, "How far")->check(CLI::Range(0, kDeepest));
  command.callback([&chosen, flags] { chosen = [flags](Invocation& invocation) { return show_lineage(invocation, *flags); }; });
}

}  // namespace penstock::cli
