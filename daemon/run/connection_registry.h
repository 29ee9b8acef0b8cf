#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "connectors/connector.h"
#include "daemon/run/engine.h"
#include "daemon/run/session_pool.h"
#include "pipelines/base/hash.h"

namespace penstock::run {

/// Of all that decides where a statement goes and what it may do there.
ContentHash content_of(const model::Connection& connection);

/// The connectors in use, each made at its first use. A connection is what it says, not how it is called: the same name with other settings
/// is another one, and a run that began before the settings changed keeps what it began with. Any thread.
class ConnectionRegistry {
 public:
  explicit ConnectionRegistry(Connect connect) : connect_(std::move(connect)) {}

  /// The connections of the project that is in force. What no run uses any more of those before goes, with its sessions.
  void set_project(const model::Project& project);

  /// Errors: those of `Connect`.
  Result<std::shared_ptr<SessionPool>> get(const model::Connection& connection);

  struct Note {
    std::string type;
    bool used = false;
    std::optional<Time> checked;
    std::optional<store::Fault> error;
  };
  /// How the last step on it fared. Of a connection that is no longer in force nobody asks.
  void note(const model::Connection& connection, Time when, const std::optional<store::Fault>& error);
  /// Of the connections in force, by name.
  std::map<std::string, Note> notes() const;

  /// No session waits for its next statement any more.
  void close();

 private:
  struct Entry {
    std::mutex making;
    // What follows is guarded by mutex_.
    bool is_in_force = false;
    std::shared_ptr<SessionPool> kept;  ///< While it is in force.
    std::weak_ptr<SessionPool> pool;
    std::string name;
    Note note;
  };
  using EntryPtr = std::shared_ptr<Entry>;
  EntryPtr& entry_of(const model::Connection& connection);

  const Connect connect_;
  mutable std::mutex mutex_;
  std::map<ContentHash, EntryPtr> entries_;
};

}  // namespace penstock::run
