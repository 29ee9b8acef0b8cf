#include <CLI/CLI.hpp>

#include "daemon/cli/command.h"
#include "daemon/cli/local_transport.h"
#include "daemon/cli/watching.h"

namespace penstock::cli {
namespace {

int cancel(Invocation& invocation, const std::string& id, const std::string& note) {
  auto transport = open_transport(invocation, Access::change);
  if (!transport) return report(invocation, transport.error());
  const Json body = note.empty() ? Json::object() : Json{{"note", note}};
  const bool is_backfill = get(**transport, "/api/v1/backfills/" + id).has_value();
  const std::string path = std::string(is_backfill ? "/api/v1/backfills/" : "/api/v1/runs/") + id;
  const Result<Json> done = post(**transport, path + "/cancel", body);
  if (!done) return report(invocation, done.error());
  const int ended = is_backfill ? watch_backfill(invocation, **transport, id) : watch_run(invocation, **transport, id);
  return ended == kInterrupted ? kSuccess : ended;
}

}  // namespace

void add_cancel(CLI::App& command, Action& chosen) {
  auto id = std::make_shared<std::string>();
  auto note = std::make_shared<std::string>();
  command.add_option("run", *id, "A run's or a backfill's id")->required();
  command.add_option("--note", *note, "Why; kept with the run");
  command.callback([&chosen, id, note] { chosen = [id, note](Invocation& invocation) { return cancel(invocation, *id, *note); }; });
}

}  // namespace penstock::cli
