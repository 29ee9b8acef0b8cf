#pragma once

#include <string>
#include <vector>

#include "daemon/store/connection.h"
#include "daemon/store/store.h"

namespace penstock::store {

/// A compare-and-set that did not match. Thrown inside of the store only.
struct Conflict {
  std::string message;
};

/// Writes a transaction's changes in order and appends the events that they make, their sequence numbers included. Throws Conflict, or
/// SQLite::Exception; then the caller rolls everything back.
void apply(Connection& connection, const Transaction& transaction, std::vector<Event>& events);

/// Deletes at most a batch of what is past its retention: events, remembered requests. True when there may be more.
bool delete_expired(Connection& connection, Time now);

}  // namespace penstock::store
