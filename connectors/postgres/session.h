#pragma once

#include <memory>
#include <string>

#include "connectors/cancelled.h"
#include "connectors/connector.h"
#include "connectors/postgres/backend.h"
#include "connectors/postgres/wire.h"

namespace penstock::postgres {

/// Whether the unit drops its table and makes it anew. Then it goes as one transaction too, which marks the table with the unit's token: it
/// ends although this process dies, and the mark says that it was this try which made the table.
bool makes_anew(const connectors::Unit& unit);

/// One connection for units. One thread at a time.
class PostgresSession : public connectors::Session {
 public:
  PostgresSession(std::shared_ptr<const Target> target, std::shared_ptr<connectors::Cancelled> cancelled, std::shared_ptr<connectors::InDoubt> in_doubt,
                  std::unique_ptr<Wire> wire);

  Result<connectors::Handle> submit(const connectors::Unit& unit, const connectors::Token& token) override;
  connectors::Outcome follow(const connectors::Handle& handle, const connectors::Unit& unit, const connectors::HandleMoved& moved) override;

 private:
  connectors::Outcome run(const UnitName& name, const connectors::Unit& unit);
  connectors::Outcome run_transaction(const UnitName& name, const connectors::Unit& unit, Wire::Deadline deadline);
  connectors::Outcome run_statements(const UnitName& name, const connectors::Unit& unit, Wire::Deadline deadline);
  connectors::Outcome adopt(const UnitName& name, const connectors::Unit& unit, Wire::Deadline deadline, const std::string& what);
  connectors::Outcome failed(const UnitName& name, const connectors::Unit& unit, Wire::Sent sent, Wire::Deadline deadline);
  void take_rows(Wire::Sent& sent, connectors::Outcome& outcome);
  bool still_runs(const UnitName& name) const;

  const std::shared_ptr<const Target> target_;
  const std::shared_ptr<connectors::Cancelled> cancelled_;
  const std::shared_ptr<connectors::InDoubt> in_doubt_;
  std::unique_ptr<Wire> wire_;
  std::string pending_;  ///< Token of the unit that was submitted and has not begun.
};

}  // namespace penstock::postgres
