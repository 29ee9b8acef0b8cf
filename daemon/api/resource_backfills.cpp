#include <algorithm>

#include "daemon/api/request_reader.h"
#include "daemon/api/resources.h"
#include "daemon/run/spec.h"
#include "pipelines/model/language.h"

namespace penstock::api {
namespace {

/// The steps that publish one interval after another, however many runs are active.
Json one_by_one(const model::Pipeline* pipeline, const std::vector<std::string>& selected) {
  Json steps = Json::array();
  if (pipeline == nullptr) return steps;
  for (const model::Step& step : pipeline->steps) {
    if (!selected.empty() && std::find(selected.begin(), selected.end(), step.name) == selected.end()) continue;
    const std::string why = run::why_one_by_one(step);
    if (!why.empty()) steps.push_back({{"step", step.name}, {"as", model::word_of(step.publish.mode)}, {"reason", why}});
  }
  return steps;
}

Json detail_json(const store::Backfill& backfill, const std::vector<store::BackfillInterval>& intervals, const ProjectIndex& index,
                 bool acts) {
  const run::Zone zone = index.zone(backfill.pipeline);
  Json listed = Json::array();
  for (const store::BackfillInterval& interval : intervals) {
    Json item = interval_json(interval.interval, zone);
    item["run_id"] = text_or_null(interval.run_id);
    item["state"] = interval.state ? Json(name_of(*interval.state)) : Json(nullptr);
    item["duration_ms"] = count_or_null(interval.duration_ms);
    listed.push_back(std::move(item));
  }
  return {{"project", index.project().project->name},
          {"backfill", backfill_json(backfill, acts)},
          {"intervals", std::move(listed)},
          {"one_by_one", one_by_one(index.pipeline(backfill.pipeline), backfill.selected)}};
}

Response found_backfill(Context& context, const Request& request, const std::string& id, int status,
                        const std::vector<run::Warning>* warnings = nullptr) {
  auto snapshot = context.readers.snapshot();
  if (!snapshot) return problem(snapshot.error(), request.path);
  const auto backfill = snapshot->backfill(id);
  if (!backfill) return problem(backfill.error(), request.path);
  if (!*backfill) {
    return problem(Error{ErrorKind::not_found, "there is no backfill \"" + id + "\"", {}, {}, {}, -1}, request.path);
  }
  const auto intervals = snapshot->intervals(id);
  if (!intervals) return problem(intervals.error(), request.path);
  Json detail = detail_json(**backfill, *intervals, *context.index(), may_act(context, request));
  if (warnings != nullptr) detail["warnings"] = warnings_json(*warnings);
  Response response = json(detail);
  response.status = status;
  if (status == 202) response.headers.emplace_back("Location", "/api/v1/backfills/" + id);
  return response;
}

bool one_of_two(RequestReader& reader, const Json& body, const char* key, std::string_view no, std::string_view yes) {
  const std::string given = reader.body_text(body, key);
  if (!given.empty() && given != no && given != yes) {
    reader.fault(std::string("/") + key, "invalid_value", "expected " + std::string(no) + " or " + std::string(yes));
  }
  return given == yes;
}

run::BackfillRequest read_backfill(Context& context, RequestReader& reader, const Request& request) {
  constexpr int kMostActive = 64;
  const Json body = reader.body(
      {"pipeline", "start", "end", "parameters", "steps", "max_active", "order", "on_failure", "include_unfinished", "dry_run", "note"});
  run::BackfillRequest backfill;
  backfill.pipeline = reader.body_text(body, "pipeline");
  if (backfill.pipeline.empty()) reader.fault("/pipeline", "missing_key", "the pipeline's name is needed");
  const run::Zone zone = context.index()->zone(backfill.pipeline);
  if (const auto start = reader.body_time(body, "start", "/start", zone)) backfill.from = *start;
  if (const auto end = reader.body_time(body, "end", "/end", zone)) backfill.to = *end;
  backfill.parameters = reader.body_parameters(body);
  backfill.steps = reader.body_names(body, "steps");
  if (const auto most = body.find("max_active"); most != body.end() && !most->is_null()) {
    if (!most->is_number_integer() || *most < 1 || *most > kMostActive) {
      reader.fault("/max_active", "invalid_value", "expected a whole number from 1 to " + std::to_string(kMostActive));
    } else {
      backfill.max_active = most->get<int>();
    }
  }
  backfill.newest_first = one_of_two(reader, body, "order", "oldest_first", "newest_first");
  backfill.stop_on_failure = one_of_two(reader, body, "on_failure", "continue", "stop");
  backfill.include_unfinished = reader.body_flag(body, "include_unfinished");
  backfill.dry_run = reader.body_flag(body, "dry_run");
  backfill.note = reader.body_text(body, "note");
  backfill.actor = request.principal.name;
  backfill.idempotency = idempotency_of(request);
  return backfill;
}

}  // namespace

Response list_backfills(Context& context, const Request& request) {
  constexpr int kUsualPage = 50;
  constexpr int kLargestPage = 200;
  RequestReader reader(request);
  store::BackfillFilter filter;
  filter.pipeline = reader.text("pipeline");
  filter.states = reader.list<store::BackfillState>("state", store::parse_backfill_state);
  const store::PageRequest page = reader.page(kUsualPage, kLargestPage);
  if (!reader.ok()) return reader.refusal();
  auto snapshot = context.readers.snapshot();
  if (!snapshot) return problem(snapshot.error(), request.path);
  const auto backfills = snapshot->backfills(filter, page);
  if (!backfills) return problem(backfills.error(), request.path);
  Json items = Json::array();
  for (const store::Backfill& backfill : backfills->items) items.push_back(backfill_json(backfill, may_act(context, request)));
  return json_page(request, std::move(items), backfills->next_cursor);
}

Response create_backfill(Context& context, const Request& request) {
  if (context.engine == nullptr) return read_only(request);
  RequestReader reader(request);
  const run::BackfillRequest wanted = read_backfill(context, reader, request);
  if (!reader.ok()) return reader.refusal();
  const IndexPtr index = context.index();
  if (index->pipeline(wanted.pipeline) == nullptr) return no_such_pipeline(index->project(), request, wanted.pipeline);
  const auto accepted = context.engine->backfill(wanted);
  if (!accepted) return problem(accepted.error(), request.path);
  if (!wanted.dry_run) return found_backfill(context, request, accepted->backfill.id, 202, &accepted->warnings);
  Json detail = detail_json(accepted->backfill, accepted->intervals, *index, false);
  detail["warnings"] = warnings_json(accepted->warnings);
  return json(detail);
}

Response get_backfill(Context& context, const Request& request) {
  return found_backfill(context, request, request.path_parameters.at("backfill_id"), 200);
}

Response cancel_backfill(Context& context, const Request& request) {
  if (context.engine == nullptr) return read_only(request);
  RequestReader reader(request);
  const Json body = reader.body({"note"});
  const std::string note = reader.body_text(body, "note");
  if (!reader.ok()) return reader.refusal();
  const std::string& id = request.path_parameters.at("backfill_id");
  const auto done = context.engine->cancel_backfill(id, request.principal.name, note);
  if (!done) return problem(done.error(), request.path);
  return found_backfill(context, request, id, 202);
}

}  // namespace penstock::api
