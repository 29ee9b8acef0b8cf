#include "daemon/run/connection_registry.h"

namespace penstock::run {
namespace {

bool same_target(const model::Connection& left, const model::Connection& right) {
  if (left.type.value != right.type.value || left.schema != right.schema || left.catalog != right.catalog ||
      left.read_only != right.read_only || left.settings.size() != right.settings.size()) {
    return false;
  }
  for (const auto& [key, value] : left.settings) {
    const auto other = right.settings.find(key);
    if (other == right.settings.end() || other->second.value != value.value) return false;
  }
  return true;
}

}  // namespace

std::shared_ptr<ConnectionRegistry::Entry> ConnectionRegistry::entry_for(const model::Connection& connection) const {
  const auto old = entries_.find(connection.name);
  if (old != entries_.end() && same_target(old->second->connection, connection)) return old->second;
  auto entry = std::make_shared<Entry>();
  entry->connection = connection;
  entry->note.type = connection.type.value;
  return entry;
}

void ConnectionRegistry::set_project(const model::Project& project) {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, entry] : entries_) entry->retired = true;
  for (const model::Connection& connection : project.connections) {
    auto entry = entry_for(connection);
    entry->retired = false;
    entries_[connection.name] = std::move(entry);
  }
}

void ConnectionRegistry::keep(const model::Project& version) {
  const std::lock_guard lock(mutex_);
  for (const model::Connection& connection : version.connections) {
    if (entries_.count(connection.name) > 0) continue;
    auto entry = entry_for(connection);
    entry->retired = true;
    entries_[connection.name] = std::move(entry);
  }
}

Result<std::shared_ptr<connectors::Connector>> ConnectionRegistry::get(const std::string& name) {
  std::shared_ptr<Entry> entry;
  {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(name);
    if (found == entries_.end()) return fail(ErrorKind::not_found, "there is no connection \"" + name + "\" in the project");
    entry = found->second;
  }
  // Making one may take long; others that want the same one wait here, and nobody else does.
  const std::lock_guard making(entry->making);
  if (!entry->connector) {
    auto made = connect_(entry->connection);
    if (!made) return tl::unexpected(made.error());
    entry->connector = std::move(*made);
  }
  return entry->connector;
}

void ConnectionRegistry::note(const std::string& name, Time when, const std::optional<store::Fault>& error) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(name);
  if (found == entries_.end()) return;
  found->second->note.used = true;
  found->second->note.checked = when;
  found->second->note.error = error;
}

std::map<std::string, ConnectionRegistry::Note> ConnectionRegistry::notes() const {
  const std::lock_guard lock(mutex_);
  std::map<std::string, Note> notes;
  for (const auto& [name, entry] : entries_) {
    if (!entry->retired) notes[name] = entry->note;
  }
  return notes;
}

}  // namespace penstock::run
