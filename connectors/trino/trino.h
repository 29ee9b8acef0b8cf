#pragma once

#include <memory>

#include "connectors/connector.h"
#include "connectors/settings.h"

namespace penstock::trino {

/// A Trino or Starburst coordinator, by its client REST protocol. Settings: `url` (scheme, host and port), `user`, `password` (Basic) or
/// `token` (JWT bearer), `ca_file` (PEM; the system's otherwise), `tls_verify` (true), `client_tags`, `session_properties`
/// ("name=value,..."), `connect_timeout` (10s), `patience` (60s: how long a server that does not answer is asked again).
/// Errors: invalid_input.
Result<std::unique_ptr<connectors::Connector>> make_connector(const connectors::Settings& settings);

/// The same with other secrets, which takes over what `before`, one of this kind for the same target, knows of units.
Result<std::unique_ptr<connectors::Connector>> make_again(const connectors::Settings& settings, const connectors::Connector& before);

}  // namespace penstock::trino
