#include <algorithm>
#include <thread>

#include "daemon/run/control.h"
#include "daemon/run/lone_unit.h"
#include "daemon/run/orphans.h"
#include "pipelines/compiler/compiled.h"

namespace penstock::run {
namespace {

constexpr int kMostLeftovers = 20;

std::string words_of(const Orphan& orphan, const std::string& connection) {
  return "a session of run " + orphan.run_id + " (" + orphan.step + ") was left at the connection " + connection + " and has been ended";
}

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

/// What a network that broke left at the target works on for nobody, and may hold what is to be dropped.
void Control::end_sessions(const compiler::CompiledProject& project, const model::Connection& connection) {
  const auto pool = registry_.get(connection);
  if (!pool) return;
  connectors::Connector& connector = *(*pool)->connector();
  const auto orphans = find_orphans(project, connection, connector, *readers_, {});
  for (const Orphan& orphan : orphans.value_or(std::vector<Orphan>{})) {
    if (orphan.state != Orphan::State::left || is_stopping()) continue;
    if (connector.cancel(orphan.trace.handle)) note("session " + connection.name, words_of(orphan, connection.name));
  }
}

void Control::drop_leftovers(const model::Connection& connection) {
  const auto units = leftovers_of(connection.name);
  if (!units || units->empty()) return;
  const auto pool = registry_.get(connection);
  const auto session = pool ? (*pool)->connector()->open() : tl::unexpected(pool.error());
  for (std::size_t i = 0; session && i < units->size() && !is_stopping(); ++i) {
    const std::vector<std::string>& texts = (*units)[i].unit.statements;
    if (!send_alone(**session, texts)) return;
    std::vector<ContentHash> statements;
    for (const std::string& text : texts) statements.push_back(hash_content(text));
    static_cast<void>(store_->commit({config_.clock->now(), {store::DropLeftover{connection.name, std::move(statements)}}}));
  }
}

/// What earlier runs left goes now where the target answers. What they could not drop goes otherwise with a step that publishes there.
void Control::clear_leftovers() {
  std::thread([self = shared_from_this(), project = this->project()] {
    for (const model::Connection& connection : project->project->connections) {
      const auto is_there = [&](const compiler::CompiledStep& step) { return step.connection == connection.name; };
      const bool is_used = std::any_of(project->steps.begin(), project->steps.end(), is_there);
      if (is_used && !self->is_stopping()) self->end_sessions(*project, connection);
      if (!self->is_stopping()) self->drop_leftovers(connection);
    }
  }).detach();
}

}  // namespace penstock::run
