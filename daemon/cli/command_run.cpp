#include <nlohmann/json.hpp>

#include "daemon/api/percent.h"
#include "daemon/cli/answer.h"
#include "daemon/cli/command.h"
#include "daemon/cli/loading.h"
#include "daemon/cli/local_transport.h"
#include "daemon/cli/resolve.h"
#include "daemon/cli/watching.h"

namespace penstock::cli {
namespace {

struct RunFlags {
  std::string pipeline;
  std::vector<std::string> steps;
  std::string from;
  std::string to;
  std::vector<std::string> variables;
  std::string note;
  bool detach = false;
  Timeout timeout;
};

/// The pipeline to run where none was named: the project's only one.
Result<std::string> only_pipeline(Transport& transport) {
  const Result<Json> list = get(transport, "/api/v1/pipelines?recent=0");
  if (!list) return tl::unexpected(list.error());
  const Json& items = list->at("items");
  if (items.size() == 1) return items.at(0).at("name").get<std::string>();
  std::string names;
  for (const Json& pipeline : items) names += (names.empty() ? "" : ", ") + pipeline.at("name").get<std::string>();
  return fail(ErrorKind::invalid_input, items.empty() ? "the project has no pipeline" : "which pipeline?",
              items.empty() ? "write one into pipelines/; penstock init makes a project with a first one" : "name one of: " + names);
}

Result<Json> body_of(const RunFlags& flags) {
  Json body = Json::object();
  if (flags.from.empty() != flags.to.empty()) {
    return fail(ErrorKind::invalid_input, "--from and --to go together", "an interval has two ends: --from 2026-03-01 --to 2026-03-02");
  }
  if (!flags.from.empty()) {
    for (const std::string& date : {flags.from, flags.to}) {
      if (!api::parse_time(date))
        return fail(ErrorKind::invalid_input, "\"" + date + "\" is no date", "write it as 2026-03-01, or with a time: '2026-03-01 08:00'");
    }
    body["interval"] = {{"start", flags.from}, {"end", flags.to}};
  }
  for (const std::string& variable : flags.variables) {
    const std::size_t equals = variable.find('=');
    if (equals == std::string::npos) return fail(ErrorKind::invalid_input, "\"" + variable + "\" is no NAME=VALUE", "--var region=north");
    body["parameters"][variable.substr(0, equals)] = variable.substr(equals + 1);
  }
  if (!flags.steps.empty()) body["steps"] = flags.steps;
  if (!flags.note.empty()) body["note"] = flags.note;
  return body;
}

/// A step's name is no pipeline's: then the error says how its step is run.
Error why_not_run(Transport& transport, const std::string& named, const Error& refused) {
  if (refused.kind != ErrorKind::not_found) return refused;
  const Result<std::vector<Json>> steps = steps_named(transport, named);
  if (!steps || steps->empty()) return refused;
  Error error = refused;
  error.message = "\"" + named + "\" is a step, and no pipeline";
  error.hint.clear();
  for (const Json& step : *steps) {
    error.hint += (error.hint.empty() ? "" : ", or ") + ("penstock run " + text_in(step, "pipeline")) + " --step " + text_in(step, "name");
  }
  return error;
}

int run_pipeline(Invocation& invocation, const RunFlags& flags) {
  const Result<Json> body = body_of(flags);
  if (!body) return report(invocation, body.error());
  auto transport = open_transport(invocation, Access::change);
  if (!transport) return report(invocation, transport.error());
  std::string pipeline = flags.pipeline;
  if (pipeline.empty()) {
    const Result<std::string> only = only_pipeline(**transport);
    if (!only) return report(invocation, only.error());
    pipeline = *only;
  }
  if (flags.detach && (*transport)->address().empty()) return report(invocation, no_daemon("run"));
  Interruption interruption(invocation, **transport);
  const Result<Json> run = post(**transport, "/api/v1/pipelines/" + api::percent_encoded(pipeline) + "/runs", *body);
  if (!run) return report(invocation, why_not_run(**transport, pipeline, run.error()));
  print_warnings(invocation, *run);
  const std::string id = text_in(*run, "id");
  if (!flags.detach) return watch_run(invocation, **transport, interruption, id, flags.timeout);
  if (invocation.format == Format::table) {
    invocation.out << id << '\n';
    return kSuccess;
  }
  const Result<Json> detail = get(**transport, "/api/v1/runs/" + id);
  if (!detail) return report(invocation, detail.error());
  print_json(invocation, *detail);
  return kSuccess;
}

}  // namespace

void add_run(Options& command) {
  auto flags = std::make_shared<RunFlags>();
  command.argument("pipeline", flags->pipeline, "The pipeline; may be left out where there is only one");
  command.option("-s,--step", flags->steps, "Only this step; may be given several times").type_name("STEP");
  command.option("--from", flags->from, "Start of the interval in the pipeline's time zone; without it, the last complete one")
      .type_name("DATE");
  command.option("--to", flags->to, "End of the interval, not included").type_name("DATE");
  command.option("--var", flags->variables, "A parameter; may be given several times").type_name("NAME=VALUE");
  command.option("--note", flags->note, "Why; kept with the run").type_name("TEXT");
  command.flag("--detach", flags->detach, "Print the run's id and leave it to the daemon");
  add_timeout(command, flags->timeout);
  command.runs([flags](Invocation& invocation) { return run_pipeline(invocation, *flags); });
}

}  // namespace penstock::cli
