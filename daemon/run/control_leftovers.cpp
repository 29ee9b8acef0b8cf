#include <thread>

#include "daemon/run/control.h"
#include "daemon/run/lone_unit.h"
#include "pipelines/compiler/compiled.h"

namespace penstock::run {
namespace {

constexpr int kMostLeftovers = 20;

}  // namespace

Result<std::vector<PlannedUnit>> Control::leftovers_of(const std::string& connection) {
  auto snapshot = readers_->snapshot();
  if (!snapshot) return tl::unexpected(snapshot.error());
  const auto leftovers = snapshot->leftovers(connection, kMostLeftovers);
  if (!leftovers) return tl::unexpected(leftovers.error());
  std::vector<PlannedUnit> units;
  for (const std::vector<ContentHash>& statements : *leftovers) {
    PlannedUnit unit;
    unit.purpose = Purpose::cleanup;
    unit.unit.idempotent = true;
    for (const ContentHash& hash : statements) {
      auto text = snapshot->statement(hash);
      if (!text) return tl::unexpected(text.error());
      if (*text) unit.unit.statements.push_back(std::move(**text));
    }
    if (unit.unit.statements.size() == statements.size()) units.push_back(std::move(unit));
  }
  return units;
}

bool Control::is_stopping() {
  const std::lock_guard lock(mutex_);
  return stopping_ || halted_.has_value();
}

/// What earlier runs could not drop goes now where the target answers, and otherwise with a step that publishes there.
void Control::clear_leftovers() {
  std::thread([self = shared_from_this(), project = this->project()] {
    for (const model::Connection& connection : project->project->connections) {
      const auto units = self->leftovers_of(connection.name);
      if (!units || units->empty() || self->is_stopping()) continue;
      const auto pool = self->registry_.get(connection);
      const auto session = pool ? (*pool)->connector()->open() : tl::unexpected(pool.error());
      for (std::size_t i = 0; session && i < units->size() && !self->is_stopping(); ++i) {
        const std::vector<std::string>& texts = (*units)[i].unit.statements;
        if (!send_alone(**session, texts)) break;
        std::vector<ContentHash> statements;
        for (const std::string& text : texts) statements.push_back(hash_content(text));
        static_cast<void>(
            self->store_->commit({self->config_.clock->now(), {store::DropLeftover{connection.name, std::move(statements)}}}));
      }
    }
  }).detach();
}

}  // namespace penstock::run
