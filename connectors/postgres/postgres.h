#pragma once

#include <memory>

#include "connectors/connector.h"
#include "connectors/settings.h"

namespace penstock::postgres {

/// A PostgreSQL server, by libpqxx and libpq. Settings: `url` (postgresql://...; what follows goes before it), `host`, `port`, `user`,
/// `password`, `database`, `sslmode`, `sslrootcert`, `sslcert`, `sslkey`, `connect_timeout` (10s), `patience` (30s: how long a question
/// waits for its answer), `lock_timeout` (30s). What else libpq knows stands in the url: keepalives_idle (30 where it does not),
/// keepalives_interval (10), keepalives_count (3), tcp_user_timeout (60000). `sslmode` is verify-full, with the system's certificates,
/// unless the server is on this machine, where it is prefer. Connects with the first session. Errors: invalid_input.
Result<std::unique_ptr<connectors::Connector>> make_connector(const connectors::Settings& settings);

/// The same with other secrets, which takes over what `before`, one of this kind for the same target, knows of units.
Result<std::unique_ptr<connectors::Connector>> make_again(const connectors::Settings& settings, const connectors::Connector& before);

}  // namespace penstock::postgres
