#include "daemon/cli/loading.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "daemon/api/encode.h"
#include "daemon/cli/table.h"
#include "daemon/run/project_folder.h"

namespace penstock::cli {

Result<std::string> project_root(const Invocation& invocation) { return run::find_project(invocation.folder); }

std::string state_folder(const std::string& root) { return root + "/.penstock"; }

void make_state_folder(const std::string& root) {
  static_cast<void>(::mkdir(state_folder(root).c_str(), S_IRWXU));
}

Result<run::ProjectPtr> load_here(const Invocation& invocation) {
  const Result<std::string> root = project_root(invocation);
  if (!root) return tl::unexpected(root.error());
  return run::load_project(*root, invocation.environment);
}

Result<run::ProjectPtr> load_sound(Invocation& invocation) {
  Result<run::ProjectPtr> project = load_here(invocation);
  if (!project || !(*project)->diagnostics.has_errors()) return project;
  if (invocation.format == Format::table) print_diagnostics(invocation, **project);
  return fail(ErrorKind::invalid_input,
              "the project has " + counted(static_cast<long long>((*project)->diagnostics.error_count()), "error"),
              "penstock validate lists them all");
}

int print_diagnostics(Invocation& invocation, const compiler::CompiledProject& project) {
  const std::vector<Diagnostic> diagnostics = project.diagnostics.sorted();
  const SourceMap& sources = project.project->sources;
  if (invocation.format != Format::table) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const Diagnostic& diagnostic : diagnostics) list.push_back(api::diagnostic_json(diagnostic, sources));
    print_json(invocation, {{"errors", project.diagnostics.error_count()}, {"diagnostics", std::move(list)}});
  } else if (!diagnostics.empty()) {
    RenderOptions options;
    options.colour = invocation.err_terminal.colour;
    invocation.err << render(diagnostics, sources, options);
  }
  return project.diagnostics.has_errors() ? kInvalid : kSuccess;
}

}  // namespace penstock::cli
