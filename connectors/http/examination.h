#pragma once

#include <vector>

#include "connectors/connector.h"
#include "connectors/http/client.h"

namespace penstock::http {

/// Goes the way to a server with a question that needs no login, and tells of each part: addresses, the connection (or the proxy), the TLS
/// chain with issuers and expiry, and how far the server's clock is from ours. The last has a fault where the way ends.
std::vector<connectors::Observation> examine_way(const std::shared_ptr<const Endpoint>& endpoint, const std::string& path);

/// Adds them, each named with the prefix. False where the way ends; a wrong clock alone ends nothing.
bool append(std::vector<connectors::Observation>& to, std::vector<connectors::Observation> more, const std::string& prefix = {});

/// host:port of what this machine must be let through to: for whoever looks after a firewall.
std::string destination(const Endpoint& endpoint);

}  // namespace penstock::http
