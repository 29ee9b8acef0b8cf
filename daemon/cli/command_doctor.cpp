#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "daemon/cli/answer.h"
#include "daemon/cli/command.h"
#include "daemon/cli/loading.h"
#include "daemon/cli/table.h"
#include "daemon/cli/transport.h"
#include "daemon/run/cron.h"
#include "pipelines/compiler/placement.h"

namespace penstock::cli {
namespace {

namespace fs = std::filesystem;

struct Finding {
  std::string what;
  std::string found;
  std::string hint;
  ExitCode code = kSuccess;
  bool skipped = false;  ///< It was not looked at.
};

Finding fault(std::string what, const Error& error) { return {std::move(what), error.message, error.hint, exit_code_for(error.kind)}; }

long long milliseconds_since(std::chrono::steady_clock::time_point begun) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun).count();
}

std::vector<Finding> check_connection(const run::Connect& connect, const model::Connection& connection) {
  const std::string what = "connection " + connection.name;
  const auto begun = std::chrono::steady_clock::now();
  const auto connector = connect(connection);
  if (!connector) return {fault(what, connector.error())};
  std::vector<Finding> findings;
  for (const connectors::Observation& each : (*connector)->examine()) {
    findings.push_back(each.fault ? fault(what + ": " + each.what, *each.fault) : Finding{what + ": " + each.what, each.found, {}});
  }
  // Where the way ends nothing more can be asked.
  if (!findings.empty() && findings.back().code != kSuccess) return findings;
  const Result<std::string> version = (*connector)->version();
  findings.push_back(version ? Finding{what, *version + ", " + human_duration(milliseconds_since(begun)), {}}
                             : fault(what, version.error()));
  return findings;
}

Finding check_time_zones() {
  model::Schedule schedule;
  schedule.cron.value = "0 0 * * *";
  schedule.timezone.value = "America/New_York";
  const auto cron = run::Cron::make(schedule);
  if (!cron) return {"time zones", cron.error().message, "apt-get install tzdata", kFailed};
  return {"time zones", "the tz database is there", {}};
}

Finding check_room(const std::string& folder) {
  constexpr std::uintmax_t kMebibyte = 1024ULL * 1024;
  constexpr std::uintmax_t kLeast = 100 * kMebibyte;
  std::error_code failed;
  make_state_folder(folder);
  const fs::space_info space = fs::space(folder, failed);
  if (failed) return {"store", folder + ": " + failed.message(), "the folder must be writable", kFailed};
  std::string found = std::to_string(space.available / kMebibyte) + " MiB free at " + folder;
  if (space.available < kLeast) return {"store", std::move(found), "make room: the store needs 100 MiB to be safe", kFailed};
  return {"store", std::move(found), {}};
}

/// The connections on which the pipelines of the chosen environment work.
std::set<std::string> connections_in_use(const compiler::CompiledProject& compiled) {
  const model::Project& project = *compiled.project;
  std::set<std::string> names;
  const auto add = [&](const model::Connection* connection) {
    if (connection != nullptr) names.insert(connection->name);
  };
  add(compiler::environment_target(project, compiled.environment));
  for (const model::Pipeline& pipeline : project.pipelines) add(compiler::connection_of(project, pipeline, compiled.environment));
  return names;
}

std::vector<Finding> examine_project(Invocation& invocation, bool all) {
  std::vector<Finding> findings{check_time_zones()};
  const Result<std::string> root = project_root(invocation);
  const Result<run::ProjectPtr> project = root ? load_here(invocation) : tl::unexpected(root.error());
  if (!project) {
    findings.push_back(fault("project", project.error()));
    return findings;
  }
  findings.push_back(check_room(check_environment(**project) ? state_folder(*root, **project) : state_folder(*root)));
  const std::size_t errors = (*project)->diagnostics.error_count();
  findings.push_back(
      {"project",
       counted(static_cast<long long>((*project)->steps.size()), "step") + ", " + counted(static_cast<long long>(errors), "error"),
       errors == 0 ? "" : "penstock validate shows them", errors == 0 ? kSuccess : kInvalid});
  const std::set<std::string> in_use = connections_in_use(**project);
  for (const model::Connection& connection : (*project)->project->connections) {
    if (all || in_use.count(connection.name) > 0) {
      for (Finding& each : check_connection(invocation.assembly.connect_from(*root), connection)) findings.push_back(std::move(each));
    } else {
      findings.push_back({"connection " + connection.name, "of another environment than " + (*project)->environment,
                          "--all looks at every connection", kSuccess, true});
    }
  }
  return findings;
}

std::vector<Finding> examine_server(const Invocation& invocation) {
  const auto begun = std::chrono::steady_clock::now();
  auto transport = connect_to_server(invocation.server, invocation.token);
  if (!transport) return {fault("server", transport.error())};
  const Result<Json> server = get(**transport, "/api/v1/server");
  if (!server) return {fault("server", server.error())};
  std::vector<Finding> findings{
      {"server", "Penstock " + text_in(*server, "version") + ", " + human_duration(milliseconds_since(begun)), {}}};
  const Result<Json> ready = get(**transport, "/readyz");
  findings.push_back(ready ? Finding{"readiness", "it takes work", {}} : fault("readiness", ready.error()));
  return findings;
}

int examine(Invocation& invocation, bool all) {
  const std::vector<Finding> findings = invocation.server.empty() ? examine_project(invocation, all) : examine_server(invocation);
  ExitCode code = kSuccess;
  Json list = Json::array();
  Table table;
  for (const char* heading : {"CHECK", "STATE", "FOUND"}) table.add_column(heading);
  for (const Finding& each : findings) {
    const bool ok = each.code == kSuccess;
    if (code == kSuccess) code = each.code;
    const char* const state = each.skipped ? "skipped" : ok ? "ok" : "failed";
    const char* const symbol = each.skipped ? "– " : ok ? "✓ " : "✗ ";
    list.push_back({{"check", each.what}, {"state", state}, {"found", each.found}, {"hint", api::text_or_null(each.hint)}});
    table.add_row({each.what, std::string(symbol) + state, each.found + (each.hint.empty() ? "" : "; " + each.hint)},
                  each.skipped ? Style::dim : ok ? Style::plain : Style::bad);
  }
  if (invocation.format == Format::table) {
    invocation.out << table.render(invocation.out_terminal);
  } else {
    print_json(invocation, list);
  }
  return code;
}

}  // namespace

void add_doctor(Options& command) {
  auto all = std::make_shared<bool>(false);
  command.flag("--all", *all, "Look at the connections of other environments, too");
  command.runs([all](Invocation& invocation) { return examine(invocation, *all); });
}

}  // namespace penstock::cli
