#pragma once

#include <memory>

#include "connectors/connector.h"
#include "connectors/settings.h"

namespace penstock::databricks {

/// A Databricks SQL warehouse, by the Statement Execution API. Settings: `host` (of the workspace), `warehouse` (the id of a SQL warehouse,
/// or the HTTP path that ends in it); `token` (a personal access token), or `client_id` and `client_secret` (OAuth of a service principal);
/// `history_lag` (how long the query history may lag behind), and those of connectors/http/endpoint.h. Errors: invalid_input.
Result<std::unique_ptr<connectors::Connector>> make_connector(const connectors::Settings& settings);

/// The same with other secrets, which takes over what `before`, one of this kind for the same target, knows of units.
Result<std::unique_ptr<connectors::Connector>> make_again(const connectors::Settings& settings, const connectors::Connector& before);

}  // namespace penstock::databricks
