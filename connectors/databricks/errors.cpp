#include "connectors/databricks/errors.h"

#include <algorithm>
#include <array>
#include <regex>

namespace penstock::databricks {

namespace {

using connectors::VendorError;

constexpr std::string_view kCommitted = "DELTA_POST_COMMIT_HOOK_FAILED";
constexpr std::string_view kOthers = "others changed the table at the same time";
constexpr std::string_view kFindRow = "find the row; a check before the step can refuse it";

// Conditions of the engine, then SQLSTATEs and their classes, then codes of the API.
constexpr std::array kErrors = {
    VendorError{"PARSE_SYNTAX_ERROR", 0, "42601", ErrorKind::permanent, "the statement is not Databricks' SQL",
                "penstock compile shows the statement; native_sql has to be put right by hand"},
    VendorError{"PARSE_EMPTY_STATEMENT", 0, "42617", ErrorKind::permanent, "the statement is empty", ""},
    VendorError{"TABLE_OR_VIEW_NOT_FOUND", 0, "42P01", ErrorKind::permanent,
                "there is no such table or view, or the principal may not see it",
                "check the name, and the grants USE CATALOG, USE SCHEMA and SELECT"},
    VendorError{"DELTA_TABLE_NOT_FOUND", 0, "42P01", ErrorKind::permanent, "there is no such Delta table", ""},
    VendorError{"SCHEMA_NOT_FOUND", 0, "42704", ErrorKind::permanent, "there is no such schema", "check `schema` of the connection"},
    VendorError{"NO_SUCH_CATALOG_EXCEPTION", 0, "42704", ErrorKind::permanent, "there is no such catalogue",
                "check `catalog` of the connection"},
    VendorError{"TABLE_OR_VIEW_ALREADY_EXISTS", 0, "42P07", ErrorKind::permanent, "another has made a table of that name", ""},
    VendorError{"UNRESOLVED_COLUMN", 0, "42703", ErrorKind::permanent, "there is no such column",
                "penstock sources pull reads the columns anew", true},
    VendorError{"UNRESOLVED_ROUTINE", 0, "42883", ErrorKind::permanent, "there is no function of that name", ""},
    VendorError{"DATATYPE_MISMATCH", 0, "42K09", ErrorKind::permanent, "types do not fit each other",
                "penstock sources pull reads the columns anew", true},
    VendorError{"AMBIGUOUS_REFERENCE", 0, "42704", ErrorKind::permanent, "a name stands for several columns", ""},
    VendorError{"MISSING_AGGREGATION", 0, "42803", ErrorKind::permanent, "a column is neither grouped by nor aggregated", ""},
    VendorError{"INSUFFICIENT_PERMISSIONS", 0, "42501", ErrorKind::permission, "the principal may not do this",
                "grant it in Unity Catalog, or check the login of the connection"},
    VendorError{"UNBOUND_SQL_PARAMETER", 0, "42P02", ErrorKind::permanent, "a parameter of the statement has no value", ""},
    VendorError{"NOT_SUPPORTED_WITH_DB_SQL", 0, "0A000", ErrorKind::permanent, "SQL warehouses do not have it", ""},
    VendorError{"CONFIG_NOT_AVAILABLE", 0, "42K0I", ErrorKind::permanent, "SQL warehouses have no such setting", ""},
    VendorError{"TRANSACTION_NOT_SUPPORTED", 0, "0A000", ErrorKind::permanent, "the table takes no part in transactions", "", true},
    VendorError{"MULTI_STATEMENT_TRANSACTION_NOT_SUPPORTED", 0, "0A000", ErrorKind::permanent,
                "the statement has no place in a transaction", "", true},
    VendorError{"DIVIDE_BY_ZERO", 0, "22012", ErrorKind::permanent, "a row divides by zero", "nullif(divisor, 0) makes the result null"},
    VendorError{"ARITHMETIC_OVERFLOW", 0, "22003", ErrorKind::permanent, "a number does not fit its type", "cast to a wider type"},
    VendorError{"NUMERIC_VALUE_OUT_OF_RANGE", 0, "22003", ErrorKind::permanent, "a number does not fit its type", "cast to a wider type",
                true},
    VendorError{"CAST_INVALID_INPUT", 0, "22018", ErrorKind::permanent, "a row holds a text that is no value of the type it is cast to",
                kFindRow},
    VendorError{"CAST_OVERFLOW", 0, "22003", ErrorKind::permanent, "a value does not fit the type it is cast to", "cast to a wider type"},
    VendorError{"INVALID_VALUE_FOR_DATA_TYPE", 0, "22023", ErrorKind::permanent, "a row holds a value that its type does not have",
                kFindRow},
    VendorError{"SCALAR_SUBQUERY_TOO_MANY_ROWS", 0, "21000", ErrorKind::permanent, "a subquery in the place of a value gave several rows",
                ""},
    VendorError{"USER_RAISED_EXCEPTION", 0, "P0001", ErrorKind::permanent, "the statement itself refuses a value", kFindRow},
    VendorError{"DELTA_NOT_NULL_CONSTRAINT_VIOLATED", 0, "23502", ErrorKind::permanent, "a row has NULL in a column that takes none",
                kFindRow},
    VendorError{"DELTA_VIOLATE_CONSTRAINT_WITH_VALUES", 0, "23001", ErrorKind::permanent, "a row breaks a constraint of the table",
                kFindRow},
    VendorError{"DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE", 0, "21506", ErrorKind::permanent,
                "several new rows fit one row of the table", "the key of the step is not unique in its rows"},
    VendorError{"DELTA_REPLACE_WHERE_MISMATCH", 0, "44000", ErrorKind::permanent, "a row lies outside what is to be replaced", ""},
    VendorError{"DELTA_METADATA_MISMATCH", 0, "42KDG", ErrorKind::permanent, "the rows' columns are not the table's",
                "`on_schema_change` of the step says what becomes of it"},
    VendorError{"DELTA_INSERT_COLUMN_ARITY_MISMATCH", 0, "42802", ErrorKind::permanent,
                "the rows have another number of columns than the table", ""},
    VendorError{"DELTA_CONCURRENT_DELETE_READ.CHANGE_TYPE_COLUMN", 0, "2D521", ErrorKind::permanent,
                "the table's columns changed their types", ""},
    VendorError{"DELTA_CONCURRENT_", 0, "2D521", ErrorKind::conflict, kOthers, "another writer committed first", true},
    VendorError{"DELTA_METADATA_CHANGED", 0, "2D521", ErrorKind::conflict, kOthers, "another writer committed first"},
    VendorError{"DELTA_PROTOCOL_CHANGED", 0, "2D521", ErrorKind::conflict, kOthers, "another writer committed first"},
    VendorError{"DELTA_MAX_COMMIT_RETRIES_EXCEEDED", 0, "40000", ErrorKind::conflict, kOthers, "another writer committed first"},
    VendorError{kCommitted, 0, "2DKD0", ErrorKind::in_doubt, "the change is committed, and what was to follow it has failed", ""},
    VendorError{"QUERY_EXECUTION_TIMEOUT_EXCEEDED", 0, "57KD0", ErrorKind::timed_out, "the statement took longer than the workspace allows",
                "STATEMENT_TIMEOUT of the workspace"},
    VendorError{"SPARK_JOB_CANCELLED", 0, "XXKDA", ErrorKind::cancelled, "somebody ended the statement", ""},
    VendorError{"2D521", 0, "2D521", ErrorKind::conflict, kOthers, "another writer committed first"},
    VendorError{"08", 0, "08", ErrorKind::transient, "the connection to a part of the platform broke, or it is busy", "", true},
    VendorError{"42501", 0, "42501", ErrorKind::permission, "the principal may not do this",
                "grant it in Unity Catalog, or check the login of the connection"},
    VendorError{"53", 0, "53", ErrorKind::resource, "something ran out", "a larger warehouse", true},
    VendorError{"XX", 0, "XX", ErrorKind::transient, "a fault of the platform", "", true},
    VendorError{"ABORTED", 0, "", ErrorKind::transient, "the platform gave the statement up", ""},
    VendorError{"ALREADY_EXISTS", 0, "", ErrorKind::permanent, "there is such a thing already", ""},
    VendorError{"BAD_REQUEST", 0, "", ErrorKind::permanent, "the statement, its rights or its rows are at fault", ""},
    VendorError{"CANCELLED", 0, "", ErrorKind::cancelled, "somebody ended the statement", ""},
    VendorError{"DEADLINE_EXCEEDED", 0, "", ErrorKind::transient, "a part of the platform did not answer in time", ""},
    VendorError{"INTERNAL_ERROR", 0, "", ErrorKind::transient, "a fault of the platform", ""},
    VendorError{"INVALID_PARAMETER_VALUE", 0, "", ErrorKind::permanent, "the request has a value that the API does not take",
                "check `warehouse` of the connection"},
    VendorError{"IO_ERROR", 0, "", ErrorKind::transient, "the platform could not read or write", ""},
    VendorError{"MALFORMED_REQUEST", 0, "", ErrorKind::permanent, "the request is not the API's", ""},
    VendorError{"NOT_FOUND", 0, "", ErrorKind::permanent, "there is no such thing", ""},
    VendorError{"PERMISSION_DENIED", 0, "", ErrorKind::permission, "the principal may not do this",
                "it needs CAN USE on the SQL warehouse, and grants in Unity Catalog"},
    VendorError{"REQUEST_LIMIT_EXCEEDED", 0, "", ErrorKind::throttled, "too many requests", ""},
    VendorError{"RESOURCE_EXHAUSTED", 0, "", ErrorKind::throttled, "too many statements at once, or a quota is used up", ""},
    VendorError{"SERVICE_UNDER_MAINTENANCE", 0, "", ErrorKind::transient, "the workspace is under maintenance", ""},
    VendorError{"TEMPORARILY_UNAVAILABLE", 0, "", ErrorKind::transient, "a part of the platform is away for a while", ""},
    VendorError{"UNAUTHENTICATED", 0, "", ErrorKind::unauthenticated, "the login is not valid, or not any more",
                "check the login of the connection"},
    VendorError{"UNKNOWN", 0, "", ErrorKind::transient, "the platform does not say what it was", ""},
    VendorError{"WORKSPACE_TEMPORARILY_UNAVAILABLE", 0, "", ErrorKind::transient, "the workspace is away for a while", ""},
};

constexpr connectors::ErrorCatalogue kCatalogue = {
    "databricks",
    "docs.databricks.com: Error conditions, SQLSTATE error codes, Statement Execution API; ServiceErrorCode of databricks-sdk",
    "2026-11-30", kErrors};

const VendorError* entry_of(const StatementError& error) {
  for (const std::string* code : {&error.condition, &error.sqlstate, &error.code}) {
    if (code->empty()) continue;
    const VendorError* entry = connectors::find_error(kCatalogue, *code);
    if (entry != nullptr) return entry;
  }
  return nullptr;
}

}  // namespace

StatementError to_statement_error(std::string code, std::string sqlstate, const std::string& message) {
  static const std::regex kCondition(R"(^\s*\[([A-Z][A-Z0-9_.]*)\]\s*)");
  // Both spellings: "(line 1, pos 7)" of the parser, "line 1 pos 7" of the analyser. Positions count from 0.
  static const std::regex kPlace(R"(line (\d{1,6}),? pos (\d{1,6}))");
  StatementError error;
  error.code = std::move(code);
  error.sqlstate = std::move(sqlstate);
  std::string text = message.substr(0, 4000);
  std::smatch found;
  if (std::regex_search(text, found, kCondition)) {
    error.condition = found[1];
    text = found.suffix();
  }
  if (std::regex_search(text, found, kPlace)) {
    error.line = std::stoi(found[1]);
    error.column = std::stoi(found[2]) + 1;
  }
  error.message = text.substr(0, text.find('\n'));
  return error;
}

const connectors::ErrorCatalogue& error_catalogue() { return kCatalogue; }

ErrorKind kind_of(const StatementError& error) {
  const VendorError* entry = entry_of(error);
  return entry == nullptr ? ErrorKind::permanent : entry->kind;
}

std::string hint_of(const StatementError& error) {
  const VendorError* entry = entry_of(error);
  return entry == nullptr ? std::string() : std::string(entry->advice);
}

bool has_committed(const StatementError& error) { return error.condition == kCommitted; }

bool may_have_landed(const StatementError& error) {
  const ErrorKind kind = kind_of(error);
  return kind != ErrorKind::permanent && kind != ErrorKind::permission && kind != ErrorKind::conflict;
}

}  // namespace penstock::databricks
