#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "connectors/connector.h"
#include "connectors/http/client.h"
#include "connectors/trino/page.h"
#include "connectors/trino/target.h"

namespace penstock::trino {

/// Speaks Trino's client protocol. Pages are known by their path: a nextUri of another scheme, host or port is refused, because the
/// credentials would go with it. Requests that the server could not take (no connection, 429, 502, 503, 504, an empty answer) are
/// repeated with growing pauses until `patience` is over; that is safe, because a POST alone starts nothing and a page can be asked for
/// again. When it is over the request is ended, whatever the server is doing: unavailable. One thread at a time.
class Client {
 public:
  explicit Client(const Target& target);

  /// Registers a statement; it starts when its first page is asked for. Of `compute`, `client_tags` and `session_properties` hold instead
  /// of the target's own. Errors: unavailable, unauthenticated, permission, throttled; invalid_input for `compute`.
  Result<Page> post(const std::string& statement, const connectors::Token* token, std::chrono::milliseconds timeout,
                    const std::map<std::string, std::string, std::less<>>& compute = {});

  /// A page of a query. Error not_found: the server does not know the page (any more).
  Result<Page> get(const std::string& path);

  /// Ends the query behind the page, and by its id. Does not ask longer than `patience`.
  Result<void> stop(const std::string& path, const std::string& query_id, std::chrono::milliseconds patience);

  /// The state of a query by its id: true when it has ended and every one of its tasks with it, or when the server has forgotten it.
  Result<bool> has_ended(const std::string& query_id);

  /// Runs a short query to its end and returns its rows; `error` tells the code when Trino refuses.
  Result<std::vector<connectors::Row>> ask(const std::string& statement, QueryError* error = nullptr);

  /// Foreign text without secrets.
  std::string redacted(const std::string& text) const { return http_.redacted(text); }

 private:
  http::Headers identity() const;
  Result<http::Answer> send(http::Request request);
  Result<Page> to_page(const Result<http::Answer>& answer) const;

  const Target& target_;
  http::Client http_;
};

}  // namespace penstock::trino
