#include <CLI/CLI.hpp>

#include "daemon/cli/command.h"
#include "daemon/cli/local_transport.h"
#include "daemon/cli/watching.h"

namespace penstock::cli {
namespace {

struct RetryFlags {
  std::string run;
  std::vector<std::string> steps;
  bool restart = false;
};

int retry(Invocation& invocation, const RetryFlags& flags) {
  auto transport = open_transport(invocation, Access::change);
  if (!transport) return report(invocation, transport.error());
  const Json body{{"mode", flags.restart ? "restart" : "resume"}, {"steps", flags.steps}};
  const Result<Json> run = post(**transport, "/api/v1/runs/" + flags.run + "/retry", body);
  if (!run) return report(invocation, run.error());
  return watch_run(invocation, **transport, (*run)["id"].get<std::string>());
}

}  // namespace

void add_retry(CLI::App& command, Action& chosen) {
  auto flags = std::make_shared<RetryFlags>();
  command.add_option("run", flags->run, "The run's id")->required();
  command.add_option("-s,--step", flags->steps, "This step and everything after it, even where it succeeded");
  command.add_flag("--restart", flags->restart, "Repeat every step; without it, steps that succeeded are kept");
  command.callback([&chosen, flags] { chosen = [flags](Invocation& invocation) { return retry(invocation, *flags); }; });
}

}  // namespace penstock::cli
