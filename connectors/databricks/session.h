#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "connectors/cancelled.h"
#include "connectors/connector.h"
#include "connectors/databricks/client.h"
#include "connectors/databricks/position.h"
#include "connectors/settlement.h"

namespace penstock::databricks {

/// What this process knows of its units. Any thread.
class Known {
 public:
  /// A unit of which nothing has been sent.
  void announce(const std::string& token);
  bool is_announced(const std::string& token) const;
  /// True once for each that was announced: whoever takes it may send it, because nobody else has.
  bool take(const std::string& token);

  void note_running(const std::string& token, const std::string& id);
  void note_ended(const std::string& token);
  std::optional<std::string> running(const std::string& token) const;

  connectors::Cancelled cancelled;
  connectors::InDoubt in_doubt;

 private:
  mutable std::mutex mutex_;
  std::set<std::string> announced_;             ///< Guarded by mutex_.
  std::map<std::string, std::string> running_;  ///< Guarded by mutex_.
};

/// Asks the workspace to stop the statement and waits until it has ended.
Result<Statement> stop_and_confirm(Client& client, const std::string& id);

/// One thread at a time.
class DatabricksSession : public connectors::Session {
 public:
  DatabricksSession(std::shared_ptr<const Target> target, std::shared_ptr<Known> known);

  Result<connectors::Handle> submit(const connectors::Unit& unit, const connectors::Token& token) override;
  connectors::Outcome follow(const connectors::Handle& handle, const connectors::Unit& unit, const connectors::HandleMoved& moved) override;

 private:
  using Deadline = std::optional<std::chrono::steady_clock::time_point>;
  struct Following;
  using End = std::optional<connectors::Outcome>;

  connectors::Outcome follow_unit(Following& following);
  End begin(Following& following);
  End send(Following& following);
  Result<bool> attach(Following& following);
  End never_arrived(Following& following, const Error& cause, bool may_send);
  End keep_safe(Following& following);
  End follow_statement(Following& following);
  End ended(Following& following, Statement& statement);
  connectors::Outcome stop(Following& following, Error cause);
  connectors::Outcome settle(Following& following, Error cause);

  const std::shared_ptr<const Target> target_;
  const std::shared_ptr<Known> known_;
  Client client_;
  connectors::Token token_;  ///< Of the unit that was submitted last.
};

}  // namespace penstock::databricks
