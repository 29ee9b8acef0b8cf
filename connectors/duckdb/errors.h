#pragma once

#include <string>
#include <string_view>

#include "connectors/redact.h"
#include "connectors/vendor_error.h"
#include "pipelines/base/error.h"

namespace penstock::duckdb {

/// DuckDB's errors by their type.
const connectors::ErrorCatalogue& error_catalogue();

/// The Error for a failed statement, by DuckDB's error type (duckdb_error_type). `folder` is where the database lives: when DuckDB
/// reports a failed input or output and that file system is full, the error says so.
Error to_error(int error_type, std::string_view message, const std::string& folder, const connectors::Redactor& redact);

/// True when the database instance can no longer be used and must be opened again.
bool poisons_database(int error_type);

/// True when the statement was stopped by duckdb_interrupt.
bool is_interrupt(int error_type);

}  // namespace penstock::duckdb
