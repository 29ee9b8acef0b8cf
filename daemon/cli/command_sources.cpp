#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/command.h"
#include "daemon/cli/loading.h"
#include "daemon/cli/table.h"
#include "daemon/run/project_folder.h"
#include "daemon/run/source_columns.h"

namespace penstock::cli {
namespace {

using Json = nlohmann::ordered_json;

int list_sources(Invocation& invocation) {
  const Result<run::ProjectPtr> project = load_here(invocation);
  if (!project) return report(invocation, project.error());
  Json list = Json::array();
  Table table;
  for (const char* heading : {"PIPELINE", "SOURCE", "TABLE", "COLUMNS"}) table.add_column(heading);
  for (const model::Pipeline& pipeline : (*project)->project->pipelines) {
    for (const model::Source& source : pipeline.sources) {
      const std::string name = to_string(source.table.value);
      const std::string columns = source.has_columns ? std::to_string(source.columns.size()) : "not declared";
      list.push_back({{"pipeline", pipeline.name}, {"source", source.name}, {"table", name}, {"declared_columns", source.columns.size()}});
      table.add_row({pipeline.name, source.name, name, columns});
    }
  }
  if (invocation.format == Format::table) {
    invocation.out << table.render(invocation.out_terminal);
  } else {
    print_json(invocation, list);
  }
  return kSuccess;
}

int pull_sources(Invocation& invocation) {
  const Result<std::string> root = project_root(invocation);
  if (!root) return report(invocation, root.error());
  const Result<run::ProjectPtr> project = load_here(invocation);
  if (!project) return report(invocation, project.error());
  const run::PulledSources pulled = run::pull_sources(**project, invocation.assembly.connect_from(*root), run::Undeclared::only);
  if (auto saved = run::save_source_columns(*root, pulled.columns); !saved) return report(invocation, saved.error());
  Json tables = Json::array();
  for (const auto& [name, columns] : pulled.columns) tables.push_back({{"table", to_string(name)}, {"columns", columns.size()}});
  Json problems = Json::array();
  for (const auto& [name, error] : pulled.problems) problems.push_back({{"table", name}, {"message", error.message}, {"hint", error.hint}});
  if (invocation.format != Format::table) {
    print_json(invocation, {{"tables", tables}, {"problems", problems}});
  } else {
    for (const Json& table : tables) invocation.out << table["table"].get<std::string>() << "  " << table["columns"] << " columns\n";
    for (const Json& problem : problems) {
      invocation.err << styled(invocation.err_terminal, Style::bad, "error:") << ' ' << problem["table"].get<std::string>() << ": "
                     << problem["message"].get<std::string>() << '\n';
    }
  }
  return problems.empty() ? kSuccess : exit_code_for(pulled.problems.front().second.kind);
}

}  // namespace

void add_sources(CLI::App& command, Action& chosen) {
  CLI::App* list = command.add_subcommand("list", "List the source tables of every pipeline");
  list->fallthrough();
  list->callback([&chosen] { chosen = list_sources; });
  CLI::App* pull = command.add_subcommand("pull", "Read the columns of undeclared sources from the target into penstock.sources.yaml");
  pull->fallthrough();
  pull->callback([&chosen] { chosen = pull_sources; });
  command.require_subcommand(1);
}

}  // namespace penstock::cli
