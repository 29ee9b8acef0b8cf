#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "connectors/connector.h"

namespace penstock::faults {

/// What a caller may do with a connector.
enum class Operation { open, submit, follow, cancel, find, describe, dependants, traces, estimate, version };

/// What goes wrong with one operation.
enum class Fault {
  fail_before,  ///< Nothing is done; the caller gets unavailable (from follow: a failure of kind unavailable).
  fail_after,   ///< It is done, and the caller gets unavailable all the same; from follow: unknown, for its contract knows no lie.
  drop_answer,  ///< It is done, and the caller gets timed_out; from follow: unknown.
  delay,        ///< It is done, then `during` is called, then the caller gets the true answer.
};

/// The n-th operation fails, counted from 1 over all sessions; 0: none.
struct FaultPlan {
  std::size_t nth = 0;
  Fault fault = Fault::fail_before;
  std::function<void()> during;  ///< Moves a clock, cancels, kills: whatever may happen meanwhile. No test waits for wall time.
};

/// A connector in front of another that spoils one operation. Sweep: run once without a fault, take operations().size() as the number of
/// places, then run once per place and fault. Thread-safe as the contract asks.
class FaultyConnector : public connectors::Connector {
 public:
  FaultyConnector(connectors::Connector& inner, FaultPlan plan);

  /// Every operation so far, in order.
  std::vector<Operation> operations() const;

  Result<std::unique_ptr<connectors::Session>> open() override;
  Result<void> cancel(const connectors::Handle& handle) override;
  Result<connectors::Found> find(const connectors::Token& token, const connectors::Unit& unit) override;
  Result<connectors::TableDescription> describe(const std::string& catalog, const std::string& schema, const std::string& name) override;
  Result<connectors::Dependants> dependants(const connectors::DependedOn& table) override;
  Result<std::vector<connectors::Trace>> traces(const std::vector<std::string>& prefixes) override;
  Result<Estimate> estimate(const std::string& statement) override;
  Result<std::string> version() override;

 private:
  class FaultySession;

  /// Counts the operation; the fault that strikes it, or null.
  const Fault* strike(Operation operation);
  Error error_of(Fault fault) const;

  template <typename Value>
  Result<Value> spoil(Operation operation, const std::function<Result<Value>()>& act);

  connectors::Connector& inner_;
  const FaultPlan plan_;
  mutable std::mutex mutex_;
  std::vector<Operation> operations_;  ///< Guarded by mutex_.
};

}  // namespace penstock::faults
