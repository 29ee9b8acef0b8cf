#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "connectors/trino/client.h"

namespace penstock::trino {

/// What a table's own history says about a query.
struct Landed {
  enum class Answer { yes, no, untold };  ///< untold: the table keeps no history.
  Answer answer = Answer::untold;
  std::optional<std::int64_t> rows;  ///< Of a plain append.
};

/// Looks for the query among the snapshots of the table that it wrote. Iceberg notes trino_query_id in every snapshot; tried on Trino 476:
/// CREATE TABLE AS (also of no rows), CREATE OR REPLACE, INSERT, DELETE, UPDATE and MERGE make one. A statement that changes no row makes
/// none, which is as good as not having run. The query must have ended before (Client::has_ended).
Result<Landed> has_landed(Client& client, const std::string& table, const std::string& query_id);

/// The native name of the table's hidden snapshots table: a.b.c -> a.b."c$snapshots".
std::string snapshots_of(const std::string& table);

/// A text literal.
std::string literal(const std::string& text);

}  // namespace penstock::trino
