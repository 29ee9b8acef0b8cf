#include "daemon/api/percent.h"
#include "daemon/cli/command.h"
#include "daemon/cli/local_transport.h"
#include "daemon/cli/resolve.h"
#include "daemon/cli/watching.h"

namespace penstock::cli {
namespace {

struct CancelFlags {
  std::string named;
  std::string note;
  Timeout timeout;
};

int cancel(Invocation& invocation, const CancelFlags& flags) {
  auto transport = open_transport(invocation, Access::change);
  if (!transport) return report(invocation, transport.error());
  const Json body = flags.note.empty() ? Json::object() : Json{{"note", flags.note}};
  const bool is_backfill = get(**transport, "/api/v1/backfills/" + api::percent_encoded(flags.named)).has_value();
  const Result<std::string> id = is_backfill ? Result<std::string>(flags.named) : find_run(**transport, flags.named);
  if (!id) return report(invocation, id.error());
  Interruption interruption(invocation, **transport);
  const Result<Json> done = post(**transport, (is_backfill ? "/api/v1/backfills/" : "/api/v1/runs/") + *id + "/cancel", body);
  if (!done) return report(invocation, done.error());
  const auto watch = is_backfill ? watch_backfill : watch_run;
  const int ended = watch(invocation, **transport, interruption, *id, flags.timeout);
  return ended == kInterrupted ? kSuccess : ended;
}

}  // namespace

void add_cancel(Options& command) {
  auto flags = std::make_shared<CancelFlags>();
  command.argument("run", flags->named, "A run's or a backfill's id, or a pipeline for its last run").required();
  command.option("--note", flags->note, "Why; kept with the run").type_name("TEXT");
  add_timeout(command, flags->timeout);
  command.runs([flags](Invocation& invocation) { return cancel(invocation, *flags); });
}

}  // namespace penstock::cli
