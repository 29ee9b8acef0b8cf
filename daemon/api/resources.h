#pragma once

#include "daemon/api/context.h"
#include "daemon/api/encode.h"
#include "daemon/api/message.h"

namespace penstock::api {

/// The handlers of the table of routes, by resource. Each answers one operation of schemas/openapi.json.

// resource_server.cpp
Response get_server(Context& context, const Request& request);
Response get_openapi(Context& context, const Request& request);
Response livez(Context& context, const Request& request);
Response readyz(Context& context, const Request& request);

// resource_metrics.cpp
Response get_metrics(Context& context, const Request& request);

// resource_pipelines.cpp
Response list_pipelines(Context& context, const Request& request);
Response get_pipeline(Context& context, const Request& request);

// resource_history.cpp
Response get_pipeline_history(Context& context, const Request& request);

// resource_runs.cpp
Response trigger_run(Context& context, const Request& request);
Response list_runs(Context& context, const Request& request);
Response get_run(Context& context, const Request& request);
Response cancel_run(Context& context, const Request& request);
Response retry_run(Context& context, const Request& request);

// resource_steps.cpp
Response get_run_step(Context& context, const Request& request);
Response list_steps(Context& context, const Request& request);

// resource_backfills.cpp
Response list_backfills(Context& context, const Request& request);
Response create_backfill(Context& context, const Request& request);
Response get_backfill(Context& context, const Request& request);
Response cancel_backfill(Context& context, const Request& request);

// resource_lineage.cpp
Response get_lineage(Context& context, const Request& request);
Response list_lineage_nodes(Context& context, const Request& request);
Response get_column_lineage(Context& context, const Request& request);

// resource_plan.cpp
Response create_plan(Context& context, const Request& request);
Response get_compiled_sql(Context& context, const Request& request);

// resource_connections.cpp
Response list_connections(Context& context, const Request& request);

// resource_orphans.cpp
Response list_orphans(Context& context, const Request& request);
Response drop_orphans(Context& context, const Request& request);

// resource_events.cpp
Response stream_events(Context& context, const Request& request);

/// A JSON answer with status 200.
Response json(const Json& body);
/// Whether the caller may change something: the engine runs here and the role suffices.
bool may_act(const Context& context, const Request& request);
/// A run with its interval on the wall clock of its pipeline, and with what the caller may do about it.
Json shown_run(Context& context, const Request& request, const store::Run& run);
/// The answer where nothing can be changed because no engine runs in this process.
Response read_only(const Request& request);
/// not_found with the nearest pipeline's name.
Response no_such_pipeline(const compiler::CompiledProject& project, const Request& request, std::string_view name);
/// not_found with the nearest step's name, written PIPELINE.STEP.
Response no_such_step(const compiler::CompiledProject& project, const Request& request, std::string_view name);
/// One page of a list, with Link: rel=next where another one follows.
Response json_page(const Request& request, Json items, std::string_view next_cursor);
/// The Idempotency-Key of a request and the hash of what it asks for.
run::Idempotency idempotency_of(const Request& request);

}  // namespace penstock::api
