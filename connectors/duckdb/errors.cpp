#include "connectors/duckdb/errors.h"

#include <sys/statvfs.h>

#include <array>

namespace penstock::duckdb {

namespace {

constexpr int kIo = 28;
constexpr int kInterrupt = 29;
constexpr int kFatal = 30;
constexpr int kInternal = 31;

using connectors::VendorError;

constexpr std::array kErrors = {
    VendorError{"out_of_range", 1, "", ErrorKind::permanent, "a number does not fit its type", "cast to a wider type"},
    VendorError{"conversion", 2, "", ErrorKind::permanent, "a row holds a value that the type it is cast to does not have",
                "find the row; a check before the step can refuse it"},
    VendorError{"unknown_type", 3, "", ErrorKind::permanent, "there is no such type", ""},
    VendorError{"decimal", 4, "", ErrorKind::permanent, "a decimal cannot be computed so", ""},
    VendorError{"mismatch_type", 5, "", ErrorKind::permanent, "types do not fit each other", ""},
    VendorError{"divide_by_zero", 6, "", ErrorKind::permanent, "a row divides by zero", "nullif(divisor, 0) makes the result null"},
    VendorError{"invalid_type", 8, "", ErrorKind::permanent, "a value has not the type that is wanted", ""},
    VendorError{"serialization", 9, "", ErrorKind::permanent, "the file is of another version of DuckDB, or damaged", ""},
    VendorError{"transaction", 10, "", ErrorKind::conflict, "another transaction changed the same rows or table", ""},
    VendorError{"not_implemented", 11, "", ErrorKind::permanent, "DuckDB cannot do it", ""},
    VendorError{"expression", 12, "", ErrorKind::permanent, "an expression cannot be computed", ""},
    VendorError{"catalog", 13, "", ErrorKind::permanent, "there is no such table, column or function, or there is one already", ""},
    VendorError{"parser", 14, "", ErrorKind::permanent, "the statement is not DuckDB's SQL",
                "penstock compile shows the statement; native_sql has to be put right by hand"},
    VendorError{"planner", 15, "", ErrorKind::permanent, "the statement cannot be planned", ""},
    VendorError{"scheduler", 16, "", ErrorKind::permanent, "DuckDB could not spread the work over threads", ""},
    VendorError{"executor", 17, "", ErrorKind::permanent, "the statement failed while it ran", ""},
    VendorError{"constraint", 18, "", ErrorKind::permanent, "the rows break a constraint of the table", ""},
    VendorError{"connection", 21, "", ErrorKind::transient, "the connection to the database broke", ""},
    VendorError{"syntax", 22, "", ErrorKind::permanent, "the statement is not DuckDB's SQL",
                "penstock compile shows the statement; native_sql has to be put right by hand"},
    VendorError{"settings", 23, "", ErrorKind::permanent, "there is no such setting, or it has no such value",
                "check the settings of the connection"},
    VendorError{"binder", 24, "", ErrorKind::permanent, "a name or a type in the statement does not fit",
                "penstock sources pull reads the columns anew"},
    VendorError{"network", 25, "", ErrorKind::transient, "a file of another machine could not be reached", ""},
    VendorError{"io", 28, "", ErrorKind::transient, "a file could not be read or written",
                "the message names the file: is it there, and may Penstock's user write it?"},
    VendorError{"interrupt", 29, "", ErrorKind::cancelled, "the statement was cancelled on request", ""},
    VendorError{"fatal", 30, "", ErrorKind::in_doubt, "DuckDB gave up the database; it is opened again", ""},
    VendorError{"internal", 31, "", ErrorKind::permanent, "a fault of DuckDB itself; the database is opened again", ""},
    VendorError{"invalid_input", 32, "", ErrorKind::permanent, "the statement or a value in it is not fit for what it asks", ""},
    VendorError{"out_of_memory", 33, "", ErrorKind::resource, "the statement needs more memory than it may have",
                "raise `memory_limit` of the connection, or set `temp_directory` to a folder with room to spill"},
    VendorError{"permission", 34, "", ErrorKind::permission, "the settings of the database forbid it", ""},
    VendorError{"parameter_not_resolved", 35, "", ErrorKind::permanent, "the type of a parameter is not known", ""},
    VendorError{"dependency", 37, "", ErrorKind::permanent, "other objects depend on it", ""},
    VendorError{"http", 38, "", ErrorKind::transient, "a server of files answered with an error", ""},
    VendorError{"missing_extension", 39, "", ErrorKind::permanent, "an extension is needed that is not there",
                "put it into `extension_directory` of the connection"},
    VendorError{"autoload", 40, "", ErrorKind::permanent, "an extension could not be loaded",
                "put it into `extension_directory` of the connection"},
    VendorError{"sequence", 41, "", ErrorKind::permanent, "a sequence has no further value", ""},
};

constexpr connectors::ErrorCatalogue kCatalogue = {"duckdb", "duckdb_error_type of duckdb.h 1.4.4", "2026-11-21", kErrors};

bool is_full(const std::string& folder) {
  struct statvfs space {};
  constexpr std::uint64_t kFull = std::uint64_t{1} << 20U;
  return statvfs(folder.c_str(), &space) == 0 && std::uint64_t{space.f_bavail} * space.f_frsize < kFull;
}

}  // namespace

const connectors::ErrorCatalogue& error_catalogue() { return kCatalogue; }

Error to_error(int error_type, std::string_view message, const std::string& folder, const connectors::Redactor& redact) {
  const VendorError* const known = connectors::find_error(kCatalogue, error_type);
  Error error;
  error.kind = known == nullptr ? ErrorKind::permanent : known->kind;
  error.message = redact(message);
  error.hint = known == nullptr ? std::string() : std::string(known->advice);
  error.vendor_code = known == nullptr ? std::to_string(error_type) : std::string(known->code);
  if (error_type == kIo && !folder.empty() && is_full(folder)) {
    error.kind = ErrorKind::resource;
    error.hint = "the disk that holds " + folder + " is full";
  }
  return error;
}

bool poisons_database(int error_type) { return error_type == kFatal || error_type == kInternal; }

bool is_interrupt(int error_type) { return error_type == kInterrupt; }

}  // namespace penstock::duckdb
