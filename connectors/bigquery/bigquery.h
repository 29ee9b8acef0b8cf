#pragma once

#include <memory>

#include "connectors/connector.h"
#include "connectors/settings.h"

namespace penstock::bigquery {

/// A project of BigQuery, by its REST API v2. Settings: `project`, `location`, `credentials` (a key file of a service account or of
/// workload identity federation, as its text; without it the machine's own account), `url`, `reservation`, `priority`,
/// `maximum_bytes_billed`, and those of connectors/http/endpoint.h. A catalogue is a project, a schema a dataset. Errors: invalid_input.
Result<std::unique_ptr<connectors::Connector>> make_connector(const connectors::Settings& settings);

/// The same with other secrets, which takes over what `before`, one of this kind for the same target, knows of units.
Result<std::unique_ptr<connectors::Connector>> make_again(const connectors::Settings& settings, const connectors::Connector& before);

}  // namespace penstock::bigquery
