#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connectors/http/credential.h"
#include "connectors/http/endpoint.h"
#include "connectors/settings.h"

namespace penstock::bigquery {

/// How to reach BigQuery and as whom, from the settings of a connection. Shared by the connector and its sessions; any thread.
struct Target {
  std::shared_ptr<const http::Endpoint> endpoint;
  std::shared_ptr<http::Credential> credential;
  std::vector<std::shared_ptr<const http::Endpoint>> token_services;  ///< In the order in which they are asked.
  std::string login;                                                  ///< In words, for people.
  std::string project;                                                ///< Where jobs run, and who pays.
  std::string location;                                               ///< Empty: where the dataset is.
  std::string table_project;                                          ///< Of tables that are named without one.
  std::string dataset;                                                ///< The same for datasets; may be empty.
  std::string reservation;
  std::string priority;  ///< "INTERACTIVE" or "BATCH".
  std::string maximum_bytes_billed;
  bool read_only = false;
};

/// Looks a host up where a login would go to it without TLS. Errors: invalid_input.
Result<Target> make_target(const connectors::Settings& settings, const connectors::LookUp& look_up = connectors::look_up,
                           const http::Environment& environment = http::environment);

}  // namespace penstock::bigquery
