#include "connectors/trino/errors.h"

#include <array>

namespace penstock::trino {

namespace {

using connectors::VendorError;

constexpr int kAbandonedQuery = 2;
constexpr int kUserCanceled = 3;
constexpr int kAdministrativelyKilled = 38;

// At the end the four types, which hold for what is not listed. Of two errors of a name the message tells; of a code nothing else does.
constexpr std::array kErrors = {
    VendorError{"SYNTAX_ERROR", 1, "", ErrorKind::permanent, "the statement is not Trino's SQL",
                "penstock compile shows the statement; native_sql has to be put right by hand"},
    VendorError{"ABANDONED_QUERY", 2, "", ErrorKind::transient, "nobody asked for the query's state in time",
                "nobody asked for the query's state for longer than the server's query.client.timeout"},
    VendorError{"USER_CANCELED", 3, "", ErrorKind::cancelled, "the query was cancelled on request", ""},
    VendorError{"PERMISSION_DENIED", 4, "", ErrorKind::permission, "the user or the role may not do this",
                "the server's access control forbids it"},
    VendorError{"NOT_FOUND", 5, "", ErrorKind::permanent, "something that the statement names does not exist", ""},
    VendorError{"FUNCTION_NOT_FOUND", 6, "", ErrorKind::permanent, "there is no function of that name for these types", ""},
    VendorError{"INVALID_FUNCTION_ARGUMENT", 7, "", ErrorKind::permanent, "a row gives a function a value that it does not take",
                "find the row; a check before the step can refuse it"},
    VendorError{"DIVISION_BY_ZERO", 8, "", ErrorKind::permanent, "a row divides by zero", "nullif(divisor, 0) makes the result null"},
    VendorError{"INVALID_CAST_ARGUMENT", 9, "", ErrorKind::permanent, "a row holds a text that is no value of the type it is cast to",
                "find the row; a check before the step can refuse it"},
    VendorError{"NOT_SUPPORTED", 13, "", ErrorKind::permanent, "the server or the catalogue's connector cannot do it", ""},
    VendorError{"INVALID_SESSION_PROPERTY", 14, "", ErrorKind::permanent, "there is no such session property, or it has no such value",
                "check `session_properties` of the connection"},
    VendorError{"TRANSACTION_CONFLICT", 17, "", ErrorKind::conflict, "another writer committed first", "another writer committed first"},
    VendorError{"NUMERIC_VALUE_OUT_OF_RANGE", 19, "", ErrorKind::permanent, "a number does not fit its type", "cast to a wider type"},
    VendorError{"SUBQUERY_MULTIPLE_ROWS", 28, "", ErrorKind::permanent, "a subquery in the place of a value gave several rows", ""},
    VendorError{"QUERY_REJECTED", 31, "", ErrorKind::permanent, "the cluster's resource groups do not take the query",
                "check `client_tags` and `user` of the connection with whoever runs the cluster"},
    VendorError{"QUERY_TEXT_TOO_LARGE", 35, "", ErrorKind::permanent, "the statement is longer than the server's query.max-length", ""},
    VendorError{"ADMINISTRATIVELY_KILLED", 38, "", ErrorKind::cancelled, "an administrator ended the query",
                "an administrator ended the query"},
    VendorError{"QUERY_HAS_TOO_MANY_STAGES", 40, "", ErrorKind::permanent,
                "the plan has more stages than the server's query.max-stage-count", "split the step in two"},
    VendorError{"CATALOG_NOT_FOUND", 44, "", ErrorKind::permanent, "there is no such catalogue", "check `catalog` of the connection"},
    VendorError{"SCHEMA_NOT_FOUND", 45, "", ErrorKind::permanent, "there is no such schema", "check `schema` of the connection"},
    VendorError{"TABLE_NOT_FOUND", 46, "", ErrorKind::permanent, "there is no such table", ""},
    VendorError{"COLUMN_NOT_FOUND", 47, "", ErrorKind::permanent, "there is no such column",
                "penstock sources pull reads the columns anew"},
    VendorError{"ROLE_NOT_FOUND", 48, "", ErrorKind::permanent, "there is no such role", "check `role` of the connection"},
    VendorError{"TABLE_ALREADY_EXISTS", 50, "", ErrorKind::permanent, "another has made a table of that name", ""},
    VendorError{"TYPE_MISMATCH", 58, "", ErrorKind::permanent, "types do not fit each other",
                "penstock sources pull reads the columns anew"},
    VendorError{"MERGE_TARGET_ROW_MULTIPLE_MATCHES", 119, "", ErrorKind::permanent, "several new rows fit one row of the table",
                "the key of the step is not unique in its rows"},
    VendorError{"CATALOG_UNAVAILABLE", 125, "", ErrorKind::permanent, "the server could not load the catalogue",
                "ask whoever runs the cluster"},
    VendorError{"TOO_MANY_REQUESTS_FAILED", 65537, "", ErrorKind::transient, "the coordinator could not reach a worker", ""},
    VendorError{"PAGE_TRANSPORT_ERROR", 65539, "", ErrorKind::transient, "a worker answered with nonsense",
                "a worker answered with nonsense"},
    VendorError{"PAGE_TRANSPORT_TIMEOUT", 65540, "", ErrorKind::transient, "a worker stopped answering", "a worker stopped answering"},
    VendorError{"NO_NODES_AVAILABLE", 65541, "", ErrorKind::transient, "the cluster has no workers", "the cluster has no workers"},
    VendorError{"REMOTE_TASK_ERROR", 65542, "", ErrorKind::transient, "a worker failed", "a worker failed"},
    VendorError{"REMOTE_TASK_MISMATCH", 65544, "", ErrorKind::transient, "a worker restarted", "a worker restarted"},
    VendorError{"SERVER_SHUTTING_DOWN", 65545, "", ErrorKind::transient, "the server is shutting down", "the server is shutting down"},
    VendorError{"SERVER_STARTING_UP", 65548, "", ErrorKind::transient, "the server is starting up", "the server is starting up"},
    VendorError{"ABANDONED_TASK", 65553, "", ErrorKind::transient, "a worker heard nothing of its coordinator", ""},
    VendorError{"REMOTE_HOST_GONE", 65558, "", ErrorKind::transient, "a worker is gone", "a worker is gone"},
    VendorError{"GENERIC_INSUFFICIENT_RESOURCES", 131072, "", ErrorKind::resource, "something ran out", ""},
    VendorError{"EXCEEDED_GLOBAL_MEMORY_LIMIT", 131073, "", ErrorKind::resource, "the query needs more memory than the cluster allows",
                "the query needs more memory than the cluster allows"},
    VendorError{"QUERY_QUEUE_FULL", 131074, "", ErrorKind::throttled, "the server's query queue is full",
                "the server's query queue is full"},
    VendorError{"EXCEEDED_TIME_LIMIT", 131075, "", ErrorKind::timed_out, "the query took longer than it may",
                "`timeout` of the step, or the server's query.max-run-time"},
    VendorError{"CLUSTER_OUT_OF_MEMORY", 131076, "", ErrorKind::resource, "the cluster is out of memory", "the cluster is out of memory"},
    VendorError{"EXCEEDED_CPU_LIMIT", 131077, "", ErrorKind::permanent, "the query used more CPU time than the cluster allows",
                "the query used more CPU time than the cluster allows"},
    VendorError{"EXCEEDED_SPILL_LIMIT", 131078, "", ErrorKind::resource, "the query spills more than the cluster allows", ""},
    VendorError{"EXCEEDED_LOCAL_MEMORY_LIMIT", 131079, "", ErrorKind::resource,
                "the query needs more memory on one worker than it may have", "the query needs more memory on one worker than it may have"},
    VendorError{"ADMINISTRATIVELY_PREEMPTED", 131080, "", ErrorKind::transient, "the server preferred another query",
                "the server preferred another query"},
    VendorError{"EXCEEDED_SCAN_LIMIT", 131081, "", ErrorKind::permanent, "the query scans more than the cluster allows",
                "the query scans more than the cluster allows"},
    VendorError{"EXCEEDED_TASK_DESCRIPTOR_STORAGE_CAPACITY", 131082, "", ErrorKind::resource,
                "the plan needs more room at the coordinator than there is", ""},
    VendorError{"HIVE_METASTORE_ERROR", 16777216, "", ErrorKind::permanent, "the metastore refused", ""},
    VendorError{"ICEBERG_COMMIT_ERROR", 84148236, "", ErrorKind::conflict,
                "the table is no longer as the query read it, or the catalogue did not take the change", "another writer committed first"},
    VendorError{"GENERIC_USER_ERROR", 0, "", ErrorKind::permanent, "the statement is at fault", ""},
    VendorError{"USER_ERROR", 0, "", ErrorKind::permanent, "any other fault of the statement, the login or the data", "", true},
    VendorError{"INTERNAL_ERROR", 0, "", ErrorKind::permanent, "any other fault of the server", "the server's log says more", true},
    VendorError{"INSUFFICIENT_RESOURCES", 0, "", ErrorKind::resource, "any other thing that ran out", "", true},
    VendorError{"EXTERNAL", 0, "", ErrorKind::transient,
                "what a catalogue's connector says of the store, the catalogue or the database behind it", "", true},
};

constexpr connectors::ErrorCatalogue kCatalogue = {"trino", "StandardErrorCode of trino-spi 476, IcebergErrorCode of its connector",
                                                   "2026-11-30", kErrors};

const VendorError* entry_of(const QueryError& error) {
  const VendorError* const own = connectors::find_error(kCatalogue, error.code);
  return own != nullptr ? own : connectors::find_error(kCatalogue, error.type);
}

}  // namespace

const connectors::ErrorCatalogue& error_catalogue() { return kCatalogue; }

ErrorKind kind_of(const QueryError& error) {
  const VendorError* entry = entry_of(error);
  return entry == nullptr ? ErrorKind::permanent : entry->kind;
}

std::string hint_of(const QueryError& error) {
  const VendorError* entry = entry_of(error);
  return entry == nullptr ? std::string() : std::string(entry->advice);
}

bool may_have_landed(const QueryError& error) {
  if (error.code == kAbandonedQuery || error.code == kUserCanceled || error.code == kAdministrativelyKilled) return true;
  return error.type != "USER_ERROR";
}

}  // namespace penstock::trino
