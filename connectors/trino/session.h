#pragma once

#include <memory>
#include <optional>
#include <string>

#include "connectors/cancelled.h"
#include "connectors/connector.h"
#include "connectors/settlement.h"
#include "connectors/trino/client.h"

namespace penstock::trino {

/// What a handle holds: which statement of the unit, its query, and the next page.
struct Position {
  std::size_t statement = 0;
  bool gave_rows = false;  ///< A page with rows has been passed, which nobody can ask for again.
  std::string query_id;
  std::string page;  ///< A path; empty where it is not known.
  std::string token;
};
connectors::Handle to_handle(const Position& position);
std::optional<Position> to_position(const connectors::Handle& handle);

/// Stops the query and waits until the server says that it and all of its tasks have ended.
Result<void> stop_and_confirm(Client& client, const Position& position);

/// One thread at a time.
class TrinoSession : public connectors::Session {
 public:
  TrinoSession(std::shared_ptr<const Target> target, std::shared_ptr<connectors::Cancelled> cancelled,
               std::shared_ptr<connectors::InDoubt> in_doubt);

  Result<connectors::Handle> submit(const connectors::Unit& unit, const connectors::Token& token) override;
  connectors::Outcome follow(const connectors::Handle& handle, const connectors::Unit& unit, const connectors::HandleMoved& moved) override;

 private:
  using Deadline = std::optional<std::chrono::steady_clock::time_point>;
  struct Following;

  connectors::Outcome follow_unit(Following& following);
  std::optional<connectors::Outcome> follow_statement(Following& following);
  std::optional<connectors::Outcome> next_statement(Following& following);
  std::optional<connectors::Outcome> keep(Following& following, Page& page);
  connectors::Outcome ended_with(Following& following, const QueryError& error);
  connectors::Outcome settle(Following& following, Error cause);
  connectors::Outcome stop(Following& following, Error cause);

  const std::shared_ptr<const Target> target_;
  const std::shared_ptr<connectors::Cancelled> cancelled_;
  const std::shared_ptr<connectors::InDoubt> in_doubt_;
  Client client_;
};

}  // namespace penstock::trino
