#include "connectors/trino/errors.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace penstock::trino {

namespace {

constexpr int kAbandonedQuery = 2;
constexpr int kUserCanceled = 3;
constexpr int kAdministrativelyKilled = 38;

struct Entry {
  int code;
  ErrorKind kind;
  std::string_view hint;
};

// What is not listed is sorted by its type.
constexpr std::array<Entry, 27> kEntries = {{
    {kAbandonedQuery, ErrorKind::transient, "nobody asked for the query's state for longer than the server's query.client.timeout"},
    {kUserCanceled, ErrorKind::cancelled, ""},
    {4, ErrorKind::permission, "the server's access control forbids it"},
    {17, ErrorKind::conflict, "another writer committed first"},
    {kAdministrativelyKilled, ErrorKind::cancelled, "an administrator ended the query"},
    {65537, ErrorKind::transient, ""},
    {65539, ErrorKind::transient, "a worker answered with nonsense"},
    {65540, ErrorKind::transient, "a worker stopped answering"},
    {65541, ErrorKind::transient, "the cluster has no workers"},
    {65542, ErrorKind::transient, "a worker failed"},
    {65544, ErrorKind::transient, "a worker restarted"},
    {65545, ErrorKind::transient, "the server is shutting down"},
    {65548, ErrorKind::transient, "the server is starting up"},
    {65553, ErrorKind::transient, ""},
    {65558, ErrorKind::transient, "a worker is gone"},
    {131072, ErrorKind::resource, ""},
    {131073, ErrorKind::resource, "the query needs more memory than the cluster allows"},
    {131074, ErrorKind::throttled, "the server's query queue is full"},
    {131075, ErrorKind::timed_out, ""},
    {131076, ErrorKind::resource, "the cluster is out of memory"},
    {131077, ErrorKind::permanent, "the query used more CPU time than the cluster allows"},
    {131079, ErrorKind::resource, "the query needs more memory on one worker than it may have"},
    {131080, ErrorKind::transient, "the server preferred another query"},
    {131081, ErrorKind::permanent, "the query scans more than the cluster allows"},
    {131082, ErrorKind::resource, "the query spills or writes more than the cluster allows"},
    // ICEBERG_COMMIT_ERROR of Trino 476: the table is no longer as the query read it, or the catalogue did not take the change.
    {84148236, ErrorKind::conflict, "another writer committed first"},
    {16777216, ErrorKind::permanent, ""},
}};

const Entry* entry_of(int code) {
  const auto* const found = std::find_if(kEntries.begin(), kEntries.end(), [&](const Entry& entry) { return entry.code == code; });
  return found == kEntries.end() ? nullptr : found;
}

}  // namespace

ErrorKind kind_of(const QueryError& error) {
  if (const Entry* entry = entry_of(error.code)) return entry->kind;
  if (error.type == "INSUFFICIENT_RESOURCES") return ErrorKind::resource;
  // What a connector reports of the world behind it: a store, a catalogue, another database.
  if (error.type == "EXTERNAL") return ErrorKind::transient;
  return ErrorKind::permanent;
}

std::string hint_of(const QueryError& error) {
  const Entry* entry = entry_of(error.code);
  return entry == nullptr ? std::string() : std::string(entry->hint);
}

bool may_have_landed(const QueryError& error) {
  if (error.code == kAbandonedQuery || error.code == kUserCanceled || error.code == kAdministrativelyKilled) return true;
  return error.type != "USER_ERROR";
}

long offset_of(const QueryError& error, const std::string& statement) {
  if (error.line <= 0 || error.column <= 0) return -1;
  std::size_t at = 0;
  for (int line = 1; line < error.line; ++line) {
    at = statement.find('\n', at);
    if (at == std::string::npos) return -1;
    ++at;
  }
  // Columns count characters.
  for (int column = 1; column < error.column && at < statement.size(); ++column) {
    do {
      ++at;
    } while (at < statement.size() && (static_cast<unsigned char>(statement[at]) & 0xC0U) == 0x80U);
  }
  return static_cast<long>(std::min(at, statement.size()));
}

}  // namespace penstock::trino
