#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "connectors/bigquery/client.h"
#include "connectors/cancelled.h"
#include "connectors/connector.h"
#include "connectors/settlement.h"

namespace penstock::bigquery {

/// How often a statement of a unit has been tried in vain: each try is a job of its own, because a used id never runs again. Only a job
/// that has ended counts, so that `newest_of` finds the last one without a gap. What an earlier process has tried, `find` and `follow` look
/// up at BigQuery. Any thread.
class Tries {
 public:
  int next(const std::string& token, std::size_t statement) const;
  void failed(const Position& position);
  void forget(const std::string& token);

 private:
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::size_t>, int> next_;  ///< Guarded by mutex_.
};

/// What the sessions of a connector, and a connector made again, know together.
struct Knowledge {
  connectors::Cancelled cancelled;
  connectors::InDoubt in_doubt;
  Tries tries;
  Location location;
};

/// The newest job of a unit, from a position on: later tries of a statement, then later statements. Nothing where there is none.
struct Newest {
  Position position;
  Job job;
};
Result<std::optional<Newest>> newest_of(Client& client, Position from);

/// Stops a job and waits until BigQuery says that it has ended.
Result<void> stop_and_confirm(Client& client, const JobName& name);

/// One thread at a time.
class BigquerySession : public connectors::Session {
 public:
  BigquerySession(std::shared_ptr<const Target> target, std::shared_ptr<Knowledge> knowledge);

  Result<connectors::Handle> submit(const connectors::Unit& unit, const connectors::Token& token) override;
  connectors::Outcome follow(const connectors::Handle& handle, const connectors::Unit& unit, const connectors::HandleMoved& moved) override;

  /// The same for a job that BigQuery has: it is not announced again.
  connectors::Outcome adopt(const Position& position, const connectors::Unit& unit);

 private:
  using Deadline = std::optional<std::chrono::steady_clock::time_point>;
  struct Following;

  connectors::Outcome follow_from(Position position, const connectors::Unit& unit, const connectors::HandleMoved& moved, bool is_there);
  connectors::Outcome follow_unit(Following& following);
  std::optional<connectors::Outcome> follow_statement(Following& following);
  std::optional<connectors::Outcome> announce(Following& following);
  std::optional<connectors::Outcome> wait_for_end(Following& following);
  std::optional<connectors::Outcome> ended(Following& following, const Job& job);
  std::optional<connectors::Outcome> read_rows(Following& following);
  std::optional<connectors::Outcome> next_statement(Following& following);
  std::optional<std::int64_t> rows_of_table(const Job& job);
  connectors::Outcome lost(Following& following, Error cause);

  const std::shared_ptr<const Target> target_;
  const std::shared_ptr<Knowledge> knowledge_;
  Client client_;
  connectors::Token announced_;  ///< Of the last `submit`: what the labels tell.
};

}  // namespace penstock::bigquery
