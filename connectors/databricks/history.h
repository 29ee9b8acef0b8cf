#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "connectors/databricks/client.h"
#include "connectors/databricks/position.h"

namespace penstock::databricks {

/// A statement of ours in the workspace's query history, which may lag behind by seconds.
struct Recorded {
  std::string id;
  std::string token;
  std::size_t statement = 0;  ///< Its place in the unit.
  bool is_running = false;
};

/// The newest statement of the unit since then. Nothing where the history does not have it, or not yet.
Result<std::optional<Recorded>> recorded(Client& client, const std::string& token, WallClock::time_point since);

/// The same, asked again for as long as the history may lag behind.
Result<std::optional<Recorded>> recorded_by_now(Client& client, const std::string& token, WallClock::time_point since);

/// All that run on the connection's warehouse, of any process of Penstock.
Result<std::vector<Recorded>> running(Client& client);

/// What the history tells of a statement that has ended: bytes read, and how long it took; empty where it tells nothing yet.
struct Told {
  std::optional<std::int64_t> bytes;
  std::chrono::milliseconds time{0};
};
Told told(Client& client, const std::string& id);

/// What a Delta table's own history says about a write of ours. It is a part of the commit and does not lag.
struct Landed {
  enum class Answer { yes, no, untold };  ///< untold: it keeps no history that names statements, or names one that nobody knows.
  Answer answer = Answer::untold;
  std::optional<std::int64_t> rows;
};

/// Whether the statement with that id has written the table; it must have ended.
Result<Landed> has_landed(Client& client, const std::string& table, const std::string& id);

/// The same where the id is not known: whether some statement with the unit's token has written it since then.
Result<Landed> has_landed_since(Client& client, const std::string& table, const std::string& token, WallClock::time_point since);

}  // namespace penstock::databricks
