#include "connectors/postgres/postgres.h"

#include <mutex>
#include <utility>
#include <vector>

#include "connectors/postgres/backend.h"
#include "connectors/postgres/catalog.h"
#include "connectors/postgres/dependants.h"
#include "connectors/postgres/session.h"
#include "connectors/settlement.h"

namespace penstock::postgres {

namespace {

using connectors::Found;

Result<Found> find_by(Wire& wire, const connectors::InDoubt& in_doubt, const connectors::Token& token, const connectors::Unit& unit) {
  const Result<std::optional<UnitName>> running = find_running(wire, token.id);
  if (!running) return fail(running.error());
  Found found;
  if (*running) {
    found.state = Found::State::running;
    found.handle = to_handle(**running);
    return found;
  }
  // What is neither running nor in its ledger has not begun, has failed, or may be sent again (`token_suffices`).
  found.state = Found::State::never_arrived;
  if (makes_anew(unit)) {
    const Result<bool> made = is_marked(wire, unit.written_table, token.id);
    if (!made) return fail(made.error());
    if (*made) found.state = Found::State::ended;
    return found;
  }
  if (unit.ledger_token.empty()) {
    if (in_doubt.handle_of(token.id)) found.state = Found::State::unknown;
    return found;
  }
  const Result<connectors::LedgerEntry> entry = read_ledger(wire, unit);
  if (!entry) return fail(entry.error());
  return connectors::found_in_ledger(unit, *entry, "the process that sent the statement has ended");
}

/// Connections for questions, which come from any thread: as many as were ever asked at once, kept for the next ones.
class Questions {
 public:
  explicit Questions(std::shared_ptr<const Target> target) : target_(std::move(target)) {}

  /// Calls `ask` with a connection that nobody else uses meanwhile.
  template <typename Ask>
  auto with_wire(const Ask& ask) -> decltype(ask(std::declval<Wire&>())) {
    std::unique_ptr<Wire> wire = take();
    if (wire == nullptr) {
      Result<std::unique_ptr<Wire>> connected = Wire::connect(*target_);
      if (!connected) return fail(connected.error());
      wire = *std::move(connected);
    }
    auto answer = ask(*wire);
    // After an error the connection's state is not worth a thought.
    if (answer) give_back(std::move(wire));
    return answer;
  }

 private:
  std::unique_ptr<Wire> take() {
    const std::lock_guard lock(mutex_);
    while (!idle_.empty()) {
      std::unique_ptr<Wire> wire = std::move(idle_.back());
      idle_.pop_back();
      if (wire->alive()) return wire;
    }
    return nullptr;
  }

  void give_back(std::unique_ptr<Wire> wire) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(wire));
  }

  const std::shared_ptr<const Target> target_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Wire>> idle_;  ///< Guarded by mutex_.
};

class PostgresConnector : public connectors::Connector {
 public:
  PostgresConnector(Target target, const connectors::Connector* before) : target_(std::make_shared<const Target>(std::move(target))) {
    if (const auto* known = dynamic_cast<const PostgresConnector*>(before)) {
      cancelled_ = known->cancelled_;
      in_doubt_ = known->in_doubt_;
    }
  }

  Result<std::unique_ptr<connectors::Session>> open() override {
    Result<std::unique_ptr<Wire>> wire = Wire::connect(*target_);
    if (!wire) return fail(wire.error());
    return std::unique_ptr<connectors::Session>(std::make_unique<PostgresSession>(target_, cancelled_, in_doubt_, *std::move(wire)));
  }

  Result<void> cancel(const connectors::Handle& handle) override {
    const std::optional<UnitName> name = to_name(handle);
    if (!name) return fail(ErrorKind::invalid_input, "this is no handle of PostgreSQL");
    cancelled_->add(name->token);
    // Whether a server is silent shows sooner in a new connection than in one that may have to wait for an answer.
    const Result<std::unique_ptr<Wire>> wire = Wire::connect(*target_);
    return wire ? stop(**wire, *name) : fail(wire.error());
  }

  Result<Found> find(const connectors::Token& token, const connectors::Unit& unit) override {
    return questions_.with_wire([&](Wire& wire) { return find_by(wire, *in_doubt_, token, unit); });
  }

  bool token_suffices(const connectors::Unit& unit) const override { return connectors::settles_without_handle(unit); }
  Result<connectors::TableDescription> describe(const std::string& catalog, const std::string& schema, const std::string& name) override {
    return questions_.with_wire([&](Wire& wire) { return postgres::describe(wire, catalog, schema, name); });
  }

  Result<connectors::Dependants> dependants(const connectors::DependedOn& table) override {
    return questions_.with_wire([&](Wire& wire) { return postgres::dependants(wire, table); });
  }

  Result<std::vector<connectors::Trace>> traces(const std::vector<std::string>& prefixes) override {
    return questions_.with_wire([&](Wire& wire) { return postgres::traces(wire, prefixes); });
  }

  Result<Estimate> estimate(const std::string& statement) override {
    return questions_.with_wire([&](Wire& wire) { return postgres::estimate(wire, statement); });
  }

  Result<std::string> version() override {
    return questions_.with_wire([&](Wire& wire) -> Result<std::string> {
      const auto rows = wire.ask("show server_version");
      if (!rows) return fail(rows.error());
      return "PostgreSQL " + (rows->empty() ? std::string() : rows->front()[0].value_or(""));
    });
  }

 private:
  const std::shared_ptr<const Target> target_;
  std::shared_ptr<connectors::Cancelled> cancelled_ = std::make_shared<connectors::Cancelled>();
  std::shared_ptr<connectors::InDoubt> in_doubt_ = std::make_shared<connectors::InDoubt>();
  Questions questions_{target_};
};

}  // namespace

Result<std::unique_ptr<connectors::Connector>> make_connector(const connectors::Settings& settings) {
  Result<Target> target = make_target(settings);
  if (!target) return fail(target.error());
  return std::unique_ptr<connectors::Connector>(std::make_unique<PostgresConnector>(*std::move(target), nullptr));
}

Result<std::unique_ptr<connectors::Connector>> make_again(const connectors::Settings& settings, const connectors::Connector& before) {
  Result<Target> target = make_target(settings);
  if (!target) return fail(target.error());
  return std::unique_ptr<connectors::Connector>(std::make_unique<PostgresConnector>(*std::move(target), &before));
}

}  // namespace penstock::postgres
