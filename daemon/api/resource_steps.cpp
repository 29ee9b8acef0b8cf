#include "daemon/api/request_reader.h"
#include "daemon/api/resources.h"

namespace penstock::api {

Response get_run_step(Context& context, const Request& request) {
  const std::string& id = request.path_parameters.at("run_id");
  const std::string& name = request.path_parameters.at("step");
  auto snapshot = context.readers.snapshot();
  if (!snapshot) return problem(snapshot.error(), request.path);
  const auto run = snapshot->run(id);
  if (!run) return problem(run.error(), request.path);
  const auto step = snapshot->step(id, name);
  if (!step) return problem(step.error(), request.path);
  if (!*run || !*step) {
    return problem(Error{ErrorKind::not_found, "run \"" + id + "\" has no step \"" + name + "\"", {}, {}, {}, -1}, request.path);
  }
  const auto attempts = snapshot->attempts(id, name);
  if (!attempts) return problem(attempts.error(), request.path);
  return json({{"run", shown_run(context, request, **run)},
               {"step", step_json(**step, context.index()->step((*step)->pipeline, name))},
               {"attempts", attempts_json(**step, *attempts, *snapshot)}});
}

Response list_steps(Context& context, const Request& request) {
  constexpr int kUsualPage = 50;
  constexpr int kLargestPage = 200;
  RequestReader reader(request);
  store::StepFilter filter;
  filter.pipeline = reader.text("pipeline");
  filter.step = reader.text("step");
  filter.states = reader.list<store::StepState>("state", store::parse_step_state);
  filter.connection = reader.text("connection");
  filter.since = reader.time("since");
  filter.until = reader.time("until");
  const store::PageRequest page = reader.page(kUsualPage, kLargestPage);
  if (!reader.ok()) return reader.refusal();
  auto snapshot = context.readers.snapshot();
  if (!snapshot) return problem(snapshot.error(), request.path);
  const auto steps = snapshot->step_history(filter, page);
  if (!steps) return problem(steps.error(), request.path);
  const IndexPtr index = context.index();
  Json items = Json::array();
  for (const store::StepRun& step : steps->items) items.push_back(step_json(step, index->step(step.pipeline, step.name)));
  return json_page(request, std::move(items), steps->next_cursor);
}

}  // namespace penstock::api
