#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "connectors/connector.h"

namespace penstock::bigquery {

/// A type as SQL spells it, of a TableFieldSchema: "INT64", "NUMERIC(10,2)", "ARRAY<STRUCT<a INT64, b STRING(20)>>".
std::string type_of(const nlohmann::json& field);

/// A value of `rows[].f[].v` in the form of cell.h. Timestamps are microseconds (formatOptions.useInt64Timestamp), or seconds with a
/// fraction where the server does not know that. Arrays and structures are JSON.
std::optional<std::string> cell_of(const nlohmann::json& value, const nlohmann::json& field);

/// The rows of one answer of getQueryResults. Error permanent where they cannot be read.
Result<std::vector<connectors::Row>> rows_of(const nlohmann::json& answer, const nlohmann::json& fields);

/// The columns of `schema.fields`, and whether each may be null.
std::vector<connectors::TableDescription::Column> columns_of(const nlohmann::json& fields);

}  // namespace penstock::bigquery
