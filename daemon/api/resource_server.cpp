#include <chrono>

#include "daemon/api/identity.h"
#include "daemon/api/resources.h"
#include "daemon/api/schemas.h"
#include "pipelines/base/hash.h"

namespace penstock::api {
namespace {

std::string_view name_of(Role role) {
  switch (role) {
    case Role::viewer:
      return "viewer";
    case Role::operator_:
      return "operator";
    case Role::admin:
      return "admin";
  }
  return "viewer";
}

store::Time now() { return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()); }

Json check(std::string_view name, bool ok, std::string_view message) {
  return {{"name", name}, {"state", ok ? "ok" : "failed"}, {"message", text_or_null(message)}};
}

/// What is wrong with the folder as it is; where it is in force, what is wrong with that.
void add_load_diagnostics(Json& loaded, const LoadReport& load, const compiler::CompiledProject& in_force) {
  if (load.failure) loaded["diagnostics"].push_back(diagnostic_json(*load.failure, Severity::error));
  const compiler::CompiledProject& shown = load.refused ? *load.refused : in_force;
  add_diagnostics(loaded, load.failure ? std::vector<Diagnostic>() : shown.diagnostics.sorted(), shown.project->sources);
}

}  // namespace

Response get_server(Context& context, const Request& request) {
  const run::ProjectPtr project = context.project();
  const LoadReport load = context.load_report ? context.load_report() : LoadReport{};
  Json body{{"version", context.version},
            {"project", project->project->name},
            {"environment", project->environment},
            {"role", name_of(request.principal.role)},
            {"auth", context.needs_token ? "token" : "none"},
            {"started_at", rfc3339(context.started)}};
  Json loaded{{"state", load.failed() ? "failed" : "ok"},
              {"loaded_at", rfc3339(load.at)},
              {"pipelines", project->project->pipelines.size()},
              {"steps", project->steps.size()},
              {"diagnostics", Json::array()}};
  add_load_diagnostics(loaded, load, *project);
  body["load"] = std::move(loaded);
  Response response;
  response.headers.emplace_back("ETag", '"' + to_base32(hash_content(body.dump(-1, ' ', false, Json::error_handler_t::replace)), 24) + '"');
  body["time"] = rfc3339(now());
  response.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

Response get_openapi(Context& /*context*/, const Request& /*request*/) {
  Response response;
  response.body = std::string(openapi_document());
  return response;
}

Response livez(Context& context, const Request& request) {
  const std::optional<run::Pulse> pulse = context.engine == nullptr ? std::nullopt : std::optional(context.engine->pulse());
  const std::string ended = pulse && pulse->halted ? pulse->halted->message : "";
  const std::string scheduler = pulse ? stall_of("the scheduler", pulse->scheduler) : "";
  const std::string writer = pulse ? stall_of("the store's writer", pulse->store) : "";
  const bool alive = ended.empty() && scheduler.empty() && writer.empty();
  Json body{{"state", alive ? "ok" : "failed"},
            {"checks", Json::array({check("process", ended.empty(), ended), check("scheduler", scheduler.empty(), scheduler),
                                    check("store", writer.empty(), writer)})}};
  const std::string challenge = request.parameter("challenge").value_or("");
  if (!challenge.empty() && !context.identity_key.empty()) body["proof"] = identity_proof(context.identity_key, challenge);
  Response response = json(body);
  if (!alive) response.status = 503;
  return response;
}

Response readyz(Context& context, const Request& request) {
  const bool verbose = request.parameter("verbose").value_or("false") != "false";
  const std::vector<ReadyCheck> checks = look_at_readiness(context);
  Json listed = Json::array();
  for (const ReadyCheck& each : checks) {
    if (!verbose && !each.decides) continue;
    Json& item = listed.emplace_back(Json{{"name", each.name}, {"state", name_of(each.state)}, {"message", text_or_null(each.message)}});
    if (verbose) item["since"] = rfc3339(each.since);
  }
  Response response = json({{"state", is_ready(checks) ? "ok" : "failed"}, {"checks", std::move(listed)}});
  if (!is_ready(checks)) response.status = 503;
  return response;
}

}  // namespace penstock::api
