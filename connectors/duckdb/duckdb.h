#pragma once

#include <memory>

#include "connectors/connector.h"
#include "connectors/settings.h"

namespace penstock::duckdb {

/// A DuckDB file, opened in this process by a libduckdb.so that is loaded at run time. Settings: `path` (a file or ":memory:"),
/// `library`, `memory_limit`, `threads`, `temp_directory`, `max_temp_directory_size`, `extension_directory`. The file opens with the
/// first session, so that a project with an unused connection needs no library. Errors: invalid_input.
Result<std::unique_ptr<connectors::Connector>> make_connector(const connectors::Settings& settings);

}  // namespace penstock::duckdb
