#include <array>

#include "daemon/api/resources.h"
#include "daemon/api/router.h"

namespace penstock::api {

std::span<const Route> route_table() {
  constexpr bool kList = true;
  static const std::array kRoutes{
      Route{"GET", "/api/v1/server", Role::viewer, false, get_server},
      Route{"GET", "/api/v1/openapi.json", Role::viewer, false, get_openapi},
      Route{"GET", "/api/v1/pipelines", Role::viewer, false, list_pipelines,
            {{"q"}, {"state", kList}, {"owner"}, {"recent"}, {"limit"}, {"cursor"}}},
      Route{"GET", "/api/v1/pipelines/{pipeline}", Role::viewer, false, get_pipeline},
      Route{"GET", "/api/v1/pipelines/{pipeline}/history", Role::viewer, false, get_pipeline_history, {{"limit"}, {"cursor"}}},
      Route{"POST", "/api/v1/pipelines/{pipeline}/runs", Role::operator_, false, trigger_run},
      Route{"GET", "/api/v1/pipelines/{pipeline}/steps/{step}/sql", Role::viewer, false, get_compiled_sql, {{"dialect"}}},
      Route{"GET", "/api/v1/runs", Role::viewer, false, list_runs,
            {{"pipeline"}, {"state", kList}, {"trigger", kList}, {"backfill"}, {"since"}, {"until"}, {"limit"}, {"cursor"}}},
      Route{"GET", "/api/v1/runs/{run_id}", Role::viewer, false, get_run, {{"include"}}},
      Route{"POST", "/api/v1/runs/{run_id}/cancel", Role::operator_, false, cancel_run},
      Route{"POST", "/api/v1/runs/{run_id}/retry", Role::operator_, false, retry_run},
      Route{"GET", "/api/v1/runs/{run_id}/steps/{step}", Role::viewer, false, get_run_step},
      Route{"GET", "/api/v1/steps", Role::viewer, false, list_steps,
            {{"pipeline"}, {"step"}, {"state", kList}, {"connection"}, {"since"}, {"until"}, {"limit"}, {"cursor"}}},
      Route{"GET", "/api/v1/backfills", Role::viewer, false, list_backfills, {{"pipeline"}, {"state", kList}, {"limit"}, {"cursor"}}},
      Route{"POST", "/api/v1/backfills", Role::operator_, false, create_backfill},
      Route{"GET", "/api/v1/backfills/{backfill_id}", Role::viewer, false, get_backfill},
      Route{"POST", "/api/v1/backfills/{backfill_id}/cancel", Role::operator_, false, cancel_backfill},
      Route{"GET", "/api/v1/lineage", Role::viewer, false, get_lineage, {{"node"}, {"direction"}, {"depth"}, {"limit"}}},
      Route{"GET", "/api/v1/lineage/nodes", Role::viewer, false, list_lineage_nodes, {{"q"}, {"limit"}, {"cursor"}}},
      Route{"GET", "/api/v1/lineage/columns", Role::viewer, false, get_column_lineage, {{"node"}, {"column"}, {"direction"}, {"depth"}}},
      Route{"POST", "/api/v1/plan", Role::viewer, false, create_plan},
      Route{"GET", "/api/v1/connections", Role::viewer, false, list_connections},
      Route{"GET", "/api/v1/orphans", Role::operator_, false, list_orphans},
      Route{"POST", "/api/v1/orphans/drop", Role::operator_, false, drop_orphans},
      Route{"GET", "/api/v1/events", Role::viewer, false, stream_events, {{"topics", kList}, {"last_event_id"}}},
      Route{"GET", "/livez", Role::viewer, true, livez, {{"challenge"}}},
      Route{"GET", "/readyz", Role::viewer, true, readyz, {{"verbose"}}},
      Route{"GET", "/metrics", Role::viewer, false, get_metrics},
  };
  return kRoutes;
}

}  // namespace penstock::api
