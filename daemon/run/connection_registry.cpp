#include "daemon/run/connection_registry.h"

#include <vector>

namespace penstock::run {

ContentHash content_of(const model::Connection& connection) {
  ContentHasher hasher;
  hasher.add(connection.name).add(connection.type.value).add(connection.schema).add(connection.catalog);
  hasher.add(static_cast<std::uint64_t>(connection.read_only));
  for (const auto& [key, value] : connection.settings) hasher.add(key).add(value.value);
  return hasher.finish();
}

ConnectionRegistry::EntryPtr& ConnectionRegistry::entry_of(const model::Connection& connection) {
  EntryPtr& entry = entries_[content_of(connection)];
  if (entry == nullptr) {
    entry = std::make_shared<Entry>();
    entry->name = connection.name;
    entry->note.type = connection.type.value;
  }
  return entry;
}

void ConnectionRegistry::set_project(const model::Project& project) {
  std::vector<std::shared_ptr<SessionPool>> gone;  // Their sessions end when nobody waits for the lock.
  const std::lock_guard lock(mutex_);
  for (const auto& [content, entry] : entries_) entry->is_in_force = false;
  for (const model::Connection& connection : project.connections) {
    Entry& entry = *entry_of(connection);
    entry.is_in_force = true;
    if (entry.kept == nullptr) entry.kept = entry.pool.lock();
  }
  for (auto at = entries_.begin(); at != entries_.end();) {
    Entry& entry = *at->second;
    if (!entry.is_in_force && entry.kept != nullptr) gone.push_back(std::move(entry.kept));
    // Whoever makes one just now holds the entry.
    const bool is_used = entry.is_in_force || at->second.use_count() > 1 || !entry.pool.expired();
    at = is_used ? std::next(at) : entries_.erase(at);
  }
}

Result<std::shared_ptr<SessionPool>> ConnectionRegistry::get(const model::Connection& connection) {
  EntryPtr entry;
  {
    const std::lock_guard lock(mutex_);
    entry = entry_of(connection);
  }
  // Making one may take long; others that want the same one wait here, and nobody else does.
  const std::lock_guard making(entry->making);
  {
    const std::lock_guard lock(mutex_);
    if (auto pool = entry->pool.lock()) return pool;
  }
  auto made = connect_(connection);
  if (!made) return tl::unexpected(made.error());
  auto pool = std::make_shared<SessionPool>(std::move(*made));
  const std::lock_guard lock(mutex_);
  entry->pool = pool;
  if (entry->is_in_force) entry->kept = pool;
  return pool;
}

void ConnectionRegistry::note(const model::Connection& connection, Time when, const std::optional<store::Fault>& error) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(content_of(connection));
  if (found == entries_.end()) return;
  found->second->note.used = true;
  found->second->note.checked = when;
  found->second->note.error = error;
}

std::map<std::string, ConnectionRegistry::Note> ConnectionRegistry::notes() const {
  const std::lock_guard lock(mutex_);
  std::map<std::string, Note> notes;
  for (const auto& [content, entry] : entries_) {
    if (entry->is_in_force) notes[entry->name] = entry->note;
  }
  return notes;
}

void ConnectionRegistry::close() {
  std::vector<std::shared_ptr<SessionPool>> pools;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [content, entry] : entries_) {
      if (auto pool = entry->pool.lock()) pools.push_back(std::move(pool));
    }
  }
  for (const auto& pool : pools) pool->close();
}

}  // namespace penstock::run
