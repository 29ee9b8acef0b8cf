#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connectors/connector.h"
#include "connectors/locality.h"
#include "connectors/redact.h"
#include "connectors/settings.h"
#include "connectors/trino/page.h"

namespace penstock::trino {

/// How to reach a coordinator, from the settings of a connection.
struct Target {
  std::string origin;  ///< scheme://host:port
  /// The host's addresses, where only they may be spoken to: all are this machine's, and the login is not encrypted.
  std::vector<std::string> addresses;
  std::string user;
  std::string authorization;  ///< The header's value, or empty. Secret.
  std::string ca_file;
  bool verify_tls = true;
  std::string catalog;
  std::string schema;
  std::string client_tags;
  std::string session_properties;
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds patience{60'000};  ///< How long a server that does not answer is asked again.
  bool read_only = false;
  connectors::Redactor redact;
};

/// Looks the host up where a login would go to it without TLS. Errors: invalid_input.
Result<Target> make_target(const connectors::Settings& settings, const connectors::LookUp& look_up = connectors::look_up);

/// Speaks Trino's client protocol. Pages are known by their path: a nextUri of another scheme, host or port is refused, because the
/// credentials would go with it. Requests that the server could not take (no connection, 429, 502, 503, 504, an empty answer) are
/// repeated with growing pauses until `patience` is over; that is safe, because a POST alone starts nothing and a page can be asked for
/// again. When it is over the request is ended, whatever the server is doing: unavailable. One thread at a time.
class Client {
 public:
  explicit Client(const Target& target);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Registers a statement; it starts when its first page is asked for. Errors: unavailable, unauthenticated, permission, throttled.
  Result<Page> post(const std::string& statement, const connectors::Token* token, std::chrono::milliseconds timeout);

  /// A page of a query. Error not_found: the server does not know the page (any more).
  Result<Page> get(const std::string& path);

  /// Ends the query behind the page, and by its id. Does not ask longer than `patience`.
  Result<void> stop(const std::string& path, const std::string& query_id, std::chrono::milliseconds patience);

  /// The state of a query by its id: true when it has ended and every one of its tasks with it, or when the server has forgotten it.
  Result<bool> has_ended(const std::string& query_id);

  /// Runs a short query to its end and returns its rows; `error` tells the code when Trino refuses.
  Result<std::vector<connectors::Row>> ask(const std::string& statement, QueryError* error = nullptr);

 private:
  struct Answer {
    int status = 0;
    std::string body;
    std::string retry_after;
  };
  using Headers = std::multimap<std::string, std::string>;

  Headers identity() const;
  std::optional<Answer> once(const std::string& method, const std::string& path, const Headers& headers, const std::string& body,
                             std::chrono::steady_clock::time_point deadline);
  Result<Answer> request(const std::string& method, const std::string& path, const Headers& headers, const std::string& body,
                         std::chrono::milliseconds patience);
  Result<Answer> request(const std::string& method, const std::string& path, const Headers& headers, const std::string& body) {
    return request(method, path, headers, body, target_.patience);
  }
  Result<Page> to_page(const Result<Answer>& answer) const;

  class Transport;
  const Target& target_;
  std::unique_ptr<Transport> transport_;
};

}  // namespace penstock::trino
