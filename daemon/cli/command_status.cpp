#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/command.h"
#include "daemon/cli/local_transport.h"
#include "daemon/cli/run_view.h"
#include "daemon/cli/table.h"

namespace penstock::cli {
namespace {

struct StatusFlags {
  std::string what;
  int limit = 20;
  std::string state;
};

std::string text_or(const Json& object, const char* key, const std::string& otherwise) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : otherwise;
}

std::string squares(const Json& marks) {
  std::string text;
  for (auto mark = marks.rbegin(); mark != marks.rend(); ++mark) {
    const std::string state = (*mark)["state"].get<std::string>();
    text += state == "succeeded" ? "✓" : state == "failed" || state == "timed_out" ? "✗" : state == "running" ? "▶" : "·";
  }
  return text;
}

int show_pipelines(Invocation& invocation, Transport& transport) {
  const Result<Json> list = get(transport, "/api/v1/pipelines?limit=500");
  if (!list) return report(invocation, list.error());
  if (invocation.format != Format::table) {
    print_json(invocation, (*list)["items"]);
    return kSuccess;
  }
  Table table;
  for (const char* heading : {"PIPELINE", "LAST RUNS", "LAST SUCCESS", "NEXT START", "OWNER"}) table.add_column(heading);
  for (const Json& pipeline : (*list)["items"]) {
    table.add_row({pipeline["name"].get<std::string>(), squares(pipeline["recent_runs"]),
                   text_or(pipeline["freshness"], "last_success_at", "never"), text_or(pipeline, "next_start", "-"),
                   text_or(pipeline, "owner", "")});
  }
  invocation.out << table.render(invocation.out_terminal);
  return kSuccess;
}

int show_runs(Invocation& invocation, Transport& transport, const StatusFlags& flags) {
  std::string query = "/api/v1/runs?limit=" + std::to_string(flags.limit) + "&pipeline=" + flags.what;
  if (!flags.state.empty()) query += "&state=" + flags.state;
  const Result<Json> list = get(transport, query);
  if (!list) return report(invocation, list.error());
  if (invocation.format != Format::table) {
    print_json(invocation, (*list)["items"]);
    return kSuccess;
  }
  Table table;
  for (const char* heading : {"RUN", "PIPELINE", "STATE", "CREATED", "TIME", "INTERVAL"}) table.add_column(heading);
  for (const Json& run : (*list)["items"]) {
    const Json& duration = run["duration_ms"];
    const Json& interval = run["interval"];
    table.add_row(
        {run["id"].get<std::string>(), run["pipeline"].get<std::string>(), shown_state({}, run["state"].get<std::string>()),
         run["created_at"].get<std::string>(), duration.is_number() ? human_duration(duration.get<long long>()) : "",
         interval.is_object() ? text_or(interval, "start", "").substr(0, 10) + " to " + text_or(interval, "end", "").substr(0, 10) : ""});
  }
  invocation.out << table.render(invocation.out_terminal);
  return kSuccess;
}

int show_status(Invocation& invocation, const StatusFlags& flags) {
  auto transport = open_transport(invocation, Access::read);
  if (!transport) return report(invocation, transport.error());
  if (flags.what.empty() && flags.state.empty()) return show_pipelines(invocation, **transport);
  if (!flags.what.empty()) {
    const Result<Json> run = get(**transport, "/api/v1/runs/" + flags.what + "?include=attempts");
    if (run) {
      print_report(invocation, *run);
      return kSuccess;
    }
    if (run.error().kind != ErrorKind::not_found) return report(invocation, run.error());
    const Result<Json> pipeline = get(**transport, "/api/v1/pipelines/" + flags.what);
    if (!pipeline) {
      Error error = pipeline.error();
      error.message = "there is no run and no pipeline \"" + flags.what + "\"";
      return report(invocation, error);
    }
  }
  return show_runs(invocation, **transport, flags);
}

}  // namespace

void add_status(CLI::App& command, Action& chosen) {
  auto flags = std::make_shared<StatusFlags>();
  command.add_option("what", flags->what, "A run's id, or a pipeline; without it, every pipeline");
  command.add_option("-n,--limit", flags->limit, "Runs to list")->check(CLI::Range(1, 200));
  command.add_option("--state", flags->state, "Only runs in these states, with commas between them");
  command.callback([&chosen, flags] { chosen = [flags](Invocation& invocation) { return show_status(invocation, *flags); }; });
}

}  // namespace penstock::cli
