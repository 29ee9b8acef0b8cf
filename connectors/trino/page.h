#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "connectors/connector.h"
#include "connectors/trino/errors.h"
#include "pipelines/base/result.h"

namespace penstock::trino {

/// One answer of the client protocol (QueryResults).
struct Page {
  std::string query_id;
  std::string next;  ///< Path of the next page; empty: the query has ended.
  std::vector<connectors::ResultColumn> columns;
  std::vector<connectors::Row> rows;
  std::optional<std::int64_t> update_count;
  std::string update_type;  ///< "INSERT", "CREATE TABLE", ...; empty for a query.
  std::optional<QueryError> error;
  std::int64_t elapsed_ms = 0;
  std::int64_t scanned_bytes = 0;
};

/// Reads the JSON. Fails with permanent when it is no page, or when its nextUri does not begin with `origin`.
Result<Page> parse_page(const std::string& body, const std::string& origin);

}  // namespace penstock::trino
