#include <nlohmann/json.hpp>

#include "daemon/cli/answer.h"
#include "daemon/cli/command.h"
#include "daemon/cli/loading.h"
#include "daemon/cli/local_transport.h"
#include "daemon/cli/table.h"

namespace penstock::cli {
namespace {

struct PlanFlags {
  std::vector<std::string> what;
  bool sql = false;
  bool detailed_exit_code = false;
};

std::string symbol_of(const std::string& action) { return action == "create" ? "+" : action == "change" ? "~" : " "; }

Style style_of(const std::string& action) { return action == "create" ? Style::good : action == "change" ? Style::warning : Style::dim; }

std::string change_text(const Json& change) {
  const std::string column = text_in(change, "column");
  const std::string from = text_in(change, "from");
  const std::string to = text_in(change, "to");
  const std::string warning = change.at("breaking").get<bool>() ? "  (breaks what reads it)" : "";
  if (from.empty()) return "+ column " + column + " " + to + warning;
  if (to.empty()) return "- column " + column + " " + from + warning;
  return "~ column " + column + " " + from + " -> " + to + warning;
}

void print_step(Invocation& invocation, const Json& step, bool sql) {
  const std::string action = text_in(step, "action");
  const bool acts = action != "unchanged";
  invocation.out << styled(invocation.out_terminal, style_of(action),
                           symbol_of(action) + " " + text_in(step, "pipeline") + "." + text_in(step, "step") + "  " + action)
                 << "  " << text_in(step.at("publish"), "as") << " " << text_in(step, "table");
  if (const auto bytes = number_in(step, "estimated_bytes")) invocation.out << "  " << counted(*bytes, "byte") << " to read";
  invocation.out << '\n';
  for (const Json& reason : step.at("reasons")) invocation.out << "    " << text_in(reason, "message") << '\n';
  for (const Json& note : step.at("notes")) invocation.out << "    note: " << text_in(note, "message") << '\n';
  for (const Json& change : step.at("schema_changes")) invocation.out << "    " << change_text(change) << '\n';
  if (acts && !step.at("downstream").empty()) {
    invocation.out << "    affects:";
    for (const Json& node : step.at("downstream"))
      invocation.out << " " << node.get<std::string>().substr(std::string_view("step:").size());
    invocation.out << '\n';
  }
  if (!sql) return;
  for (const Json& unit : step.at("units")) {
    invocation.out << styled(invocation.out_terminal, Style::dim, "-- " + text_in(unit, "purpose")) << '\n'
                   << text_in(unit, "sql") << "\n\n";
  }
}

void print_plan(Invocation& invocation, const Json& plan, bool sql) {
  for (const Json& step : plan.at("steps")) print_step(invocation, step, sql);
  for (const Json& orphan : plan.at("orphans")) {
    invocation.out << styled(invocation.out_terminal, Style::bad,
                             "- " + text_in(orphan, "pipeline") + "." + text_in(orphan, "step") + "  orphaned")
                   << "  " << text_in(orphan, "table") << "\n    no step publishes it any more; drop it yourself when nobody reads it\n";
  }
  const Json& summary = plan.at("summary");
  invocation.out << (plan.at("steps").empty() && plan.at("orphans").empty() ? "" : "\n") << summary.at("create") << " to create, "
                 << summary.at("change") << " to change, " << summary.at("unchanged") << " unchanged, " << summary.at("orphaned")
                 << " orphaned\n";
}

/// What keeps the plan from being true: faults of the project, and targets that could not be asked.
int print_faults(Invocation& invocation, const Json& plan) {
  int code = kSuccess;
  for (const Json& fault : plan.at("diagnostics")) {
    const bool is_error = text_in(fault, "severity") == "error";
    const bool is_unasked = fault.at("position").is_null();
    if (is_error) code = kInvalid;
    if (is_unasked && code == kSuccess) code = kUnreachable;
  }
  if (invocation.format == Format::table) print_diagnostics(invocation, plan);
  return code;
}

int show_plan(Invocation& invocation, const PlanFlags& flags) {
  auto transport = open_transport(invocation, Access::read);
  if (!transport) return report(invocation, transport.error());
  Json body{{"include_sql", flags.sql || invocation.format != Format::table}, {"pipelines", Json::array()}, {"steps", Json::array()}};
  for (const std::string& name : flags.what) body[name.find('.') == std::string::npos ? "pipelines" : "steps"].push_back(name);
  const Result<Json> plan = post(**transport, "/api/v1/plan", body);
  if (!plan) return report(invocation, plan.error());
  if (invocation.format == Format::table) {
    print_plan(invocation, *plan, flags.sql);
  } else {
    print_json(invocation, *plan);
  }
  print_warnings(invocation, *plan);
  if (const int faults = print_faults(invocation, *plan); faults != kSuccess) return faults;
  const Json& summary = plan->at("summary");
  const int changes = summary.at("create").get<int>() + summary.at("change").get<int>();
  return flags.detailed_exit_code && changes > 0 ? kHasChanges : kSuccess;
}

}  // namespace

void add_plan(Options& command) {
  auto flags = std::make_shared<PlanFlags>();
  command.arguments("what", flags->what, "Pipelines or PIPELINE.STEP; without them, everything");
  command.flag("--sql", flags->sql, "With every statement");
  command.flag("--detailed-exitcode", flags->detailed_exit_code, "Exit with 6 where there is something to do");
  command.runs([flags](Invocation& invocation) { return show_plan(invocation, *flags); });
}

}  // namespace penstock::cli
