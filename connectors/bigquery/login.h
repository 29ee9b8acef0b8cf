#pragma once

#include <memory>
#include <string>

#include "connectors/bigquery/key.h"
#include "connectors/http/credential.h"
#include "connectors/http/endpoint.h"

namespace penstock::bigquery {

/// Bearer tokens by a service account's signature, from the service at its token_uri. Errors: unauthenticated (the service does not take
/// the key, or the clock is wrong), and those of http::Client::ask.
std::shared_ptr<http::Credential> make_service_account(std::shared_ptr<const http::Endpoint> token_service, ServiceAccountKey key);

/// Where a federated login goes, one after the other.
struct FederationWay {
  std::shared_ptr<const http::Endpoint> source;  ///< Null where the other token stands in a file.
  std::shared_ptr<const http::Endpoint> exchange;
  std::shared_ptr<const http::Endpoint> impersonation;  ///< Null where nobody is to be become.
};

/// Bearer tokens by workload identity federation: the other identity's token is read anew each time. Errors: invalid_input (its file, its
/// field), unauthenticated, and those of http::Client::ask.
std::shared_ptr<http::Credential> make_federated(FederationWay way, Federation key);

/// Bearer tokens of the machine's own service account, from the metadata server of Google Cloud.
std::shared_ptr<http::Credential> make_of_machine(std::shared_ptr<const http::Endpoint> metadata_server);

}  // namespace penstock::bigquery
