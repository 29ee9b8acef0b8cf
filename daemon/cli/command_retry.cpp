#include "daemon/cli/answer.h"
#include "daemon/cli/command.h"
#include "daemon/cli/loading.h"
#include "daemon/cli/local_transport.h"
#include "daemon/cli/resolve.h"
#include "daemon/cli/run_view.h"
#include "daemon/cli/watching.h"

namespace penstock::cli {
namespace {

struct RetryFlags {
  std::string run;
  std::vector<std::string> steps;
  bool restart = false;
  Timeout timeout;
};

int retry(Invocation& invocation, const RetryFlags& flags) {
  auto transport = open_transport(invocation, Access::change);
  if (!transport) return report(invocation, transport.error());
  const Result<std::string> id = find_run(**transport, flags.run);
  if (!id) return report(invocation, id.error());
  const std::string path = "/api/v1/runs/" + *id;
  const Result<Json> before = get(**transport, path + "?include=attempts");
  if (!before) return report(invocation, before.error());
  if (const Result<void> known = check_steps(*before, flags.steps); !known) return report(invocation, known.error());
  if (text_in(before->at("run"), "state") == "succeeded" && !flags.restart && flags.steps.empty()) {
    if (!invocation.quiet) invocation.err << *id << " has succeeded: nothing to retry; --restart repeats every step\n";
    return print_result(invocation, *before);
  }
  Interruption interruption(invocation, **transport);
  const Result<Json> run = post(**transport, path + "/retry", {{"mode", flags.restart ? "restart" : "resume"}, {"steps", flags.steps}});
  if (!run) return report(invocation, run.error());
  print_warnings(invocation, *run);
  return watch_run(invocation, **transport, interruption, text_in(*run, "id"), flags.timeout);
}

}  // namespace

void add_retry(Options& command) {
  auto flags = std::make_shared<RetryFlags>();
  command.argument("run", flags->run, "A run's id, or a pipeline for its last run; without it, the last run of all");
  command.option("-s,--step", flags->steps, "This step and everything after it, even where it succeeded").type_name("STEP");
  command.flag("--restart", flags->restart, "Repeat every step; without it, steps that succeeded are kept");
  add_timeout(command, flags->timeout);
  command.runs([flags](Invocation& invocation) { return retry(invocation, *flags); });
}

}  // namespace penstock::cli
