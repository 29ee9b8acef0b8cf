#pragma once

#include <string>
#include <vector>

#include "connectors/connector.h"

namespace penstock::run {

/// Sends statements that belong to no run and may be repeated, and stays to their end.
Result<void> send_alone(connectors::Session& session, std::vector<std::string> statements);

}  // namespace penstock::run
