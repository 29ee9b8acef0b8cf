#include <nlohmann/json.hpp>

#include "daemon/cli/answer.h"
#include "daemon/cli/choice.h"
#include "daemon/cli/command.h"
#include "daemon/cli/loading.h"
#include "daemon/cli/local_transport.h"
#include "daemon/cli/watching.h"

namespace penstock::cli {
namespace {

struct BackfillFlags {
  std::string pipeline;
  std::string from;
  std::string to;
  std::vector<std::string> steps;
  int max_active = 1;
  bool newest_first = false;
  bool stop_on_failure = false;
  bool include_unfinished = false;
  bool dry_run = false;
  bool detach = false;
  Timeout timeout;
};

Result<Json> body_of(const BackfillFlags& flags) {
  for (const std::string& date : {flags.from, flags.to}) {
    if (!api::parse_time(date))
      return fail(ErrorKind::invalid_input, "\"" + date + "\" is no date",
                  "write it as 2026-03-01, as 2026-03 for a month, or with a time: '2026-03-01 08:00'");
  }
  return Json{{"pipeline", flags.pipeline},
              {"start", flags.from},
              {"end", flags.to},
              {"steps", flags.steps},
              {"max_active", flags.max_active},
              {"order", flags.newest_first ? "newest_first" : "oldest_first"},
              {"on_failure", flags.stop_on_failure ? "stop" : "continue"},
              {"include_unfinished", flags.include_unfinished},
              {"dry_run", flags.dry_run}};
}

int run_backfill(Invocation& invocation, const BackfillFlags& flags) {
  const Result<Json> body = body_of(flags);
  if (!body) return report(invocation, body.error());
  auto transport = open_transport(invocation, Access::change);
  if (!transport) return report(invocation, transport.error());
  if (flags.detach && !flags.dry_run && (*transport)->address().empty()) return report(invocation, no_daemon("backfill"));
  Interruption interruption(invocation, **transport);
  const Result<Json> detail = post(**transport, "/api/v1/backfills", *body);
  if (!detail) return report(invocation, detail.error());
  print_warnings(invocation, *detail);
  if (!flags.dry_run && !flags.detach) {
    return watch_backfill(invocation, **transport, interruption, text_in(detail->at("backfill"), "id"), flags.timeout);
  }
  print_backfill(invocation, *detail);
  return kSuccess;
}

}  // namespace

void add_backfill(Options& command) {
  auto flags = std::make_shared<BackfillFlags>();
  command.argument("pipeline", flags->pipeline, "The pipeline").required();
  command.option("--from", flags->from, "Start of the first interval, such as 2026-03-01 or 2026-03").required().type_name("DATE");
  command.option("--to", flags->to, "End of the last interval, not included").required().type_name("DATE");
  command.option("-s,--step", flags->steps, "Only this step; may be given several times").type_name("STEP");
  command.option("--max-active", flags->max_active, "Runs at once, at most 64").check(between(1, 64)).type_name("N");
  command.flag("--newest-first", flags->newest_first, "Begin with the last interval");
  command.flag("--stop-on-failure", flags->stop_on_failure, "Start no further interval after one has failed");
  command.flag("--include-unfinished", flags->include_unfinished, "Run intervals that have not ended, too");
  command.flag("--dry-run", flags->dry_run, "Only list the intervals");
  command.flag("--detach", flags->detach, "Print the backfill's id and leave it to the daemon");
  add_timeout(command, flags->timeout);
  command.runs([flags](Invocation& invocation) { return run_backfill(invocation, *flags); });
}

}  // namespace penstock::cli
