#pragma once

#include <memory>

#include "connectors/connector.h"
#include "connectors/settings.h"

namespace penstock::trino {

/// A Trino or Starburst coordinator, by its client REST protocol. Settings: `url` (scheme, host and port), `user`; at most one of
/// `password` (Basic), `token` (JWT bearer) and `token_url` with `client_id`, `client_secret` and `scope` (OAuth 2.0 client credentials);
/// `role` ("etl", "catalog=role,..."), `client_tags`, `session_properties` ("name=value,..."), and those of connectors/http/endpoint.h.
/// Errors: invalid_input.
Result<std::unique_ptr<connectors::Connector>> make_connector(const connectors::Settings& settings);

/// The same with other secrets, which takes over what `before`, one of this kind for the same target, knows of units.
Result<std::unique_ptr<connectors::Connector>> make_again(const connectors::Settings& settings, const connectors::Connector& before);

}  // namespace penstock::trino
