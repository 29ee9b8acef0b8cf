#pragma once

#include <vector>

#include "connectors/connector.h"
#include "connectors/trino/target.h"

namespace penstock::trino {

/// The way to the coordinator and to the token service where there is one, the login, the role, and what a firewall must let through.
std::vector<connectors::Observation> examine(const Target& target);

}  // namespace penstock::trino
