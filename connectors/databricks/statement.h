#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "connectors/connector.h"
#include "connectors/databricks/errors.h"
#include "pipelines/base/result.h"

namespace penstock::databricks {

/// A statement as an answer of the Statement Execution API has it.
struct Statement {
  /// closed: it has succeeded, and its result is gone.
  enum class State { pending, running, succeeded, failed, cancelled, closed };
  std::string id;
  State state = State::pending;
  std::optional<StatementError> error;
  std::vector<connectors::ResultColumn> columns;
  std::vector<connectors::Row> rows;
  bool is_truncated = false;               ///< There were more than the limits that were sent along.
  std::optional<std::int64_t> next_chunk;  ///< Where more rows are.

  bool has_ended() const { return state != State::pending && state != State::running; }
  /// What a DML statement says of itself.
  std::optional<std::int64_t> affected_rows() const;
};

/// Reads the JSON. Fails with permanent where it is no statement.
Result<Statement> to_statement(const nlohmann::json& json);

/// Adds the rows of a chunk, `result` of a statement or an answer of its own, and sets `next_chunk`. Fails with permanent.
Result<void> take_chunk(const nlohmann::json& chunk, Statement& statement);

/// The text of a member, empty where it is none; a number as its digits.
std::string text_of(const nlohmann::json& object, const char* key);

}  // namespace penstock::databricks
