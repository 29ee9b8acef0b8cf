#include "daemon/cli/watching.h"

#include <unistd.h>

#include "daemon/cli/answer.h"
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

void print_backfill(Invocation& invocation, const Json& detail) {
  if (invocation.format != Format::table) return print_json(invocation, detail);
  const Json& backfill = detail.at("backfill");
  Table table;
  table.add_column("INTERVAL");
  table.add_column("STATE");
  table.add_column("TIME", Table::Align::right);
  table.add_column("RUN");
  for (const Json& interval : detail.at("intervals")) {
    const std::string state = text_in(interval, "state");
    const auto duration = number_in(interval, "duration_ms");
    table.add_row({interval_text(interval), state.empty() ? "· waiting" : shown_state({}, state), duration ? human_duration(*duration) : "",
                   text_in(interval, "run_id")});
  }
  invocation.out << styled(invocation.out_terminal, Style::bold, text_in(backfill, "pipeline")) << "  "
                 << counted(static_cast<long long>(detail.at("intervals").size()), "run");
  if (const std::string id = text_in(backfill, "id"); !id.empty()) {
    invocation.out << "  " << shown_state(invocation.out_terminal, text_in(backfill, "state")) << "  "
                   << styled(invocation.out_terminal, Style::dim, id);
  }
  invocation.out << "\n\n" << table.render(invocation.out_terminal);
}

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
      view.on_event("run", detail->at("run"));
      for (const Json& step : detail->at("steps")) view.on_event("step", step);
      return !is_final_state(text_in(detail->at("run"), "state"));
    }
    view.on_event(name, data);
    return name != "run" || !is_final_state(text_in(data, "state"));
  };
  const Result<void> followed = follow(transport, "run:" + run_id, on_event);
  view.clear();
  if (problem) return report(invocation, *problem);
  if (!followed) return report(invocation, followed.error());
  const Result<Json> detail = get(transport, path + "?include=attempts");
  if (!detail) return report(invocation, detail.error());
  return print_result(invocation, *detail);
}

int watch_backfill(Invocation& invocation, Transport& transport, const std::string& backfill_id) {
  const std::string path = "/api/v1/backfills/" + backfill_id;
  const Interrupts interrupts(cancel_then_leave(invocation, transport, backfill_id, path));
  RunView view(invocation);
  std::optional<Error> problem;
  const auto on_event = [&](std::string_view name, const Json& data) {
    if (name == "hello" || name == "reset") {
      const Result<Json> detail = get(transport, path);
      if (!detail) {
        problem = detail.error();
        return false;
      }
      return !is_final_state(text_in(detail->at("backfill"), "state"));
    }
    if (name == "run" && text_in(data, "backfill_id") == backfill_id) view.on_event(name, data);
    if (name != "backfill" || text_in(data, "id") != backfill_id) return true;
    if (invocation.format == Format::ndjson) view.on_event(name, data);
    return !is_final_state(text_in(data, "state"));
  };
  const Result<void> followed = follow(transport, "runs,backfills", on_event);
  view.clear();
  if (problem) return report(invocation, *problem);
  if (!followed) return report(invocation, followed.error());
  const Result<Json> detail = get(transport, path);
  if (!detail) return report(invocation, detail.error());
  if (invocation.format == Format::ndjson) {
    print_event(invocation, "result", *detail);
  } else {
    print_backfill(invocation, *detail);
  }
  return exit_code_of(text_in(detail->at("backfill"), "state"));
}

}  // namespace penstock::cli
