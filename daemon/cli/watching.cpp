#include "daemon/cli/watching.h"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "daemon/cli/answer.h"
#include "daemon/cli/run_view.h"
#include "daemon/cli/table.h"

namespace penstock::cli {
namespace {

/// What is followed to its end.
struct Watched {
  std::string_view kind;  ///< "run" or "backfill": the name of its events, and where an answer about it holds it.
  std::string id;
  std::string path;
  std::string topics;
  /// Shows an event, or the whole of an answer as "snapshot".
  std::function<void(RunView& view, std::string_view name, const Json& data)> show;
};

/// Leaves as the second Ctrl-C does.
std::function<void()> leave_in_time(Invocation& invocation, const Transport& transport, const Watched& what, Timeout timeout) {
  return [&invocation, &transport, &what, timeout] {
    Error error;
    error.kind = ErrorKind::timed_out;
    error.message = what.id + " has not ended within " + human_duration(timeout->count());
    error.hint = left_behind(transport, what.id);
    leave(invocation, error);
  };
}

/// Calls `on_expiry` on a thread of its own when the time is over, unless it is gone before.
class Deadline {
 public:
  Deadline(Timeout timeout, std::function<void()> on_expiry) {
    if (!timeout) return;
    thread_ = std::jthread([this, time = *timeout, on_expiry = std::move(on_expiry)](const std::stop_token& stop) {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, stop, time, [] { return false; });
      if (!stop.stop_requested()) on_expiry();
    });
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::jthread thread_;
};

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

Result<void> watch(Invocation& invocation, Transport& transport, Interruption& interruption, const Watched& what, Timeout timeout) {
  interruption.started(what.id, what.path);
  const Deadline deadline(timeout, leave_in_time(invocation, transport, what, timeout));
  RunView view(invocation);
  std::optional<Error> problem;
  bool is_placed = false;
  const auto goes_on = [](const Json& state) { return !is_final_state(text_in(state, "state")); };
  const auto on_event = [&](std::string_view name, const Json& data) {
    // Now and then it is asked how it stands, too, so that no event is indispensable.
    if (name == "hello" || name == "reset" || name == "heartbeat") {
      const Result<Json> snapshot = get(transport, what.path);
      if (!snapshot) {
        problem = snapshot.error();
        return false;
      }
      if (!std::exchange(is_placed, true)) {
        view.begin(place_text(*snapshot) + (transport.address().empty() ? "" : ", at " + transport.address()));
      }
      if (name != "heartbeat") what.show(view, "snapshot", *snapshot);
      return goes_on(snapshot->at(std::string(what.kind)));
    }
    what.show(view, name, data);
    return name != what.kind || text_in(data, "id") != what.id || goes_on(data);
  };
  const Result<void> followed = follow(transport, what.topics, on_event);
  view.clear();
  if (problem) return fail(*problem);
  return followed;
}

void show_run(RunView& view, std::string_view name, const Json& data) {
  if (name != "snapshot") return view.on_event(name, data);
  view.on_event("run", data.at("run"));
  for (const Json& step : data.at("steps")) view.on_event("step", step);
}

}  // namespace

Option add_timeout(Options& command, Timeout& timeout) {
  return command.option("--timeout", timeout, "Wait no longer, such as 90s, 30m or 2h; then exit with 7 and let it go on")
      .type_name("TIME");
}

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
    table.add_row({interval_text(interval), state.empty() ? "· waiting" : shown_state({}, state), duration_text(interval),
                   text_in(interval, "run_id")});
  }
  invocation.out << styled(invocation.out_terminal, Style::bold, text_in(backfill, "pipeline")) << "  "
                 << counted(static_cast<long long>(detail.at("intervals").size()), "run") << "  " << place_text(detail);
  if (const std::string id = text_in(backfill, "id"); !id.empty()) {
    invocation.out << "  " << shown_state(invocation.out_terminal, text_in(backfill, "state")) << "  "
                   << styled(invocation.out_terminal, Style::dim, id);
  }
  invocation.out << "\n\n" << table.render(invocation.out_terminal);
  if (!backfill.at("max_active").is_number_integer() || backfill.at("max_active") < 2) return;
  for (const Json& step : detail.at("one_by_one")) {
    invocation.out << "\n" << text_in(step, "step") << " publishes one interval after another: " << text_in(step, "reason") << ".\n";
  }
}

int watch_run(Invocation& invocation, Transport& transport, Interruption& interruption, const std::string& run_id, Timeout timeout) {
  const Watched what{"run", run_id, "/api/v1/runs/" + run_id, "run:" + run_id, show_run};
  if (const auto watched = watch(invocation, transport, interruption, what, timeout); !watched) return report(invocation, watched.error());
  const Result<Json> detail = get(transport, what.path + "?include=attempts");
  if (!detail) return report(invocation, detail.error());
  return print_result(invocation, *detail);
}

int watch_backfill(Invocation& invocation, Transport& transport, Interruption& interruption, const std::string& backfill_id,
                   Timeout timeout) {
  const bool tells_all = invocation.format == Format::ndjson;
  const auto show = [&](RunView& view, std::string_view name, const Json& data) {
    const bool is_its_run = name == "run" && text_in(data, "backfill_id") == backfill_id;
    if (is_its_run || (tells_all && name == "backfill" && text_in(data, "id") == backfill_id)) view.on_event(name, data);
  };
  const Watched what{"backfill", backfill_id, "/api/v1/backfills/" + backfill_id, "runs,backfills", show};
  if (const auto watched = watch(invocation, transport, interruption, what, timeout); !watched) return report(invocation, watched.error());
  const Result<Json> detail = get(transport, what.path);
  if (!detail) return report(invocation, detail.error());
  if (tells_all) {
    print_event(invocation, "result", *detail);
  } else {
    print_backfill(invocation, *detail);
  }
  return exit_code_of(text_in(detail->at("backfill"), "state"));
}

}  // namespace penstock::cli
