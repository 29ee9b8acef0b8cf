#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/command.h"
#include "daemon/cli/local_transport.h"
#include "daemon/cli/run_view.h"
#include "daemon/cli/table.h"

namespace penstock::cli {
namespace {

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

void print_unit(Invocation& invocation, const Json& unit, bool with_sql) {
  invocation.out << "    " << (text_of(unit, "submitted_at").empty() ? "-" : text_of(unit, "submitted_at")) << "  "
                 << shown_state(invocation.out_terminal, text_of(unit, "state")) << "  " << text_of(unit, "purpose");
  if (unit["duration_ms"].is_number()) invocation.out << "  " << human_duration(unit["duration_ms"].get<long long>());
  if (unit["rows"].is_number()) invocation.out << "  " << with_thousands(unit["rows"].get<long long>()) << " rows";
  if (const std::string query = text_of(unit, "engine_query_id"); !query.empty()) invocation.out << "  " << query;
  invocation.out << '\n';
  if (unit["error"].is_object()) invocation.out << "      " << text_of(unit["error"], "message") << '\n';
  if (!with_sql) return;
  std::istringstream lines(text_of(unit, "sql"));
  for (std::string line; std::getline(lines, line);)
    invocation.out << "      " << styled(invocation.out_terminal, Style::dim, line) << '\n';
}

void print_attempt(Invocation& invocation, const Json& attempt, bool with_sql) {
  invocation.out << styled(invocation.out_terminal, Style::bold, text_of(attempt, "step")) << "  attempt " << attempt["number"].get<int>()
                 << "  " << shown_state(invocation.out_terminal, text_of(attempt, "state")) << '\n';
  for (const Json& phase : attempt["phases"]) {
    for (const Json& unit : phase["units"]) print_unit(invocation, unit, with_sql);
  }
  for (const Json& check : attempt["checks"]) {
    invocation.out << "    check  " << text_of(check, "state") << "  " << text_of(check, "name");
    if (const std::string found = text_of(check, "found"); !found.empty()) invocation.out << "  " << found;
    invocation.out << '\n';
  }
}

int show_logs(Invocation& invocation, const std::string& run, const std::string& step, bool with_sql) {
  auto transport = open_transport(invocation, Access::read);
  if (!transport) return report(invocation, transport.error());
  const Result<Json> detail = get(**transport, "/api/v1/runs/" + run + "?include=attempts");
  if (!detail) return report(invocation, detail.error());
  Json attempts = Json::array();
  for (const Json& attempt : (*detail)["attempts"]) {
    if (step.empty() || text_of(attempt, "step") == step) attempts.push_back(attempt);
  }
  if (invocation.format != Format::table) {
    print_json(invocation, attempts);
    return kSuccess;
  }
  for (const Json& attempt : attempts) print_attempt(invocation, attempt, with_sql);
  return kSuccess;
}

}  // namespace

void add_logs(CLI::App& command, Action& chosen) {
  struct Flags {
    std::string run;
    std::string step;
    bool sql = false;
  };
  auto flags = std::make_shared<Flags>();
  command.add_option("run", flags->run, "The run's id")->required();
  command.add_option("-s,--step", flags->step, "Only this step");
  command.add_flag("--sql", flags->sql, "With the statements' text");
  command.callback([&chosen, flags] {
    chosen = [flags](Invocation& invocation) { return show_logs(invocation, flags->run, flags->step, flags->sql); };
  });
}

}  // namespace penstock::cli
