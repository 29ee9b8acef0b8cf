#include "connectors/bigquery/errors.h"

#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "connectors/json.h"

namespace penstock::bigquery {

namespace {

using connectors::text_at;
using connectors::VendorError;
using Json = nlohmann::json;

// A job that has ended with one of the transient reasons has changed nothing, so the same statement may go again, as another job.
constexpr std::array kErrors = {
    VendorError{"accessDenied", 0, "", ErrorKind::permission, "the account may not do this, or not in this project or dataset",
                "grant it: BigQuery Job User on `project`, BigQuery Data Editor on the dataset"},
    VendorError{"attributeError", 0, "", ErrorKind::permanent, "the statement names an attribute that the object has not", ""},
    VendorError{"backendError", 0, "", ErrorKind::transient, "BigQuery failed by itself", ""},
    VendorError{"badGateway", 0, "", ErrorKind::transient, "BigQuery failed by itself, on the way", ""},
    VendorError{"badRequest", 0, "", ErrorKind::permanent, "the statement or the request is at fault", ""},
    VendorError{"badRequest/streamingBuffer", 0, "", ErrorKind::throttled,
                "rows that were streamed in during the last half hour cannot be changed yet",
                "it can be tried again when they have left the streaming buffer"},
    VendorError{"billingNotEnabled", 0, "", ErrorKind::permanent, "the project has no billing account", "enable billing for `project`"},
    VendorError{"billingTierLimitExceeded", 0, "", ErrorKind::permanent, "the query needs more computing than its bytes pay for",
                "split the step in two, or run it on a reservation"},
    VendorError{"blocked", 0, "", ErrorKind::permanent, "BigQuery has put the project on a list of those that it does not serve",
                "ask Google's support"},
    VendorError{"bytesBilledLimitExceeded", 0, "", ErrorKind::permanent, "the query would read more than it may",
                "`maximum_bytes_billed` of the connection says how much; a filter on the partition column reads less"},
    VendorError{"duplicate", 0, "", ErrorKind::permanent, "there is a table, a view or a dataset of that name already", ""},
    VendorError{"forbidden", 0, "", ErrorKind::permission, "the account may not do this", "grant it in the project's IAM"},
    VendorError{"internalError", 0, "", ErrorKind::transient, "BigQuery failed by itself", ""},
    VendorError{"invalid", 0, "", ErrorKind::permanent, "a value, a name or an input is not valid", ""},
    VendorError{"invalidQuery", 0, "", ErrorKind::permanent, "the statement is not BigQuery's SQL, or a row breaks it",
                "penstock compile shows the statement; native_sql has to be put right by hand"},
    VendorError{"invalidQuery/concurrentUpdate", 0, "", ErrorKind::conflict, "another writer committed first",
                "another writer committed first"},
    VendorError{"invalidQuery/dmlQueueFull", 0, "", ErrorKind::throttled, "too many statements wait to change the table",
                "let fewer steps write the same table at once"},
    VendorError{"invalidQuery/dmlQueuedTooLong", 0, "", ErrorKind::throttled,
                "the statement waited too long for others to change the table", "let fewer steps write the same table at once"},
    VendorError{"invalidQuery/duplicateMatch", 0, "", ErrorKind::permanent, "several new rows fit one row of the table",
                "the key of the step is not unique in its rows"},
    VendorError{"invalidUser", 0, "", ErrorKind::permanent, "the account or its session is not valid for this", ""},
    VendorError{"jobBackendError", 0, "", ErrorKind::transient, "the job failed by BigQuery's fault", ""},
    VendorError{"jobInternalError", 0, "", ErrorKind::transient, "the job failed by BigQuery's fault", ""},
    VendorError{"jobRateLimitExceeded", 0, "", ErrorKind::throttled, "the job was one of too many at once",
                "lower `slots` of the connection"},
    VendorError{"notFound", 0, "", ErrorKind::permanent, "a dataset, table, column or function does not exist, or not where the job runs",
                "check the name, and `location` of the connection: a job sees the datasets of its location only"},
    VendorError{"notImplemented", 0, "", ErrorKind::permanent, "BigQuery cannot do it", ""},
    VendorError{"policyViolation", 0, "", ErrorKind::permission, "an organization policy or a perimeter forbids it",
                "ask whoever looks after VPC Service Controls and organization policies"},
    VendorError{"quotaExceeded", 0, "", ErrorKind::throttled, "a quota of the project is used up",
                "most quotas are given back within a day; Quotas in the project's console says which one it is"},
    VendorError{"rateLimitExceeded", 0, "", ErrorKind::throttled, "too many requests, or changes of one table, in a short time",
                "lower `slots` of the connection"},
    VendorError{"resourceInUse", 0, "", ErrorKind::permanent, "a dataset that holds tables, or a job that runs, cannot be removed", ""},
    VendorError{"resourcesExceeded", 0, "", ErrorKind::resource, "the query needs more memory or processors than it can get",
                "split the step in two; ORDER BY without LIMIT and large arrays need one worker's memory"},
    VendorError{"resourcesExceeded/dmlQueueFull", 0, "", ErrorKind::throttled, "too many statements wait to change the table",
                "let fewer steps write the same table at once"},
    VendorError{"responseTooLarge", 0, "", ErrorKind::permanent, "the result is larger than one that is not kept in a table may be",
                "publish the rows, or aggregate them"},
    VendorError{"stopped", 0, "", ErrorKind::cancelled, "the job was cancelled", ""},
    VendorError{"tableUnavailable", 0, "", ErrorKind::transient, "a table is not to be read for the moment", ""},
    VendorError{"timeout", 0, "", ErrorKind::timed_out, "the job took longer than it may",
                "`timeout` of the step, or BigQuery's six hours"},
};

constexpr connectors::ErrorCatalogue kCatalogue = {
    "bigquery", "Error messages, and Troubleshoot queries, of BigQuery's documentation; families by their messages", "2026-11-30", kErrors};

/// Where a reason tells too little, the words that Google's own clients look for, too.
struct Family {
  std::string_view reason;
  std::string_view words;
  std::string_view code;
};
constexpr std::array kFamilies = {
    Family{"invalidQuery", "Could not serialize access to table", "invalidQuery/concurrentUpdate"},
    Family{"invalidQuery", "Transaction is aborted due to concurrent update", "invalidQuery/concurrentUpdate"},
    Family{"invalidQuery", "Too many DML statements outstanding", "invalidQuery/dmlQueueFull"},
    Family{"resourcesExceeded", "Too many DML statements outstanding", "resourcesExceeded/dmlQueueFull"},
    Family{"invalidQuery", "DML statement has been queued for too long", "invalidQuery/dmlQueuedTooLong"},
    Family{"invalidQuery", "must match at most one source row for each target row", "invalidQuery/duplicateMatch"},
    Family{"badRequest", "streaming buffer", "badRequest/streamingBuffer"},
    Family{"invalidQuery", "streaming buffer", "badRequest/streamingBuffer"},
};

ErrorKind kind_of_status(int status) {
  if (status == 401) return ErrorKind::unauthenticated;
  if (status == 403) return ErrorKind::permission;
  if (status == 429) return ErrorKind::throttled;
  if (status == 404) return ErrorKind::not_found;
  return status >= 500 ? ErrorKind::transient : ErrorKind::permanent;
}

int number_at(const std::string& text, std::size_t at) {
  int number = 0;
  std::from_chars(text.data() + at, text.data() + text.size(), number);
  return number;
}

// "... at [2:15]": line and column, both from 1.
long place_in(const std::string& message, const std::string& statement) {
  const std::size_t open = message.rfind("[");
  const std::size_t colon = message.find(':', open == std::string::npos ? message.size() : open);
  if (colon == std::string::npos || message.find(']', colon) == std::string::npos) return -1;
  return connectors::offset_of(statement, number_at(message, open + 1), number_at(message, colon + 1));
}

}  // namespace

const connectors::ErrorCatalogue& error_catalogue() { return kCatalogue; }

ApiError error_of_answer(int status, const Json& body) {
  ApiError error{status, {}, {}};
  const auto found = body.is_object() ? body.find("error") : body.end();
  if (found == body.end()) return error;
  error.message = text_at(*found, "message");
  const auto all = found->is_object() ? found->find("errors") : found->end();
  if (all != found->end() && all->is_array() && !all->empty()) {
    error.reason = text_at(all->front(), "reason");
    if (error.message.empty()) error.message = text_at(all->front(), "message");
  }
  return error;
}

ApiError error_of_result(const Json& error_result) { return {0, text_at(error_result, "reason"), text_at(error_result, "message")}; }

std::string code_of(const ApiError& error) {
  for (const Family& family : kFamilies) {
    if (error.reason == family.reason && error.message.find(family.words) != std::string::npos) return std::string(family.code);
  }
  return error.reason.empty() ? "HTTP " + std::to_string(error.status) : error.reason;
}

Error to_error(const ApiError& error, const std::string& message, const std::string& statement) {
  Error out;
  out.vendor_code = code_of(error);
  out.message = message.empty() ? "BigQuery says no more than " + out.vendor_code : message;
  out.statement_offset = statement.empty() ? -1 : place_in(error.message, statement);
  const VendorError* entry = connectors::find_error(kCatalogue, std::string_view(out.vendor_code));
  out.kind = error.status == 401 ? ErrorKind::unauthenticated : entry != nullptr ? entry->kind : kind_of_status(error.status);
  if (entry != nullptr) out.hint = entry->advice;
  return out;
}

bool is_passing(const ApiError& error) {
  return error.status >= 500 || error.status == 429 || error.reason == "rateLimitExceeded" || error.reason == "backendError" ||
         error.reason == "internalError" || error.reason == "badGateway";
}

}  // namespace penstock::bigquery
