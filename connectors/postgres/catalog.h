#pragma once

#include <string>

#include "connectors/connector.h"
#include "connectors/postgres/wire.h"

namespace penstock::postgres {

/// The columns of a table or view; an empty schema means the session's own. A catalogue other than the session's database is absent.
Result<connectors::TableDescription> describe(Wire& wire, const std::string& catalog, const std::string& schema, const std::string& name);

/// Working tables and views in every schema, and the sessions that have a unit and are not idle.
Result<std::vector<connectors::Trace>> traces(Wire& wire, const std::vector<std::string>& prefixes);

/// Rows and bytes of the tables that the statement's plan reads, whole: the planner does not say what it skips.
Result<connectors::Connector::Estimate> estimate(Wire& wire, const std::string& statement);

}  // namespace penstock::postgres
