#include "daemon/api/request_reader.h"
#include "daemon/api/resources.h"

namespace penstock::api {
namespace {

Json step_mark_json(const store::StepMark& mark) {
  return {{"name", mark.name},
          {"state", name_of(mark.state)},
          {"attempt", mark.attempt},
          {"started_at", time_or_null(mark.started)},
          {"duration_ms", elapsed_ms(mark.started, mark.finished)},
          {"rows", published_rows(mark.state, mark.rows)},
          {"checks", counts_json(mark.checks)}};
}

}  // namespace

Response get_pipeline_history(Context& context, const Request& request) {
  constexpr int kUsualPage = 30;
  constexpr int kLargestPage = 200;
  const std::string& name = request.path_parameters.at("pipeline");
  const IndexPtr index = context.index();
  if (index->pipeline(name) == nullptr) return no_such_pipeline(index->project(), request, name);
  RequestReader reader(request);
  const store::PageRequest page = reader.page(kUsualPage, kLargestPage);
  if (!reader.ok()) return reader.refusal();
  auto snapshot = context.readers.snapshot();
  if (!snapshot) return problem(snapshot.error(), request.path);
  store::RunFilter filter;
  filter.pipeline = name;
  const auto runs = snapshot->runs(filter, page);
  if (!runs) return problem(runs.error(), request.path);
  std::vector<std::string> ids;
  for (const store::Run& run : runs->items) ids.push_back(run.id);
  const auto marks = snapshot->step_marks(ids);
  if (!marks) return problem(marks.error(), request.path);
  Json items = Json::array();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    Json steps = Json::array();
    for (const store::StepMark& mark : (*marks)[i]) steps.push_back(step_mark_json(mark));
    items.push_back({{"run", shown_run(context, request, runs->items[i])}, {"steps", std::move(steps)}});
  }
  return json_page(request, std::move(items), runs->next_cursor);
}

}  // namespace penstock::api
