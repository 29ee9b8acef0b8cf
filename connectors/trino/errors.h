#pragma once

#include <string>

#include "connectors/vendor_error.h"
#include "pipelines/base/error.h"

namespace penstock::trino {

/// What Trino says about a failed query: `error` of its JSON. Message not yet redacted.
struct QueryError {
  int code = 0;
  std::string name;  ///< SYNTAX_ERROR, ...
  std::string type;  ///< USER_ERROR, INTERNAL_ERROR, INSUFFICIENT_RESOURCES, EXTERNAL.
  std::string message;
  int line = 0;  ///< Both count from 1; 0: not told.
  int column = 0;
};

/// Trino's errors: by number, and what is not listed by its type.
const connectors::ErrorCatalogue& error_catalogue();

/// By code and type, never by the text of the message.
ErrorKind kind_of(const QueryError& error);

/// What to do about it, where the code alone tells; may be empty.
std::string hint_of(const QueryError& error);

/// True when a write that failed so may have landed all the same: the query was stopped, abandoned or lost a worker while or after it
/// committed. Tried on Trino 476: rows of an abandoned or cancelled INSERT stayed.
bool may_have_landed(const QueryError& error);

}  // namespace penstock::trino
