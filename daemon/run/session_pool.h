#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "connectors/connector.h"

namespace penstock::run {

/// A connector and those of its sessions that wait for their next statement. They live as long as somebody uses the connector. Any thread.
class SessionPool {
 public:
  explicit SessionPool(std::shared_ptr<connectors::Connector> connector) : connector_(std::move(connector)) {}

  const std::shared_ptr<connectors::Connector>& connector() const { return connector_; }

  /// Null where none waits.
  std::unique_ptr<connectors::Session> take();
  void give(std::unique_ptr<connectors::Session> session);
  /// Ends those that wait; none waits from now on.
  void close();

 private:
  const std::shared_ptr<connectors::Connector> connector_;
  std::mutex mutex_;
  bool closed_ = false;
  std::vector<std::unique_ptr<connectors::Session>> idle_;
};

}  // namespace penstock::run
