#include "daemon/api/percent.h"
#include "daemon/cli/command.h"
#include "daemon/cli/local_transport.h"
#include "daemon/cli/resolve.h"
#include "daemon/cli/watching.h"

namespace penstock::cli {
namespace {

int cancel(Invocation& invocation, const std::string& named, const std::string& note) {
  auto transport = open_transport(invocation, Access::change);
  if (!transport) return report(invocation, transport.error());
  const Json body = note.empty() ? Json::object() : Json{{"note", note}};
  const bool is_backfill = get(**transport, "/api/v1/backfills/" + api::percent_encoded(named)).has_value();
  const Result<std::string> id = is_backfill ? Result<std::string>(named) : find_run(**transport, named);
  if (!id) return report(invocation, id.error());
  const Result<Json> done = post(**transport, (is_backfill ? "/api/v1/backfills/" : "/api/v1/runs/") + *id + "/cancel", body);
  if (!done) return report(invocation, done.error());
  const int ended = is_backfill ? watch_backfill(invocation, **transport, *id) : watch_run(invocation, **transport, *id);
  return ended == kInterrupted ? kSuccess : ended;
}

}  // namespace

void add_cancel(Options& command) {
  auto id = std::make_shared<std::string>();
  auto note = std::make_shared<std::string>();
  command.argument("run", *id, "A run's or a backfill's id, or a pipeline for its last run").required();
  command.option("--note", *note, "Why; kept with the run").type_name("TEXT");
  command.runs([id, note](Invocation& invocation) { return cancel(invocation, *id, *note); });
}

}  // namespace penstock::cli
