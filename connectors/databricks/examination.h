#pragma once

#include <vector>

#include "connectors/connector.h"
#include "connectors/databricks/target.h"

namespace penstock::databricks {

/// The way to the workspace, the login, the state of the warehouse, the schema, and what a firewall must let through. No warehouse is
/// started.
std::vector<connectors::Observation> examine(const Target& target);

}  // namespace penstock::databricks
