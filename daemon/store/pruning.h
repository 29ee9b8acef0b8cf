#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <string>

#include "daemon/store/connection.h"

namespace penstock::store {

/// Which runs that have ended are kept: the newest of each pipeline, and beyond them those that did not succeed for a while. Kept in any
/// case is a run with a step in state unknown, with a working table to drop, or of a backfill that goes on.
struct Retention {
  int runs = 1000;
  std::chrono::hours failures{24 * 90};
};

/// Deletes the runs that a rule lets go, a little at a time, then gives the room back to the disk. One thread, that of the connection;
/// throws SQLite::Exception.
class Pruning {
 public:
  Pruning(const Retention& retention, Time now) : retention_(retention), now_(now) {}

  /// One short transaction. False when there is nothing left to do.
  bool proceed(Connection& connection);

 private:
  struct Place {
    Time created{};
    std::string id;
  };

  bool find_run(Connection& connection);
  bool next_pipeline(Connection& connection);
  bool delete_rows(Connection& connection);

  const Retention retention_;
  const Time now_;
  std::optional<std::deque<std::string>> pipelines_;  ///< Those still to be looked at; the first one is.
  std::optional<Place> kept_from_;                    ///< Of that pipeline, the oldest run that is among the newest.
  Place looked_to_;                                   ///< Of that pipeline, the runs up to here have been looked at.
  std::optional<std::int64_t> run_;                   ///< The run that is being deleted.
};

}  // namespace penstock::store
