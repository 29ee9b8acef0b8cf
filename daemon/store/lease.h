#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/store/connection.h"
#include "daemon/store/reader.h"

namespace penstock::store {

/// Connections that nobody reads with at the moment.
struct Readers::Pool {
  std::string path;
  std::mutex mutex;
  std::vector<std::unique_ptr<Connection>> idle;
  std::optional<Error> damage;

  /// The exception as an error, kept where the file is damaged.
  Error take(const SQLite::Exception& exception);
};

/// A connection with an open read transaction; gives the connection back to its pool.
struct Snapshot::Lease {
  Lease(std::shared_ptr<Readers::Pool> from, std::unique_ptr<Connection> with) : pool(std::move(from)), connection(std::move(with)) {}
  ~Lease();
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  /// Runs a reading function; SQLite's exceptions end here.
  template <typename F>
  auto read(F function) -> Result<decltype(function(std::declval<Connection&>()))> {
    try {
      return function(*connection);
    } catch (const SQLite::Exception& exception) {
      return fail(pool->take(exception));
    }
  }

  std::shared_ptr<Readers::Pool> pool;
  std::unique_ptr<Connection> connection;
};

}  // namespace penstock::store
