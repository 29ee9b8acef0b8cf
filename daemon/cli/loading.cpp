#include "daemon/cli/loading.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "daemon/api/encode.h"
#include "daemon/api/percent.h"
#include "daemon/cli/answer.h"
#include "daemon/cli/table.h"
#include "daemon/run/project_folder.h"

namespace penstock::cli {
namespace {

constexpr const char* kStateFolder = "/.penstock";
constexpr const char* kEnvironments = "/env";

/// A name of YAML as one of a file.
std::string folder_name(const std::string& environment) {
  const bool are_dots = environment.find_first_not_of('.') == std::string::npos;
  return are_dots ? "%2E" + api::percent_encoded(environment.substr(1)) : api::percent_encoded(environment);
}

}  // namespace

Result<std::string> project_root(const Invocation& invocation) { return run::find_project(invocation.folder); }

std::string state_folder(const std::string& root, const std::string& environment) {
  const std::string folder = root + kStateFolder;
  return environment.empty() ? folder : folder + kEnvironments + "/" + folder_name(environment);
}

std::string state_folder(const std::string& root, const compiler::CompiledProject& project) {
  const std::vector<model::Environment>& known = project.project->environments;
  const bool is_first = known.empty() || project.environment.empty() || known.front().name == project.environment;
  return state_folder(root, is_first ? std::string() : project.environment);
}

std::string about_shared_store(const std::string& root, const compiler::CompiledProject& project) {
  const std::string shared = state_folder(root) + "/store.db";
  const std::string own = state_folder(root, project) + "/store.db";
  std::error_code failed;
  if (own == shared || std::filesystem::exists(own, failed)) return {};
  const auto readers = store::Readers::open(shared);
  if (!readers) return {};
  auto snapshot = (*readers)->snapshot();
  const auto newest = snapshot ? snapshot->runs({}, {1, {}}) : tl::unexpected(snapshot.error());
  if (!newest || newest->items.empty() || newest->items.front().environment != project.environment) return {};
  return "the runs of the environment " + project.environment + " so far are in " + shared + ": move it to " + own +
         " to keep them, and what is paused";
}

std::vector<std::string> environments_in(const std::string& root) {
  std::vector<std::string> names;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(root + kStateFolder + kEnvironments, failed)) {
    names.push_back(api::percent_decoded(entry.path().filename().string()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

void make_state_folder(const std::string& folder) {
  std::error_code failed;
  const std::string parent = std::filesystem::path(folder).parent_path().string();
  if (!parent.empty() && !std::filesystem::exists(parent, failed)) make_state_folder(parent);
  static_cast<void>(::mkdir(folder.c_str(), S_IRWXU));
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

Result<void> check_environment(const compiler::CompiledProject& project) {
  const std::vector<Diagnostic> faults = project.diagnostics.sorted();
  const auto unknown = std::find_if(faults.begin(), faults.end(), [](const auto& each) { return each.code == Code::unknown_environment; });
  if (unknown == faults.end()) return {};
  return fail(ErrorKind::invalid_input, unknown->message, unknown->suggestion.empty() ? unknown->help : unknown->suggestion);
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

void print_warnings(const Invocation& invocation, const nlohmann::ordered_json& answer) {
  for (const Json& each : answer.value("warnings", Json::array())) {
    invocation.err << styled(invocation.err_terminal, Style::warning, "warning:") << ' ' << text_in(each, "message") << '\n';
    if (const std::string hint = text_in(each, "hint"); !hint.empty()) invocation.err << "  = help: " << hint << '\n';
  }
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
