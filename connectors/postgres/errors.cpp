#include "connectors/postgres/errors.h"

#include <algorithm>
#include <array>

namespace penstock::postgres {

namespace {

struct Entry {
  std::string_view code;  ///< Five characters, or the two of a class.
  ErrorKind kind;
  std::string_view hint;
};

// The whole code is looked for first, then its class. What is in neither is permanent.
constexpr std::array<Entry, 31> kEntries = {{
    {"40001", ErrorKind::conflict, ""},
    {"40P01", ErrorKind::conflict, "two transactions waited for each other"},
    {"40003", ErrorKind::in_doubt, ""},
    {"40", ErrorKind::conflict, ""},
    {"55P03", ErrorKind::transient, "another transaction holds the lock; `lock_timeout` of the connection says how long to wait"},
    {"55006", ErrorKind::transient, ""},
    {"57014", ErrorKind::cancelled, ""},
    {"57P01", ErrorKind::transient, "the server ended the connection: an administrator, or a shutdown"},
    {"57P02", ErrorKind::transient, "the server crashed and restarts"},
    {"57P03", ErrorKind::unavailable, "the server is starting up or shutting down"},
    {"57P05", ErrorKind::transient, ""},
    {"08", ErrorKind::transient, ""},
    {"53300", ErrorKind::throttled, "the server has no connection left: lower `slots`, or raise its max_connections"},
    {"53400", ErrorKind::resource, ""},
    {"53200", ErrorKind::resource, "the server is out of memory"},
    {"53100", ErrorKind::resource, "the server's disk is full"},
    {"53", ErrorKind::resource, ""},
    {"58030", ErrorKind::transient, ""},
    {"58", ErrorKind::permanent, ""},
    {"28P01", ErrorKind::unauthenticated, "check `user` and `password` of the connection"},
    {"28000", ErrorKind::unauthenticated, "the server's pg_hba.conf does not let this user in from here"},
    {"28", ErrorKind::unauthenticated, ""},
    {"3D000", ErrorKind::invalid_input, "check `database` of the connection"},
    {"42501", ErrorKind::permission, "grant it to the connection's user"},
    {"25006", ErrorKind::refused, "the connection is read-only"},
    {"2BP01", ErrorKind::permanent, "drop by hand what depends on it, or ask its owner to; or leave it as it is"},
    {"25P03", ErrorKind::transient, ""},
    {"0A", ErrorKind::permanent, ""},
    {"42P07", ErrorKind::permanent, ""},
    {"42710", ErrorKind::conflict, ""},
    {"XX", ErrorKind::permanent, "an internal error of the server; its log says more"},
}};

constexpr std::array<std::string_view, 4> kChangedAtOnce = {"could not open relation with OID ", "cache lookup failed for ",
                                                            "tuple concurrently updated", "tuple concurrently deleted"};

const Entry* entry_of(std::string_view sqlstate) {
  for (std::string_view code : {sqlstate, sqlstate.substr(0, 2)}) {
    const auto* const found = std::find_if(kEntries.begin(), kEntries.end(), [&](const Entry& entry) { return entry.code == code; });
    if (found != kEntries.end()) return found;
  }
  return nullptr;
}

}  // namespace

ErrorKind kind_of(std::string_view sqlstate) {
  const Entry* entry = entry_of(sqlstate);
  return entry == nullptr ? ErrorKind::permanent : entry->kind;
}

bool changed_at_once(std::string_view sqlstate, std::string_view message) {
  if (sqlstate != kInternalError) return false;
  return std::any_of(kChangedAtOnce.begin(), kChangedAtOnce.end(),
                     [&](std::string_view text) { return message.find(text) != std::string_view::npos; });
}

std::string_view hint_of(std::string_view sqlstate) {
  const Entry* entry = entry_of(sqlstate);
  return entry == nullptr ? std::string_view() : entry->hint;
}

}  // namespace penstock::postgres
