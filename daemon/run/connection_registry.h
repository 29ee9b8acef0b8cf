#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "connectors/connector.h"
#include "daemon/run/engine.h"

namespace penstock::run {

/// The connectors in use, each made at its first use and again when its connection's settings have changed. Any thread.
class ConnectionRegistry {
 public:
  explicit ConnectionRegistry(Connect connect) : connect_(std::move(connect)) {}

  /// Connections of the project that is in force. What runs keeps the connector that it has; a connection that is no longer in the
  /// project stays for the runs that began with it, and is not shown.
  void set_project(const model::Project& project);
  /// Connections of an earlier version that open runs began with, where the project in force has none of that name.
  void keep(const model::Project& version);

  /// Errors: not_found, and those of `Connect`.
  Result<std::shared_ptr<connectors::Connector>> get(const std::string& name);

  struct Note {
    std::string type;
    bool used = false;
    std::optional<Time> checked;
    std::optional<store::Fault> error;
  };
  /// How the last step on it fared.
  void note(const std::string& name, Time when, const std::optional<store::Fault>& error);
  std::map<std::string, Note> notes() const;

 private:
  struct Entry {
    model::Connection connection;
    std::mutex making;
    std::shared_ptr<connectors::Connector> connector;
    Note note;
    bool retired = false;
  };
  std::shared_ptr<Entry> entry_for(const model::Connection& connection) const;

  const Connect connect_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Entry>> entries_;
};

}  // namespace penstock::run
