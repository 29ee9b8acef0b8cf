#pragma once

#include <memory>
#include <optional>
#include <string>

#include "connectors/connector.h"
#include "connectors/duckdb/database.h"
#include "connectors/duckdb/result.h"
#include "connectors/duckdb/running.h"
#include "connectors/redact.h"
#include "connectors/settlement.h"

namespace penstock::duckdb {

/// What every session of one connector shares.
struct Shared {
  std::shared_ptr<const Api> api;
  std::shared_ptr<Database> database;
  std::shared_ptr<Running> running;
  std::shared_ptr<connectors::InDoubt> in_doubt;
  connectors::Redactor redact;
  std::string instance;  ///< Random: tells handles of this process from those of an earlier one.
  std::string use;       ///< Native SQL name of the schema for unqualified names; may be empty.
};

/// One DuckDB connection. One thread at a time.
class DuckdbSession : public connectors::Session {
 public:
  static Result<std::unique_ptr<DuckdbSession>> open(const std::shared_ptr<const Shared>& shared);
  ~DuckdbSession() override;
  DuckdbSession(const DuckdbSession&) = delete;
  DuckdbSession& operator=(const DuckdbSession&) = delete;

  Result<connectors::Handle> submit(const connectors::Unit& unit, const connectors::Token& token) override;
  connectors::Outcome follow(const connectors::Handle& handle, const connectors::Unit& unit, const connectors::HandleMoved& moved) override;

  /// Rows of a catalogue query; `parameters` are bound as text in order.
  Result<std::vector<connectors::Row>> ask(const std::string& sql, const std::vector<std::string>& parameters);

  /// What the unit's ledger says about its token; absent where there is no such table.
  Result<connectors::LedgerEntry> read_ledger(const connectors::Unit& unit);

 private:
  DuckdbSession(std::shared_ptr<const Shared> shared, ConnectionHandle* connection);

  connectors::Outcome run(const connectors::Unit& unit, const Running::Entry& entry);
  connectors::Outcome run_statements(const connectors::Unit& unit, const Running::Entry& entry);
  std::optional<Error> execute(const std::string& sql, std::int64_t* rows_written);
  std::optional<Error> read(const std::string& sql, std::size_t most, connectors::Outcome& outcome);
  Error error_of(QueryResult& result);
  connectors::Outcome settle(const connectors::Unit& unit);

  const std::shared_ptr<const Shared> shared_;
  ConnectionHandle* connection_;
  std::string pending_;  ///< Token of the unit that was submitted and has not begun.
};

/// The token in a handle, or empty for a text that is none of ours.
std::string token_of(const connectors::Handle& handle);

}  // namespace penstock::duckdb
