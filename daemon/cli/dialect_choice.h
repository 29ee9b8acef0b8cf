#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pipelines/base/result.h"
#include "pipelines/dialects/dialect.h"

namespace penstock::cli {

/// Errors: not_found with the nearest name, or with all.
Result<const dialects::Dialect*> dialect_named(std::string_view name);

/// Names with or without commas between them, each once.
Result<std::vector<const dialects::Dialect*>> dialects_named(const std::vector<std::string>& lists);

/// "bigquery, databricks, duckdb, postgres, snowflake, synapse, trino".
std::string dialect_names();

}  // namespace penstock::cli
