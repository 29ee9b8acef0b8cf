#pragma once

#include <string>
#include <vector>

#include "connectors/bigquery/target.h"
#include "connectors/connector.h"

namespace penstock::bigquery {

/// The way to BigQuery and to the token services, the token, whether the account may run jobs of the project, and what is known of the
/// dataset: whether it is there, where it is, and whether a table may be made in it, as far as a dry run tells. What a firewall must let
/// through comes first.
std::vector<connectors::Observation> examine(const Target& target);

}  // namespace penstock::bigquery
