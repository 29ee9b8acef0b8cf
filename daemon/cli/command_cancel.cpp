#include "daemon/api/percent.h"
#include "daemon/cli/answer.h"
#include "daemon/cli/command.h"
#include "daemon/cli/local_transport.h"
#include "daemon/cli/resolve.h"
#include "daemon/cli/run_view.h"
#include "daemon/cli/watching.h"

namespace penstock::cli {
namespace {

struct CancelFlags {
  std::string named;
  std::string note;
  Timeout timeout;
};

/// Where it lies without a daemon, the start of the engine is what cancels it; what has ended is refused there as a daemon would.
Result<void> cancel_at(Invocation& invocation, std::unique_ptr<Transport>& transport, const std::string& path, const std::string& id,
                       bool ended, const std::string& note) {
  if (transport->address().empty()) {
    auto here = open_to_cancel(invocation, id, note);
    if (!here) return tl::unexpected(here.error());
    transport = std::move(*here);
    if (!ended) return {};
  }
  const Result<Json> done = post(*transport, path + "/cancel", note.empty() ? Json::object() : Json{{"note", note}});
  if (!done) return tl::unexpected(done.error());
  return {};
}

int cancel(Invocation& invocation, const CancelFlags& flags) {
  auto transport = open_transport(invocation, Access::end);
  if (!transport) return report(invocation, transport.error());
  const Result<Json> backfill = get(**transport, "/api/v1/backfills/" + api::percent_encoded(flags.named));
  const Result<std::string> id = backfill ? Result<std::string>(flags.named) : find_run(**transport, flags.named);
  if (!id) return report(invocation, id.error());
  const std::string path = (backfill ? "/api/v1/backfills/" : "/api/v1/runs/") + *id;
  const Result<Json> before = backfill ? backfill : get(**transport, path);
  if (!before) return report(invocation, before.error());
  const bool ended = is_final_state(text_in(before->at(backfill ? "backfill" : "run"), "state"));
  if (const Result<void> done = cancel_at(invocation, *transport, path, *id, ended, flags.note); !done)
    return report(invocation, done.error());
  Interruption interruption(invocation, **transport);
  const auto watch = backfill ? watch_backfill : watch_run;
  const int code = watch(invocation, **transport, interruption, *id, flags.timeout);
  return code == kInterrupted ? kSuccess : code;
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
