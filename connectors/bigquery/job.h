#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "connectors/bigquery/errors.h"
#include "connectors/connector.h"

namespace penstock::bigquery {

/// By what BigQuery knows a job, wherever it is asked.
struct JobName {
  std::string project;
  std::string location;
  std::string id;

  /// "project:location.id", as the console shows it.
  std::string text() const { return project + ":" + location + "." + id; }
};

/// What a handle holds. The job's id follows from the token, the statement and the try, so nothing moves but these.
struct Position {
  std::size_t statement = 0;
  int tries = 0;  ///< Jobs of this statement that have ended without its effect; a used id never runs again.
  std::string token;
  std::string location;
  std::string project;

  JobName job() const;
};
connectors::Handle to_handle(const Position& position);
std::optional<Position> to_position(const connectors::Handle& handle);

/// What every id of ours begins with, whatever process made it.
inline constexpr std::string_view kIdPrefix = "penstock_";

/// Token, statement and try of an id that is ours.
std::optional<Position> position_of_id(const std::string& id);

/// A job as jobs.get and jobs.insert tell of it.
struct Job {
  bool has_ended = false;
  std::optional<ApiError> error;  ///< Where it ended without success; warnings are none.
  std::string statement_type;     ///< "SELECT", "MERGE", "CREATE_TABLE_AS_SELECT", ...
  std::string made_project;       ///< The table that a DDL statement has made.
  std::string made_dataset;
  std::string made_table;
  std::optional<std::int64_t> changed_rows;
  std::optional<std::int64_t> processed_bytes;
  std::chrono::milliseconds engine_time{0};
  bool used_up_its_time = false;  ///< It ran as long as jobTimeoutMs allows.
};

/// Error permanent where it is no job.
Result<Job> parse_job(const nlohmann::json& json);

/// The parts of a job that parse_job reads; the rest may be as long as the statement itself.
inline constexpr std::string_view kJobFields =
    "jobReference,status,configuration/jobTimeoutMs,statistics(creationTime,startTime,endTime,totalBytesProcessed,"
    "query(statementType,numDmlAffectedRows,dmlStats,ddlTargetTable,totalBytesProcessed))";

}  // namespace penstock::bigquery
