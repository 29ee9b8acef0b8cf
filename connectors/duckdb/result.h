#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "connectors/connector.h"
#include "connectors/duckdb/api.h"

namespace penstock::duckdb {

/// Owns one duckdb_result.
class QueryResult {
 public:
  explicit QueryResult(const Api& api) : api_(api) {}
  ~QueryResult() { api_.destroy_result(&raw_); }
  QueryResult(const QueryResult&) = delete;
  QueryResult& operator=(const QueryResult&) = delete;

  RawResult* raw() { return &raw_; }
  int error_type() { return api_.result_error_type(&raw_); }
  std::string error_text();

  /// Rows that a writing statement changed; -1 for one that does not write rows. CREATE TABLE AS tells it as a row, so it is consumed.
  std::int64_t rows_written();

  std::vector<connectors::ResultColumn> columns();

  /// Appends rows as text until there are `most`; true when all went well, false when the engine failed on the way (see error_type).
  bool fetch(std::vector<connectors::Row>& rows, std::size_t most, bool& more);

  /// Numbers of the columns whose type only the engine itself can write: structures, lists, intervals and the like.
  std::vector<Index> columns_for_the_engine();

 private:
  const Api& api_;
  RawResult raw_;
};

}  // namespace penstock::duckdb
