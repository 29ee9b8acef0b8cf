#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>

#include "connectors/duckdb/api.h"
#include "connectors/redact.h"
#include "pipelines/base/result.h"

namespace penstock::duckdb {

struct DatabaseOptions {
  std::string path;  ///< A file; ":memory:" is a database of its own for each connector.
  std::map<std::string, std::string> config;
  bool read_only = false;
};

/// One open database file. DuckDB locks the file for the process, so every connector that names the same file shares the instance; it is
/// closed with its last user. Any thread.
class Database {
 public:
  /// Errors: invalid_input (no such folder, not a DuckDB file, a config value), throttled (another process holds the file), resource
  /// (full disk), permission.
  static Result<std::shared_ptr<Database>> open(std::shared_ptr<const Api> api, const DatabaseOptions& options,
                                                const connectors::Redactor& redact);

  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  const Api& api() const { return *api_; }
  DatabaseHandle* handle() const { return handle_; }

  /// The folder of the file, for questions about its disk; empty in memory.
  const std::string& folder() const { return folder_; }

  /// After a fatal error the instance refuses everything: the next open makes a new one.
  void poison() { poisoned_ = true; }
  bool poisoned() const { return poisoned_; }

 private:
  Database(std::shared_ptr<const Api> api, DatabaseHandle* handle, std::string folder);

  const std::shared_ptr<const Api> api_;
  DatabaseHandle* handle_;
  const std::string folder_;
  std::atomic<bool> poisoned_{false};
};

}  // namespace penstock::duckdb
