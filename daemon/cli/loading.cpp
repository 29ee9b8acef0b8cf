#include "daemon/cli/loading.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "daemon/api/encode.h"
#include "daemon/cli/answer.h"
#include "daemon/cli/table.h"
#include "daemon/run/project_folder.h"

namespace penstock::cli {

Result<std::string> project_root(const Invocation& invocation) { return run::find_project(invocation.folder); }

std::string state_folder(const std::string& root) { return root + "/.penstock"; }

void make_state_folder(const std::string& root) {
  static_cast<void>(::mkdir(state_folder(root).c_str(), S_IRWXU));
}

Result<run::ProjectPtr> load_here(const Invocation& invocation, const compiler::TargetChoice& targets) {
  const Result<std::string> root = project_root(invocation);
  if (!root) return tl::unexpected(root.error());
  return run::load_project(*root, invocation.environment, targets);
}

Result<run::ProjectPtr> load_sound(Invocation& invocation, const compiler::TargetChoice& targets) {
  Result<run::ProjectPtr> project = load_here(invocation, targets);
  if (!project || !(*project)->diagnostics.has_errors()) return project;
  if (invocation.format == Format::table) print_diagnostics(invocation, (*project)->diagnostics, (*project)->project->sources);
  return fail(ErrorKind::invalid_input,
              "the project has " + counted(static_cast<long long>((*project)->diagnostics.error_count()), "error"),
              "penstock validate lists them all");
}

int print_diagnostics(Invocation& invocation, const Diagnostics& diagnostics, const SourceMap& sources) {
  if (invocation.format != Format::table) {
    nlohmann::ordered_json document{{"errors", diagnostics.error_count()}};
    api::add_diagnostics(document, diagnostics.sorted(), sources);
    print_json(invocation, document);
  } else if (!diagnostics.empty()) {
    RenderOptions options;
    options.colour = invocation.err_terminal.colour;
    invocation.err << render(diagnostics.sorted(), sources, options);
  }
  return diagnostics.has_errors() ? kInvalid : kSuccess;
}

int print_diagnostics(Invocation& invocation, const nlohmann::ordered_json& answer) {
  int code = kSuccess;
  for (const auto& one : answer.value("diagnostics", Json::array())) {
    const bool is_error = text_in(one, "severity") == "error";
    if (is_error) code = kInvalid;
    if (const auto& position = one.at("position"); !position.is_null()) {
      invocation.err << text_in(position, "file") << ':' << position.at("line") << ':' << position.at("column") << ": ";
    }
    invocation.err << styled(invocation.err_terminal, is_error ? Style::bad : Style::warning,
                             text_in(one, "severity") + "[" + text_in(one, "code") + "]:")
                   << ' ' << text_in(one, "message") << '\n';
    if (const std::string hint = text_in(one, "hint"); !hint.empty()) invocation.err << "  = help: " << hint << '\n';
  }
  if (const auto more = number_in(answer, "diagnostics_left_out").value_or(0); more > 0) invocation.err << "... and " << more << " more\n";
  return code;
}

}  // namespace penstock::cli
