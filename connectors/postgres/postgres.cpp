#include "connectors/postgres/postgres.h"

#include "connectors/postgres/backend.h"
#include "connectors/postgres/catalog.h"
#include "connectors/postgres/session.h"
#include "connectors/settlement.h"

namespace penstock::postgres {

namespace {

using connectors::Found;

/// Each question has a connection of its own: they are rare, and come from any thread.
class PostgresConnector : public connectors::Connector {
 public:
  explicit PostgresConnector(Target target) : target_(std::make_shared<const Target>(std::move(target))) {}

  Result<std::unique_ptr<connectors::Session>> open() override {
    Result<std::unique_ptr<Wire>> wire = Wire::connect(*target_);
    if (!wire) return fail(wire.error());
    return std::unique_ptr<connectors::Session>(std::make_unique<PostgresSession>(target_, cancelled_, *std::move(wire)));
  }

  Result<void> cancel(const connectors::Handle& handle) override {
    const std::optional<UnitName> name = to_name(handle);
    if (!name) return fail(ErrorKind::invalid_input, "this is no handle of PostgreSQL");
    cancelled_->add(name->token);
    Result<std::unique_ptr<Wire>> wire = Wire::connect(*target_);
    if (!wire) return fail(wire.error());
    return stop(**wire, *name);
  }

  Result<Found> find(const connectors::Token& token, const connectors::Unit& unit) override {
    Result<std::unique_ptr<Wire>> wire = Wire::connect(*target_);
    if (!wire) return fail(wire.error());
    const Result<std::optional<UnitName>> running = find_running(**wire, token.id);
    if (!running) return fail(running.error());
    Found found;
    if (*running) {
      found.state = Found::State::running;
      found.handle = to_handle(**running);
      return found;
    }
    // Nothing was sent before `follow`, and follow comes after a safe handle: without a trace it has not begun.
    found.state = Found::State::never_arrived;
    if (unit.ledger_token.empty()) return found;
    const Result<connectors::LedgerEntry> entry = read_ledger(**wire, unit);
    if (!entry) return fail(entry.error());
    if (entry->present) {
      found.state = Found::State::ended;
      found.outcome = connectors::settled_by_ledger(unit, *entry, "the process that sent the statement has ended");
    }
    return found;
  }

  Result<connectors::TableDescription> describe(const std::string& catalog, const std::string& schema, const std::string& name) override {
    Result<std::unique_ptr<Wire>> wire = Wire::connect(*target_);
    if (!wire) return fail(wire.error());
    return postgres::describe(**wire, catalog, schema, name);
  }

  Result<Estimate> estimate(const std::string& statement) override {
    Result<std::unique_ptr<Wire>> wire = Wire::connect(*target_);
    if (!wire) return fail(wire.error());
    return postgres::estimate(**wire, statement);
  }

  Result<std::string> version() override {
    Result<std::unique_ptr<Wire>> wire = Wire::connect(*target_);
    if (!wire) return fail(wire.error());
    const auto rows = (*wire)->ask("show server_version");
    if (!rows) return fail(rows.error());
    return "PostgreSQL " + (rows->empty() ? std::string() : rows->front()[0].value_or(""));
  }

 private:
  const std::shared_ptr<const Target> target_;
  const std::shared_ptr<Cancelled> cancelled_ = std::make_shared<Cancelled>();
};

}  // namespace

Result<std::unique_ptr<connectors::Connector>> make_connector(const connectors::Settings& settings) {
  Result<Target> target = make_target(settings);
  if (!target) return fail(target.error());
  return std::unique_ptr<connectors::Connector>(std::make_unique<PostgresConnector>(*std::move(target)));
}

}  // namespace penstock::postgres
