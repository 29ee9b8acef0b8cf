#include "daemon/cli/watching.h"

#include <unistd.h>

#include "daemon/cli/interrupt.h"
#include "daemon/cli/run_view.h"
#include "daemon/cli/table.h"

namespace penstock::cli {
namespace {

/// First Ctrl-C: cancel and wait. Second: leave at once; what runs in the warehouse is found again by the next start.
std::function<void(int, int)> cancel_then_leave(Invocation& invocation, Transport& transport, std::string what, std::string path) {
  return [&invocation, &transport, what = std::move(what), path = std::move(path)](int, int number) {
    if (number == 1) {
      invocation.err << "\ncancelling " << what << " at the engine; press Ctrl-C again to leave it running\n";
      invocation.err.flush();
      const Result<Json> done = post(transport, path + "/cancel", Json::object());
      if (!done) invocation.err << "cannot cancel: " << done.error().message << '\n';
      return;
    }
    invocation.err << "\nleft running: penstock cancel " << what << '\n';
    invocation.err.flush();
    ::_exit(kInterrupted);
  };
}

/// Follows until `on_event` is content, again after a lost connection.
Result<void> follow(Transport& transport, const std::string& topics, const OnEvent& on_event) {
  constexpr int kMostTries = 5;
  Result<void> followed;
  for (int tries = 0; tries < kMostTries; ++tries) {
    followed = transport.follow(topics, on_event);
    if (followed) return {};
  }
  return followed;
}

}  // namespace

int watch_run(Invocation& invocation, Transport& transport, const std::string& run_id) {
  const std::string path = "/api/v1/runs/" + run_id;
  const Interrupts interrupts(cancel_then_leave(invocation, transport, run_id, path));
  RunView view(invocation);
  std::optional<Error> problem;
  const auto on_event = [&](std::string_view name, const Json& data) {
    if (name == "hello" || name == "reset") {
      const Result<Json> detail = get(transport, path);
      if (!detail) {
        problem = detail.error();
        return false;
      }
      for (const Json& step : (*detail)["steps"]) view.on_step(step);
      view.on_run((*detail)["run"]);
      return !is_final_state((*detail)["run"]["state"].get<std::string>());
    }
    if (name == "step") view.on_step(data);
    if (name != "run") return true;
    view.on_run(data);
    return !is_final_state(data["state"].get<std::string>());
  };
  const Result<void> followed = follow(transport, "run:" + run_id, on_event);
  view.clear();
  if (problem) return report(invocation, *problem);
  if (!followed) return report(invocation, followed.error());
  const Result<Json> detail = get(transport, path + "?include=attempts");
  if (!detail) return report(invocation, detail.error());
  print_report(invocation, *detail);
  return exit_code_of((*detail)["run"]["state"].get<std::string>());
}

int watch_backfill(Invocation& invocation, Transport& transport, const std::string& backfill_id) {
  const std::string path = "/api/v1/backfills/" + backfill_id;
  const Interrupts interrupts(cancel_then_leave(invocation, transport, backfill_id, path));
  RunView view(invocation);
  std::optional<Error> problem;
  const auto is_over = [](const Json& backfill) {
    const std::string state = backfill["state"].get<std::string>();
    return state == "succeeded" || state == "failed" || state == "cancelled";
  };
  const auto on_event = [&](std::string_view name, const Json& data) {
    if (name == "hello" || name == "reset") {
      const Result<Json> detail = get(transport, path);
      if (!detail) {
        problem = detail.error();
        return false;
      }
      return !is_over((*detail)["backfill"]);
    }
    if (name == "run" && data.value("backfill_id", Json(nullptr)) == backfill_id) view.on_run(data);
    return !(name == "backfill" && data["id"] == backfill_id && is_over(data));
  };
  const Result<void> followed = follow(transport, "runs,backfills", on_event);
  view.clear();
  if (problem) return report(invocation, *problem);
  if (!followed) return report(invocation, followed.error());
  const Result<Json> detail = get(transport, path);
  if (!detail) return report(invocation, detail.error());
  if (invocation.format != Format::table) {
    print_json(invocation, *detail);
  } else {
    Table table;
    table.add_column("INTERVAL");
    table.add_column("STATE");
    table.add_column("TIME", Table::Align::right);
    table.add_column("RUN");
    for (const Json& interval : (*detail)["intervals"]) {
      const std::string state = interval["state"].is_string() ? interval["state"].get<std::string>() : "not started";
      table.add_row({interval["start"].get<std::string>().substr(0, 10) + " to " + interval["end"].get<std::string>().substr(0, 10), state,
                     interval["duration_ms"].is_number() ? human_duration(interval["duration_ms"].get<long long>()) : "",
                     interval["run_id"].is_string() ? interval["run_id"].get<std::string>() : ""});
    }
    invocation.out << table.render(invocation.out_terminal);
  }
  const std::string state = (*detail)["backfill"]["state"].get<std::string>();
  return exit_code_of(state);
}

}  // namespace penstock::cli
