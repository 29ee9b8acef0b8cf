#pragma once

#include <memory>
#include <string>

#include "connectors/connector.h"

namespace penstock::meaning {

/// Spark with Delta behind the interface of the connectors: Databricks' SQL without Databricks. `command` is deploy/engines/spark. All of
/// its connectors talk to one process, which starts with the first.
std::unique_ptr<connectors::Connector> spark_connector(const std::string& command);

}  // namespace penstock::meaning
