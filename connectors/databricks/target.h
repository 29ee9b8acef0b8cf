#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "connectors/http/credential.h"
#include "connectors/http/endpoint.h"
#include "connectors/settings.h"

namespace penstock::databricks {

/// How to reach a workspace, as whom, and which warehouse computes, from the settings of a connection. Shared by the connector and its
/// sessions; any thread.
struct Target {
  std::shared_ptr<const http::Endpoint> endpoint;
  std::shared_ptr<http::Credential> credential;
  std::shared_ptr<const http::Endpoint> token_service;  ///< The workspace's own; null where no token is fetched.
  std::string login;                                    ///< In words, for people.
  std::string warehouse;
  std::string catalog;
  std::string schema;
  bool read_only = false;
  /// So long a statement is looked for in the query history before it counts as one that never arrived.
  std::chrono::milliseconds history_lag{30'000};
};

/// "1a2b" of "1a2b" and of "/sql/1.0/warehouses/1a2b", which the workspace shows beside the warehouse. Nothing where it is neither.
std::optional<std::string> warehouse_id(const std::string& text);

/// Looks a host up where a login would go to it without TLS. Errors: invalid_input, also for two ways to log in at once, or none.
Result<Target> make_target(const connectors::Settings& settings, const connectors::LookUp& look_up = connectors::look_up,
                           const http::Environment& environment = http::environment);

}  // namespace penstock::databricks
