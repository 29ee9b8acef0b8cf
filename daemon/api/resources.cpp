#include "daemon/api/resources.h"

#include "daemon/api/percent.h"
#include "pipelines/base/hash.h"
#include "pipelines/base/suggest.h"

namespace penstock::api {

Response json(const Json& body) {
  Response response;
  response.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

bool may_act(const Context& context, const Request& request) {
  return context.engine != nullptr && request.principal.role >= Role::operator_;
}

Json shown_run(Context& context, const Request& request, const store::Run& run) {
  return run_json(run, context.index()->zone(run.pipeline), may_act(context, request));
}

Response read_only(const Request& request) {
  return problem(503, "read_only", "Not available right now", "this process only reads: no engine runs here", request.path);
}

Response no_such_pipeline(const compiler::CompiledProject& project, const Request& request, std::string_view name) {
  std::vector<std::string> names;
  for (const model::Pipeline& pipeline : project.project->pipelines) names.push_back(pipeline.name);
  Error error;
  error.kind = ErrorKind::not_found;
  error.message = "there is no pipeline \"" + std::string(name) + "\"";
  error.hint = did_you_mean(name, names);
  return problem(error, request.path);
}

Response no_such_step(const compiler::CompiledProject& project, const Request& request, std::string_view name) {
  std::vector<std::string> names;
  for (const compiler::CompiledStep& step : project.steps) names.push_back(step.name);
  Error error;
  error.kind = ErrorKind::not_found;
  error.message = "there is no step \"" + std::string(name) + "\"";
  error.hint = did_you_mean(name, names);
  return problem(error, request.path);
}

Response json_page(const Request& request, Json items, std::string_view next_cursor) {
  Response response = json({{"items", std::move(items)}, {"next_cursor", text_or_null(next_cursor)}});
  if (next_cursor.empty()) return response;
  std::string link = "<" + request.path + "?";
  for (const auto& [name, value] : request.query) {
    if (name != "cursor") link += percent_encoded(name) + "=" + percent_encoded(value) + "&";
  }
  response.headers.emplace_back("Link", link + "cursor=" + percent_encoded(next_cursor) + ">; rel=\"next\"");
  return response;
}

run::Idempotency idempotency_of(const Request& request) {
  const std::string_view key = request.header("idempotency-key");
  if (key.empty()) return {};
  return run::Idempotency{std::string(key),
                          to_base32(ContentHasher().add(request.method).add(request.path).add(request.body).finish(), 32)};
}

}  // namespace penstock::api
