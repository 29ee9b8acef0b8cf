#include "connectors/postgres/errors.h"

#include <algorithm>
#include <array>

namespace penstock::postgres {

namespace {

using connectors::VendorError;

// The whole code is looked for first, then its class.
constexpr std::array kErrors = {
    VendorError{"40001", 0, "40001", ErrorKind::conflict, "the transaction cannot be serialized: others changed what it read", ""},
    VendorError{"40P01", 0, "40P01", ErrorKind::conflict, "a deadlock; the server ended this transaction",
                "two transactions waited for each other"},
    VendorError{"40003", 0, "40003", ErrorKind::in_doubt, "the server does not know whether the statement completed", ""},
    VendorError{"55P03", 0, "55P03", ErrorKind::transient, "a lock was not to be had in time",
                "another transaction holds the lock; `lock_timeout` of the connection says how long to wait"},
    VendorError{"55006", 0, "55006", ErrorKind::transient, "another uses the object just now", ""},
    VendorError{"57014", 0, "57014", ErrorKind::cancelled, "the statement was cancelled on request, or by statement_timeout", ""},
    VendorError{"57P01", 0, "57P01", ErrorKind::transient, "the server ended the connection",
                "the server ended the connection: an administrator, or a shutdown"},
    VendorError{"57P02", 0, "57P02", ErrorKind::transient, "the server crashed and restarts", "the server crashed and restarts"},
    VendorError{"57P03", 0, "57P03", ErrorKind::unavailable, "the server takes no connections just now",
                "the server is starting up or shutting down"},
    VendorError{"57P05", 0, "57P05", ErrorKind::transient, "the session was idle for too long", ""},
    VendorError{"53300", 0, "53300", ErrorKind::throttled, "the server has no connection left",
                "the server has no connection left: lower `slots`, or raise its max_connections"},
    VendorError{"53400", 0, "53400", ErrorKind::resource, "a limit of the server's configuration was reached", ""},
    VendorError{"53200", 0, "53200", ErrorKind::resource, "the server is out of memory", "the server is out of memory"},
    VendorError{"53100", 0, "53100", ErrorKind::resource, "the server's disk is full", "the server's disk is full"},
    VendorError{"58030", 0, "58030", ErrorKind::transient, "the server could not read or write a file", ""},
    VendorError{"28P01", 0, "28P01", ErrorKind::unauthenticated, "the password is wrong", "check `user` and `password` of the connection"},
    VendorError{"28000", 0, "28000", ErrorKind::unauthenticated, "the server does not let this user in from here",
                "the server's pg_hba.conf does not let this user in from here"},
    VendorError{"3D000", 0, "3D000", ErrorKind::invalid_input, "there is no such database", "check `database` of the connection"},
    VendorError{"3F000", 0, "3F000", ErrorKind::permanent, "there is no such schema", "check `schema` of the connection"},
    VendorError{"42501", 0, "42501", ErrorKind::permission, "the user has not the privilege", "grant it to the connection's user"},
    VendorError{"42P01", 0, "42P01", ErrorKind::permanent, "there is no such table",
                "penstock sources list shows what the project expects"},
    VendorError{"42703", 0, "42703", ErrorKind::permanent, "there is no such column", "penstock sources pull reads the columns anew"},
    VendorError{"42883", 0, "42883", ErrorKind::permanent, "there is no function or operator for these types", ""},
    VendorError{"42601", 0, "42601", ErrorKind::permanent, "the statement is not PostgreSQL's SQL",
                "penstock compile shows the statement; native_sql has to be put right by hand"},
    VendorError{"42804", 0, "42804", ErrorKind::permanent, "types do not fit each other", ""},
    VendorError{"42P07", 0, "42P07", ErrorKind::permanent, "another has made a table of that name", ""},
    VendorError{"42710", 0, "42710", ErrorKind::conflict, "another has made an object of that name", ""},
    VendorError{"22012", 0, "22012", ErrorKind::permanent, "a row divides by zero", "nullif(divisor, 0) makes the result null"},
    VendorError{"22003", 0, "22003", ErrorKind::permanent, "a number does not fit its type", "cast to a wider type"},
    VendorError{"22P02", 0, "22P02", ErrorKind::permanent, "a row holds a text that is no value of the type it is cast to",
                "find the row; a check before the step can refuse it"},
    VendorError{"22001", 0, "22001", ErrorKind::permanent, "a text is longer than its column", ""},
    VendorError{"23505", 0, "23505", ErrorKind::permanent, "a key is there already",
                "the key of the step is not unique in its rows, or another writes the table"},
    VendorError{"23502", 0, "23502", ErrorKind::permanent, "a column that must not be null is", ""},
    VendorError{"23503", 0, "23503", ErrorKind::permanent, "a foreign key forbids it", ""},
    VendorError{"25006", 0, "25006", ErrorKind::refused, "the connection is read-only", "the connection is read-only"},
    VendorError{"25P03", 0, "25P03", ErrorKind::transient, "the transaction was idle for too long", ""},
    VendorError{"2BP01", 0, "2BP01", ErrorKind::permanent, "other objects depend on it",
                "drop by hand what depends on it, or ask its owner to; or leave it as it is"},
    VendorError{"54001", 0, "54001", ErrorKind::permanent, "the statement is too complex for the server's stack", "split the step in two"},
    VendorError{"40", 0, "", ErrorKind::conflict, "any other rollback by the server", "", true},
    VendorError{"08", 0, "", ErrorKind::transient, "the connection failed", "", true},
    VendorError{"53", 0, "", ErrorKind::resource, "any other thing that ran out", "", true},
    VendorError{"58", 0, "", ErrorKind::permanent, "any other fault of the system around the server", "", true},
    VendorError{"28", 0, "", ErrorKind::unauthenticated, "any other refused login", "", true},
    VendorError{"0A", 0, "", ErrorKind::permanent, "the server cannot do it", "", true},
    VendorError{"22", 0, "", ErrorKind::permanent, "any other value that does not fit: the data is at fault", "", true},
    VendorError{"23", 0, "", ErrorKind::permanent, "any other constraint that the rows break", "", true},
    VendorError{"42", 0, "", ErrorKind::permanent, "any other fault of the statement", "", true},
    VendorError{"XX", 0, "", ErrorKind::permanent, "an internal error of the server", "an internal error of the server; its log says more",
                true},
};

constexpr connectors::ErrorCatalogue kCatalogue = {"postgres", "PostgreSQL 15, appendix A of its manual", "2026-11-30", kErrors};

constexpr std::array<std::string_view, 4> kChangedAtOnce = {"could not open relation with OID ", "cache lookup failed for ",
                                                            "tuple concurrently updated", "tuple concurrently deleted"};

}  // namespace

const connectors::ErrorCatalogue& error_catalogue() { return kCatalogue; }

ErrorKind kind_of(std::string_view sqlstate) {
  const VendorError* entry = connectors::find_error(kCatalogue, sqlstate);
  return entry == nullptr ? ErrorKind::permanent : entry->kind;
}

bool changed_at_once(std::string_view sqlstate, std::string_view message) {
  if (sqlstate != kInternalError) return false;
  return std::any_of(kChangedAtOnce.begin(), kChangedAtOnce.end(),
                     [&](std::string_view text) { return message.find(text) != std::string_view::npos; });
}

std::string_view hint_of(std::string_view sqlstate) {
  const VendorError* entry = connectors::find_error(kCatalogue, sqlstate);
  return entry == nullptr ? std::string_view() : entry->advice;
}

}  // namespace penstock::postgres
