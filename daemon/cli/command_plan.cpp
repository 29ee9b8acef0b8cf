#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/command.h"
#include "daemon/cli/local_transport.h"
#include "daemon/cli/table.h"

namespace penstock::cli {
namespace {

struct PlanFlags {
  std::vector<std::string> what;
  bool sql = false;
  bool detailed_exit_code = false;
};

std::string symbol_of(const std::string& action) {
  return action == "create" ? "+" : action == "change" ? "~" : action == "remove" ? "-" : " ";
}

Style style_of(const std::string& action) {
  return action == "create" ? Style::good : action == "change" ? Style::warning : action == "remove" ? Style::bad : Style::dim;
}

void print_step(Invocation& invocation, const Json& step, bool sql) {
  const std::string action = step["action"].get<std::string>();
  invocation.out << styled(invocation.out_terminal, style_of(action),
                           symbol_of(action) + " " + step["pipeline"].get<std::string>() + "." + step["step"].get<std::string>())
                 << "  " << step["publish"]["as"].get<std::string>() << " "
                 << (step["table"].is_string() ? step["table"].get<std::string>() : "");
  if (step["estimated_bytes"].is_number())
    invocation.out << "  " << with_thousands(step["estimated_bytes"].get<long long>()) << " bytes to read";
  invocation.out << '\n';
  for (const Json& reason : step["reasons"]) invocation.out << "    " << reason["message"].get<std::string>() << '\n';
  for (const Json& change : step["schema_changes"]) {
    invocation.out << "    " << (change["breaking"].get<bool>() ? "! " : "") << change["column"].get<std::string>() << " "
                   << change["change"].get<std::string>() << '\n';
  }
  if (!step["downstream"].empty()) {
    invocation.out << "    affects:";
    for (const Json& node : step["downstream"]) invocation.out << " " << node.get<std::string>().substr(5);
    invocation.out << '\n';
  }
  if (!sql) return;
  for (const Json& unit : step["units"]) {
    invocation.out << styled(invocation.out_terminal, Style::dim, "-- " + unit["purpose"].get<std::string>()) << '\n'
                   << unit["sql"].get<std::string>() << "\n\n";
  }
}

int show_plan(Invocation& invocation, const PlanFlags& flags) {
  auto transport = open_transport(invocation, Access::read);
  if (!transport) return report(invocation, transport.error());
  Json body{{"include_sql", flags.sql || invocation.format != Format::table}, {"pipelines", Json::array()}, {"steps", Json::array()}};
  for (const std::string& name : flags.what) body[name.find('.') == std::string::npos ? "pipelines" : "steps"].push_back(name);
  const Result<Json> plan = post(**transport, "/api/v1/plan", body);
  if (!plan) return report(invocation, plan.error());
  const Json& summary = (*plan)["summary"];
  const int changes = summary["create"].get<int>() + summary["change"].get<int>() + summary["remove"].get<int>();
  if (invocation.format != Format::table) {
    print_json(invocation, *plan);
  } else {
    for (const Json& step : (*plan)["steps"]) print_step(invocation, step, flags.sql);
    invocation.out << "\n"
                   << summary["create"] << " to create, " << summary["change"] << " to change, " << summary["unchanged"] << " unchanged\n";
  }
  return flags.detailed_exit_code && changes > 0 ? kHasChanges : kSuccess;
}

}  // namespace

void add_plan(CLI::App& command, Action& chosen) {
  auto flags = std::make_shared<PlanFlags>();
  command.add_option("what", flags->what, "Pipelines or PIPELINE.STEP; without them, everything");
  command.add_flag("--sql", flags->sql, "With every statement");
  command.add_flag("--detailed-exitcode", flags->detailed_exit_code, "Exit with 6 where there is something to do");
  command.callback([&chosen, flags] { chosen = [flags](Invocation& invocation) { return show_plan(invocation, *flags); }; });
}

}  // namespace penstock::cli
