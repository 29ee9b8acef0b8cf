#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "daemon/api/message.h"

namespace penstock::api {

struct Context;

/// A parameter that may stand in the query of a route.
struct QueryParameter {
  std::string_view name;
  bool is_list = false;  ///< May be given several times.
};

/// One row of the table of routes. `path` is written as in schemas/openapi.json, placeholders in braces.
struct Route {
  std::string_view method;
  std::string_view path;
  Role needs;  ///< The least role that may call it; probes need none and say so by `open`.
  bool open = false;
  Response (*handle)(Context& context, const Request& request);
  std::vector<QueryParameter> query{};  ///< All that it knows; anything else is refused.
};

/// Every route, in one list; a test holds it against schemas/openapi.json.
std::span<const Route> route_table();

/// Finds the route and calls it. Answers 404 for an unknown path, what `other_method` answers for an unknown method, 403 for a role too
/// small, 400 for a query parameter that the route does not know or of which there are two, and 304 where the client's If-None-Match still
/// holds. Any thread.
Response dispatch(Context& context, Request request);

/// For a path that is there but not for this method: 204 for OPTIONS, otherwise 405; both with Allow.
Response other_method(const Request& request, const std::string& allowed);

}  // namespace penstock::api
