#include "daemon/store/connection.h"

#include <sqlite3.h>

#include <cstring>

#include "daemon/store/migrations.h"

namespace penstock::store {

Query& Query::in(std::string_view value) {
  statement_.bind(++bound_, std::string(value));
  return *this;
}

Query& Query::in(const ContentHash& value) {
  statement_.bind(++bound_, value.bytes.data(), static_cast<int>(value.bytes.size()));
  return *this;
}

std::string Query::text() {
  const SQLite::Column column = statement_.getColumn(read_++);
  const auto* data = static_cast<const char*>(column.getBlob());
  return data == nullptr ? std::string() : std::string(data, static_cast<std::size_t>(column.getBytes()));
}

void Query::out(ContentHash& value) {
  const SQLite::Column column = statement_.getColumn(read_++);
  if (static_cast<std::size_t>(column.getBytes()) == value.bytes.size())
    std::memcpy(value.bytes.data(), column.getBlob(), value.bytes.size());
}

Connection::Connection(const std::string& path, int flags) : database_(path, flags) {
  database_.setBusyTimeout(kBusyTimeoutMs);
  database_.exec("PRAGMA foreign_keys = ON; PRAGMA mmap_size = 268435456; PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY");
}

Connection::~Connection() { statements_.clear(); }

SQLite::Statement& Connection::prepare(const std::string& sql) {
  auto found = statements_.find(sql);
  if (found == statements_.end()) found = statements_.emplace(sql, SQLite::Statement(database_, sql)).first;
  return found->second;
}

Result<void> check_is_store(Connection& connection, const std::string& path) {
  SQLite::Database& database = connection.database();
  const std::int64_t version = database.execAndGet("PRAGMA user_version").getInt64();
  const auto newest = static_cast<std::int64_t>(migrations().size());
  const bool empty = database.execAndGet("SELECT count(*) FROM sqlite_master").getInt64() == 0;
  if (!empty && database.execAndGet("PRAGMA application_id").getInt64() != kApplicationId) {
    return fail(ErrorKind::refused, "the file " + path + " is a database of another program", "name another file for the store");
  }
  if (version > newest) {
    return fail(ErrorKind::refused,
                "the store " + path + " was written by a newer Penstock (store version " + std::to_string(version) + ", this one knows " +
                    std::to_string(newest) + ")",
                "use that version of Penstock, or another store");
  }
  return {};
}

void migrate(Connection& connection) {
  SQLite::Database& database = connection.database();
  const auto newest = static_cast<std::int64_t>(migrations().size());
  for (std::int64_t number = database.execAndGet("PRAGMA user_version").getInt64(); number < newest; ++number) {
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    database.exec(std::string(migrations()[static_cast<std::size_t>(number)]));
    database.exec("PRAGMA application_id = " + std::to_string(kApplicationId));
    database.exec("PRAGMA user_version = " + std::to_string(number + 1));
    transaction.commit();
  }
}

Error storage_error(const SQLite::Exception& exception, const std::string& path) {
  Error error;
  error.kind = ErrorKind::storage;
  error.vendor_code = std::to_string(exception.getExtendedErrorCode());
  switch (exception.getErrorCode()) {
    case SQLITE_FULL:
      error.message = "the disk that holds the store " + path + " is full";
      error.hint = "free some space; nothing that was committed is lost";
      break;
    case SQLITE_IOERR:
      error.message = "the disk that holds the store " + path + " refuses: " + exception.getErrorStr();
      error.hint = "look at the disk, its quota and the limits of the process (ulimit -f); nothing that was committed is lost";
      break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      error.message = "the store " + path + " is damaged or is no Penstock store: " + exception.getErrorStr();
      error.hint = "restore a backup, or move the file away to begin with an empty store";
      break;
    case SQLITE_CANTOPEN:
      error.message = "cannot open the store " + path;
      error.hint = "the folder has to exist and to be writable";
      break;
    case SQLITE_READONLY:
    case SQLITE_PERM:
      error.message = "the store " + path + " cannot be written";
      error.hint = "check the permissions of the file and of its folder";
      break;
    default:
      error.message = "the store " + path + " failed: " + exception.getErrorStr();
      break;
  }
  return error;
}

}  // namespace penstock::store
