#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "daemon/api/percent.h"
#include "daemon/cli/answer.h"
#include "daemon/cli/choice.h"
#include "daemon/cli/command.h"
#include "daemon/cli/local_transport.h"
#include "daemon/cli/resolve.h"
#include "daemon/cli/run_view.h"
#include "daemon/cli/table.h"

namespace penstock::cli {
namespace {

struct StatusFlags {
  std::string what;
  int limit = 20;
  std::string state;
};

std::string squares(const Json& marks) {
  std::string text;
  for (auto mark = marks.rbegin(); mark != marks.rend(); ++mark) {
    const std::string state = mark->at("state").get<std::string>();
    text += state == "succeeded" ? "✓" : state == "failed" || state == "timed_out" ? "✗" : state == "running" ? "▶" : "·";
  }
  return text;
}

/// Why a run did not do what was asked, in one line.
std::string why(const Json& run) {
  if (const std::string reason = reason_of(run); !reason.empty()) return reason;
  const auto error = run.find("error");
  const std::string message = error == run.end() ? std::string() : text_in(*error, "message");
  return message.empty() ? message : text_in(*error, "step") + ": " + message.substr(0, message.find('\n'));
}

int show_pipelines(Invocation& invocation, Transport& transport) {
  const Result<Json> list = all_items(transport, "/api/v1/pipelines?limit=200");
  if (!list) return report(invocation, list.error());
  if (invocation.format != Format::table) {
    print_json(invocation, *list);
    return kSuccess;
  }
  Table table;
  for (const char* heading : {"PIPELINE", "LAST RUNS", "LAST SUCCESS", "NEXT START", "OWNER"}) table.add_column(heading);
  for (const Json& pipeline : *list) {
    table.add_row({text_in(pipeline, "name"), squares(pipeline.at("recent_runs")),
                   time_in(pipeline.at("freshness"), "last_success_at", "never"), time_in(pipeline, "next_start", "-"),
                   text_in(pipeline, "owner")});
  }
  invocation.out << table.render(invocation.out_terminal);
  return kSuccess;
}

int show_runs(Invocation& invocation, Transport& transport, const StatusFlags& flags) {
  std::string query = "/api/v1/runs?limit=" + std::to_string(flags.limit) + "&pipeline=" + api::percent_encoded(flags.what);
  if (!flags.state.empty()) query += "&state=" + api::percent_encoded(flags.state);
  const Result<Json> list = get(transport, query);
  if (!list) return report(invocation, list.error());
  if (invocation.format != Format::table) {
    print_json(invocation, list->at("items"));
    return kSuccess;
  }
  const Json& runs = list->at("items");
  const bool has_reasons = std::any_of(runs.begin(), runs.end(), [](const Json& run) { return !why(run).empty(); });
  Table table;
  for (const char* heading : {"RUN", "PIPELINE", "STATE", "CREATED", "TIME", "INTERVAL"}) table.add_column(heading);
  if (has_reasons) table.add_column("WHY");
  for (const Json& run : runs) {
    std::vector<std::string> cells{text_in(run, "id"),         text_in(run, "pipeline"), shown_state({}, text_in(run, "state")),
                                   time_in(run, "created_at"), duration_text(run),       interval_text(run.at("interval"))};
    if (has_reasons) cells.push_back(why(run));
    table.add_row(std::move(cells));
  }
  if (!table.empty()) {
    invocation.out << table.render(invocation.out_terminal);
  } else if (!invocation.quiet) {
    invocation.err << "no run" << (flags.what.empty() ? "" : " of " + flags.what)
                   << (flags.state.empty() ? " so far\n" : " is " + flags.state + "\n");
  }
  return kSuccess;
}

int show_status(Invocation& invocation, const StatusFlags& flags) {
  auto transport = open_transport(invocation, Access::read);
  if (!transport) return report(invocation, transport.error());
  if (flags.what.empty() && flags.state.empty()) return show_pipelines(invocation, **transport);
  if (!flags.what.empty()) {
    const Result<Json> run = get(**transport, "/api/v1/runs/" + api::percent_encoded(flags.what) + "?include=attempts");
    if (run) {
      print_report(invocation, *run);
      return kSuccess;
    }
    if (run.error().kind != ErrorKind::not_found) return report(invocation, run.error());
    const Result<Json> pipeline = get(**transport, "/api/v1/pipelines/" + api::percent_encoded(flags.what));
    if (!pipeline) return report(invocation, no_such_run(**transport, flags.what));
  }
  return show_runs(invocation, **transport, flags);
}

/// Checks every one of the states between the commas.
std::string check_states(const std::string& states) {
  const ValueCheck check =
      one_of({"scheduled", "queued", "running", "cancelling", "succeeded", "failed", "cancelled", "timed_out", "skipped"});
  std::istringstream each(states);
  for (std::string state; std::getline(each, state, ',');) {
    if (std::string fault = check(state); !fault.empty()) return fault;
  }
  return {};
}

}  // namespace

void add_status(Options& command) {
  auto flags = std::make_shared<StatusFlags>();
  command.argument("what", flags->what, "A run's id, or a pipeline; without it, every pipeline");
  command.option("-n,--limit", flags->limit, "Runs to list, at most 200").check(between(1, 200)).type_name("N");
  command.option("--state", flags->state, "Only runs in these states, with commas between them").check(check_states).type_name("STATES");
  command.runs([flags](Invocation& invocation) { return show_status(invocation, *flags); });
}

}  // namespace penstock::cli
