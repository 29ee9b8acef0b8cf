#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "daemon/cli/answer.h"
#include "daemon/cli/command.h"
#include "daemon/cli/loading.h"
#include "daemon/cli/table.h"
#include "daemon/run/project_folder.h"
#include "daemon/run/source_columns.h"

namespace penstock::cli {
namespace {

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
  if (invocation.format != Format::table) {
    print_json(invocation, list);
  } else if (table.empty()) {
    invocation.err << "no pipeline names a source\n";
  } else {
    invocation.out << table.render(invocation.out_terminal);
  }
  return kSuccess;
}

/// What an earlier pull found of tables that could not be asked this time.
void keep_unasked(const std::string& root, run::PulledSources& pulled) {
  std::ifstream file(root + "/" + std::string(run::kSourceColumnsFile));
  std::stringstream text;
  text << file.rdbuf();
  Diagnostics ignored;
  for (auto& [table, columns] : run::parse_source_columns(0, text.str(), ignored)) {
    const auto is_it = [name = to_string(table)](const auto& problem) { return problem.first == name; };
    if (std::any_of(pulled.problems.begin(), pulled.problems.end(), is_it)) pulled.columns.emplace(table, std::move(columns));
  }
}

void print_pulled(Invocation& invocation, const Json& tables, const Json& problems) {
  Table table;
  table.add_column("TABLE");
  table.add_column("COLUMNS", Table::Align::right);
  for (const Json& each : tables) table.add_row({text_in(each, "table"), each.at("columns").dump()});
  if (!table.empty()) invocation.out << table.render(invocation.out_terminal);
  if (table.empty() && problems.empty()) invocation.err << "every source has its columns declared: there is nothing to pull\n";
  for (const Json& problem : problems) {
    invocation.err << styled(invocation.err_terminal, Style::bad, "error:") << ' ' << text_in(problem, "table") << ": "
                   << text_in(problem, "message") << '\n';
    if (const std::string hint = text_in(problem, "hint"); !hint.empty()) invocation.err << "  = help: " << hint << '\n';
  }
}

int pull_sources(Invocation& invocation) {
  const Result<std::string> root = project_root(invocation);
  if (!root) return report(invocation, root.error());
  const Result<run::ProjectPtr> project = load_here(invocation);
  if (!project) return report(invocation, project.error());
  run::PulledSources pulled = run::pull_sources(**project, invocation.assembly.connect_from(*root), run::Undeclared::only);
  Json tables = Json::array();
  for (const auto& [name, columns] : pulled.columns) tables.push_back({{"table", to_string(name)}, {"columns", columns.size()}});
  if (!pulled.problems.empty()) keep_unasked(*root, pulled);
  if (auto saved = run::save_source_columns(*root, pulled.columns); !saved) return report(invocation, saved.error());
  Json problems = Json::array();
  for (const auto& [name, error] : pulled.problems)
    problems.push_back({{"table", name}, {"message", error.message}, {"hint", api::text_or_null(error.hint)}});
  if (invocation.format != Format::table) {
    print_json(invocation, {{"tables", tables}, {"problems", problems}});
  } else {
    print_pulled(invocation, tables, problems);
  }
  return problems.empty() ? kSuccess : exit_code_for(pulled.problems.front().second.kind);
}

}  // namespace

void add_sources(Options& command) {
  command.command("list", "List the source tables of every pipeline").runs(list_sources);
  command.command("pull", "Read the columns of undeclared sources from the target into penstock.sources.yaml").runs(pull_sources);
}

}  // namespace penstock::cli
