#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "daemon/store/records.h"
#include "pipelines/base/result.h"

namespace penstock::store {

/// A prepared statement in use: values go in by `in`, columns come out by `out`, both from left to right. Resets it at the end.
class Query {
 public:
  explicit Query(SQLite::Statement& statement) : statement_(statement) {}
  ~Query() { statement_.tryReset(); }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  Query& in(std::int64_t value) {
    statement_.bind(++bound_, value);
    return *this;
  }
  Query& in(int value) { return in(static_cast<std::int64_t>(value)); }
  Query& in(bool value) { return in(static_cast<std::int64_t>(value)); }
  Query& in(const char* value) = delete;
  Query& in(std::string_view value);
  Query& in(const std::string& value) { return in(std::string_view(value)); }
  Query& in(Time value) { return in(static_cast<std::int64_t>(value.time_since_epoch().count())); }
  Query& in(const ContentHash& value);
  template <typename T>
  Query& in(const std::optional<T>& value) {
    if (value) return in(*value);
    statement_.bind(++bound_);
    return *this;
  }

  bool next() {
    read_ = 0;
    return statement_.executeStep();
  }
  /// Runs it to its end; how many rows it changed.
  int run() { return statement_.exec(); }

  bool is_null() const { return statement_.isColumnNull(read_); }
  std::int64_t integer() { return statement_.getColumn(read_++).getInt64(); }
  std::string text();
  void out(std::string& value) { value = text(); }
  void out(int& value) { value = static_cast<int>(integer()); }
  void out(std::int64_t& value) { value = integer(); }
  void out(bool& value) { value = integer() != 0; }
  void out(Time& value) { value = Time(std::chrono::microseconds(integer())); }
  void out(ContentHash& value);
  template <typename T>
  void out(std::optional<T>& value) {
    if (is_null()) {
      ++read_;
      value.reset();
      return;
    }
    out(value.emplace());
  }

 private:
  SQLite::Statement& statement_;
  int bound_ = 0;
  int read_ = 0;
};

inline constexpr int kBusyTimeoutMs = 2000;

/// A database with its prepared statements. Throws SQLite::Exception, which ends in the file that uses it. One thread.
class Connection {
 public:
  Connection(const std::string& path, int flags);
  ~Connection();

  /// The statement with this text, prepared once.
  SQLite::Statement& prepare(const std::string& sql);
  SQLite::Database& database() { return database_; }

 private:
  SQLite::Database database_;
  std::map<std::string, SQLite::Statement, std::less<>> statements_;
};

/// "PENS": the mark in the file's header that tells a store from another program's database.
inline constexpr int kApplicationId = 0x50454e53;

/// Refused when the file is another program's, or was written by a newer Penstock. An empty file is fine.
Result<void> check_is_store(Connection& connection, const std::string& path);

/// Brings an older or empty store to the newest version, each version in a transaction of its own.
void migrate(Connection& connection);

/// What SQLite's exception means to a person; no statement text in it.
Error storage_error(const SQLite::Exception& exception, const std::string& path);

}  // namespace penstock::store
