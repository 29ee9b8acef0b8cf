#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "daemon/cli/command.h"
#include "daemon/cli/loading.h"
#include "daemon/cli/table.h"
#include "daemon/run/cron.h"

namespace penstock::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

Json finding(std::string_view what, bool ok, const std::string& found, const std::string& hint = {}) {
  return {{"check", what}, {"state", ok ? "ok" : "failed"}, {"found", found}, {"hint", hint}};
}

Json check_connection(const run::Connect& connect, const model::Connection& connection) {
  const std::string what = "connection " + connection.name;
  const auto begun = std::chrono::steady_clock::now();
  const auto connector = connect(connection);
  if (!connector) return finding(what, false, connector.error().message, connector.error().hint);
  const Result<std::string> version = (*connector)->version();
  if (!version) return finding(what, false, version.error().message, version.error().hint);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun);
  return finding(what, true, *version + ", " + std::to_string(took.count()) + " ms");
}

Json check_time_zones() {
  model::Schedule schedule;
  schedule.cron.value = "0 0 * * *";
  schedule.timezone.value = "America/New_York";
  const auto cron = run::Cron::make(schedule);
  return finding("time zones", cron.has_value(), cron ? "the tz database is there" : cron.error().message,
                 cron ? "" : "apt-get install tzdata");
}

Json check_room(const std::string& folder) {
  constexpr std::uintmax_t kLeast = 100ULL * 1024 * 1024;
  std::error_code failed;
  fs::create_directories(folder, failed);
  const fs::space_info space = fs::space(folder, failed);
  if (failed) return finding("store", false, folder + ": " + failed.message(), "the folder must be writable");
  const bool enough = space.available > kLeast;
  return finding("store", enough, std::to_string(space.available / (1024 * 1024)) + " MiB free at " + folder, enough ? "" : "make room");
}

int examine(Invocation& invocation) {
  Json findings = Json::array({check_time_zones()});
  const Result<std::string> root = project_root(invocation);
  if (!root) {
    findings.push_back(finding("project", false, root.error().message, root.error().hint));
  } else {
    findings.push_back(check_room(state_folder(*root)));
    const Result<run::ProjectPtr> project = load_here(invocation);
    if (!project) {
      findings.push_back(finding("project", false, project.error().message, project.error().hint));
    } else {
      const std::size_t errors = (*project)->diagnostics.error_count();
      findings.push_back(finding("project", errors == 0,
                                 std::to_string((*project)->steps.size()) + " steps, " + std::to_string(errors) + " errors",
                                 errors == 0 ? "" : "penstock validate shows them"));
      for (const model::Connection& connection : (*project)->project->connections)
        findings.push_back(check_connection(invocation.assembly.connect_from(*root), connection));
    }
  }
  bool all_well = true;
  Table table;
  for (const char* heading : {"CHECK", "STATE", "FOUND", "HINT"}) table.add_column(heading);
  for (const Json& each : findings) {
    const bool ok = each["state"] == "ok";
    all_well = all_well && ok;
    table.add_row(
        {each["check"].get<std::string>(), ok ? "✓ ok" : "✗ failed", each["found"].get<std::string>(), each["hint"].get<std::string>()},
        ok ? Style::plain : Style::bad);
  }
  if (invocation.format == Format::table) {
    invocation.out << table.render(invocation.out_terminal);
  } else {
    print_json(invocation, findings);
  }
  return all_well ? kSuccess : kUnreachable;
}

}  // namespace

void add_doctor(CLI::App& command, Action& chosen) {
  command.callback([&chosen] { chosen = examine; });
}

}  // namespace penstock::cli
