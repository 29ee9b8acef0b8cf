#include "tests/faults/connectors/faulty_connector.h"

namespace penstock::faults {

using connectors::Outcome;

class FaultyConnector::FaultySession : public connectors::Session {
 public:
  FaultySession(FaultyConnector& owner, std::unique_ptr<connectors::Session> inner) : owner_(owner), inner_(std::move(inner)) {}

  Result<connectors::Handle> submit(const connectors::Unit& unit, const connectors::Token& token) override {
    return owner_.spoil<connectors::Handle>(Operation::submit, [&] { return inner_->submit(unit, token); });
  }

  Outcome follow(const connectors::Handle& handle, const connectors::Unit& unit, const connectors::HandleMoved& moved) override {
    const Fault* fault = owner_.strike(Operation::follow);
    Outcome spoilt;
    spoilt.state = Outcome::State::failed;
    if (fault != nullptr && *fault == Fault::fail_before) {
      spoilt.error = owner_.error_of(*fault);
      return spoilt;
    }
    Outcome outcome = inner_->follow(handle, unit, moved);
    if (fault == nullptr) return outcome;
    if (*fault == Fault::delay) {
      if (owner_.plan_.during) owner_.plan_.during();
      return outcome;
    }
    spoilt.state = Outcome::State::unknown;
    spoilt.error = owner_.error_of(*fault);
    spoilt.error.kind = ErrorKind::in_doubt;
    return spoilt;
  }

 private:
  FaultyConnector& owner_;
  std::unique_ptr<connectors::Session> inner_;
};

FaultyConnector::FaultyConnector(connectors::Connector& inner, FaultPlan plan) : inner_(inner), plan_(std::move(plan)) {}

std::vector<Operation> FaultyConnector::operations() const {
  const std::lock_guard lock(mutex_);
  return operations_;
}

const Fault* FaultyConnector::strike(Operation operation) {
  const std::lock_guard lock(mutex_);
  operations_.push_back(operation);
  return operations_.size() == plan_.nth ? &plan_.fault : nullptr;
}

Error FaultyConnector::error_of(Fault fault) const {
  Error error;
  error.kind = fault == Fault::drop_answer ? ErrorKind::timed_out : ErrorKind::unavailable;
  error.message = "an injected fault at operation " + std::to_string(plan_.nth);
  return error;
}

template <typename Value>
Result<Value> FaultyConnector::spoil(Operation operation, const std::function<Result<Value>()>& act) {
  const Fault* fault = strike(operation);
  if (fault == nullptr) return act();
  if (*fault == Fault::fail_before) return fail(error_of(*fault));
  Result<Value> answer = act();
  if (*fault != Fault::delay) return fail(error_of(*fault));
  if (plan_.during) plan_.during();
  return answer;
}

Result<std::unique_ptr<connectors::Session>> FaultyConnector::open() {
  return spoil<std::unique_ptr<connectors::Session>>(Operation::open, [&]() -> Result<std::unique_ptr<connectors::Session>> {
    Result<std::unique_ptr<connectors::Session>> session = inner_.open();
    if (!session) return session;
    return std::unique_ptr<connectors::Session>(std::make_unique<FaultySession>(*this, *std::move(session)));
  });
}

Result<void> FaultyConnector::cancel(const connectors::Handle& handle) {
  return spoil<void>(Operation::cancel, [&] { return inner_.cancel(handle); });
}

Result<connectors::Found> FaultyConnector::find(const connectors::Token& token, const connectors::Unit& unit) {
  return spoil<connectors::Found>(Operation::find, [&] { return inner_.find(token, unit); });
}

Result<connectors::TableDescription> FaultyConnector::describe(const std::string& catalog, const std::string& schema,
                                                               const std::string& name) {
  return spoil<connectors::TableDescription>(Operation::describe, [&] { return inner_.describe(catalog, schema, name); });
}

Result<connectors::Dependants> FaultyConnector::dependants(const connectors::DependedOn& table) {
  return spoil<connectors::Dependants>(Operation::dependants, [&] { return inner_.dependants(table); });
}

Result<std::vector<connectors::Trace>> FaultyConnector::traces(const std::vector<std::string>& prefixes) {
  return spoil<std::vector<connectors::Trace>>(Operation::traces, [&] { return inner_.traces(prefixes); });
}

Result<connectors::Connector::Estimate> FaultyConnector::estimate(const std::string& statement) {
  return spoil<Estimate>(Operation::estimate, [&] { return inner_.estimate(statement); });
}

Result<std::string> FaultyConnector::version() {
  return spoil<std::string>(Operation::version, [&] { return inner_.version(); });
}

}  // namespace penstock::faults
