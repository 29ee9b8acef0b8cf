#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipelines/base/error.h"

namespace penstock::api {

/// What a token may do; each role includes those before it.
enum class Role { viewer, operator_, admin };

/// Who asks.
struct Principal {
  std::string name;
  Role role = Role::viewer;
};

/// A request, free of the HTTP library: the server makes it from the wire, the command line makes it in process.
struct Request {
  std::string method;  ///< Upper case.
  std::string path;    ///< Decoded, without the query.
  std::multimap<std::string, std::string, std::less<>> query;
  std::map<std::string, std::string, std::less<>> headers;  ///< Names in lower case.
  std::string body;
  Principal principal;
  std::optional<std::chrono::steady_clock::time_point> due;  ///< When the answer is given up.

  /// Set by the router from the path's placeholders: "/api/v1/runs/{run_id}" gives run_id.
  std::map<std::string, std::string, std::less<>> path_parameters;

  /// The first value of a query parameter, or nothing.
  std::optional<std::string> parameter(std::string_view name) const;
  /// A header's value, or empty.
  std::string_view header(std::string_view name) const;
};

/// Writes part of a streamed body; false when the client is gone.
using Write = std::function<bool(std::string_view)>;

/// An answer. A streamed one has `stream` instead of `body`: it is called on the connection's own thread and may block until `write`
/// says false or `stop` is called from another thread.
struct Response {
  int status = 200;
  std::string media_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::function<void(const Write& write)> stream;
};

/// application/problem+json (RFC 9457) for an error; `instance` is the request's path.
Response problem(const Error& error, std::string_view instance);
Response problem(int status, std::string_view code, std::string_view title, std::string_view detail, std::string_view instance,
                 std::string_view hint = {});

/// The status code that an error of this kind has over HTTP.
int status_of(ErrorKind kind);

}  // namespace penstock::api
