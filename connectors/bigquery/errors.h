#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "connectors/vendor_error.h"
#include "pipelines/base/error.h"

namespace penstock::bigquery {

/// What BigQuery says of a request or a job that failed: its ErrorProto. Message not yet redacted.
struct ApiError {
  int status = 0;      ///< Of HTTP; 0: a job's.
  std::string reason;  ///< invalidQuery, accessDenied, ...; empty where somebody else has answered.
  std::string message;
};

/// BigQuery's errors by reason. Some reasons stand for faults of which one is to be sent again and another is not, and the message alone
/// tells them apart: these have entries of their own, "invalidQuery/concurrentUpdate".
const connectors::ErrorCatalogue& error_catalogue();

/// The error of a JSON answer of the API, or what the status alone says.
ApiError error_of_answer(int status, const nlohmann::json& body);

/// `errorResult` of a job.
ApiError error_of_result(const nlohmann::json& error_result);

/// Reason, or reason and family, as `vendor_code` has it; "HTTP 503" where there is no reason.
std::string code_of(const ApiError& error);

/// Kind, hint, code and place. `message` is the error's without secrets.
Error to_error(const ApiError& error, const std::string& message, const std::string& statement);

/// True where the request may be sent again as it is: it failed on the way, or there were too many.
bool is_passing(const ApiError& error);

}  // namespace penstock::bigquery
