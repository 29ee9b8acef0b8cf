#include "daemon/api/request_reader.h"
#include "daemon/api/resources.h"

namespace penstock::api {
namespace {

constexpr int kUsualPage = 50;
constexpr int kLargestPage = 200;

Response no_such_run(const Request& request, std::string_view id) {
  return problem(Error{ErrorKind::not_found, "there is no run \"" + std::string(id) + "\"", "GET /api/v1/runs lists them", {}, {}, -1},
                 request.path);
}

/// The run as it stands now, with 202 and where to look at it.
Response accepted_run(Context& context, const Request& request, const std::string& id, const std::vector<run::Warning>& warnings = {}) {
  auto snapshot = context.readers.snapshot();
  if (!snapshot) return problem(snapshot.error(), request.path);
  const auto run = snapshot->run(id);
  if (!run) return problem(run.error(), request.path);
  if (!*run) return no_such_run(request, id);
  Json shown = shown_run(context, request, **run);
  if (!warnings.empty()) shown["warnings"] = warnings_json(warnings);
  Response response = json(shown);
  response.status = 202;
  response.headers.emplace_back("Location", "/api/v1/runs/" + id);
  return response;
}

store::TriggerKind trigger_kind(const Request& request) {
  return request.header("penstock-client") == "cli" ? store::TriggerKind::cli : store::TriggerKind::api;
}

}  // namespace

Response trigger_run(Context& context, const Request& request) {
  if (context.engine == nullptr) return read_only(request);
  RequestReader reader(request);
  const Json body = reader.body({"interval", "parameters", "steps", "note"});
  run::TriggerRequest trigger;
  trigger.pipeline = request.path_parameters.at("pipeline");
  trigger.kind = trigger_kind(request);
  if (const auto interval = body.find("interval"); interval != body.end() && interval->is_object()) {
    const run::Zone zone = context.index()->zone(trigger.pipeline);
    const auto start = reader.body_time(*interval, "start", "/interval/start", zone);
    const auto end = reader.body_time(*interval, "end", "/interval/end", zone);
    if (start && end) trigger.interval = store::Interval{*start, *end};
  }
  trigger.parameters = reader.body_parameters(body);
  trigger.steps = reader.body_names(body, "steps");
  trigger.note = reader.body_text(body, "note");
  trigger.actor = request.principal.name;
  trigger.idempotency = idempotency_of(request);
  if (!reader.ok()) return reader.refusal();
  const IndexPtr index = context.index();
  if (index->pipeline(trigger.pipeline) == nullptr) return no_such_pipeline(index->project(), request, trigger.pipeline);
  const auto accepted = context.engine->trigger(trigger);
  if (!accepted) return problem(accepted.error(), request.path);
  return accepted_run(context, request, accepted->id, accepted->warnings);
}

Response list_runs(Context& context, const Request& request) {
  RequestReader reader(request);
  store::RunFilter filter;
  filter.pipeline = reader.text("pipeline");
  filter.states = reader.list<store::RunState>("state", store::parse_run_state);
  filter.triggers = reader.list<store::TriggerKind>("trigger", store::parse_trigger_kind);
  filter.backfill_id = reader.text("backfill");
  filter.since = reader.time("since");
  filter.until = reader.time("until");
  const store::PageRequest page = reader.page(kUsualPage, kLargestPage);
  if (!reader.ok()) return reader.refusal();
  auto snapshot = context.readers.snapshot();
  if (!snapshot) return problem(snapshot.error(), request.path);
  const auto runs = snapshot->runs(filter, page);
  if (!runs) return problem(runs.error(), request.path);
  Json items = Json::array();
  for (const store::Run& run : runs->items) items.push_back(shown_run(context, request, run));
  return json_page(request, std::move(items), runs->next_cursor);
}

Response get_run(Context& context, const Request& request) {
  const std::string& id = request.path_parameters.at("run_id");
  RequestReader reader(request);
  const std::string included = reader.text("include");
  if (!included.empty() && included != "attempts") reader.fault("include", "invalid_value", "expected attempts");
  if (!reader.ok()) return reader.refusal();
  auto snapshot = context.readers.snapshot();
  if (!snapshot) return problem(snapshot.error(), request.path);
  const auto run = snapshot->run(id);
  if (!run) return problem(run.error(), request.path);
  if (!*run) return no_such_run(request, id);
  const auto steps = snapshot->steps(id);
  if (!steps) return problem(steps.error(), request.path);
  const IndexPtr index = context.index();
  Json listed = Json::array();
  for (const store::StepRun& step : *steps) listed.push_back(step_json(step, index->step(step.pipeline, step.name)));
  Json attempts = nullptr;
  if (included == "attempts") {
    const auto all = snapshot->attempts(id, "");
    if (!all) return problem(all.error(), request.path);
    attempts = Json::array();
    for (const store::StepRun& step : *steps) {
      for (Json& attempt : attempts_json(step, *all, *snapshot)) attempts.push_back(std::move(attempt));
    }
  }
  return json({{"project", index->project().project->name},
               {"run", shown_run(context, request, **run)},
               {"steps", std::move(listed)},
               {"attempts", std::move(attempts)}});
}

Response cancel_run(Context& context, const Request& request) {
  if (context.engine == nullptr) return read_only(request);
  RequestReader reader(request);
  const Json body = reader.body({"note"});
  const std::string note = reader.body_text(body, "note");
  if (!reader.ok()) return reader.refusal();
  const std::string& id = request.path_parameters.at("run_id");
  const auto done = context.engine->cancel(id, request.principal.name, note);
  if (!done) return problem(done.error(), request.path);
  return accepted_run(context, request, id);
}

Response retry_run(Context& context, const Request& request) {
  if (context.engine == nullptr) return read_only(request);
  RequestReader reader(request);
  const Json body = reader.body({"mode", "steps", "note"});
  run::RetryRequest retry;
  retry.run_id = request.path_parameters.at("run_id");
  const std::string mode = reader.body_text(body, "mode");
  if (!mode.empty() && mode != "resume" && mode != "restart") reader.fault("/mode", "invalid_value", "expected resume or restart");
  retry.restart = mode == "restart";
  retry.steps = reader.body_names(body, "steps");
  retry.note = reader.body_text(body, "note");
  retry.actor = request.principal.name;
  retry.idempotency = idempotency_of(request);
  if (!reader.ok()) return reader.refusal();
  const auto accepted = context.engine->retry(retry);
  if (!accepted) return problem(accepted.error(), request.path);
  return accepted_run(context, request, accepted->id, accepted->warnings);
}

}  // namespace penstock::api
