#pragma once

#include <string>

#include "connectors/vendor_error.h"
#include "pipelines/base/error.h"

namespace penstock::databricks {

/// What a failed statement says: `status` of its JSON. Message not yet redacted.
struct StatementError {
  std::string code;       ///< Of the API: BAD_REQUEST, whatever it was, more often than not.
  std::string sqlstate;   ///< Where it is told.
  std::string condition;  ///< Of the engine, from the head of the message: "DIVIDE_BY_ZERO", "UNRESOLVED_COLUMN.WITH_SUGGESTION".
  std::string message;    ///< Its first paragraph, without the condition.
  int line = 0;           ///< Both count from 1; 0: not told.
  int column = 0;
};

/// Takes the condition and the place out of the message.
StatementError to_statement_error(std::string code, std::string sqlstate, const std::string& message);

/// Error conditions of the engine, SQLSTATEs, and codes of the API.
const connectors::ErrorCatalogue& error_catalogue();

/// By condition, SQLSTATE and code, in this order; never by the text of the message.
ErrorKind kind_of(const StatementError& error);

/// What to do about it, where the code alone tells; may be empty.
std::string hint_of(const StatementError& error);

/// True where the change is in the table although the statement has failed.
bool has_committed(const StatementError& error);

/// True where a write that failed so may be in the table all the same.
bool may_have_landed(const StatementError& error);

}  // namespace penstock::databricks
