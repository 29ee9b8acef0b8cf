#pragma once

#include "connectors/connector.h"
#include "connectors/postgres/wire.h"

namespace penstock::postgres {

/// What pg_depend says of a table, and what a table or view made anew has to be given back. A view of somebody else's role is in the way
/// like anything else.
Result<connectors::Dependants> dependants(Wire& wire, const connectors::DependedOn& table);

}  // namespace penstock::postgres
