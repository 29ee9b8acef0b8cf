#include "daemon/api/router.h"

#include <algorithm>

#include "daemon/api/context.h"
#include "daemon/api/encode.h"
#include "pipelines/base/hash.h"
#include "pipelines/base/suggest.h"

namespace penstock::api {
namespace {

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    if (path.front() == '/') path.remove_prefix(1);
    const std::size_t end = std::min(path.find('/'), path.size());
    segments.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return segments;
}

bool is_placeholder(std::string_view segment) { return segment.size() > 2 && segment.front() == '{' && segment.back() == '}'; }

bool matches(std::string_view pattern, const std::vector<std::string_view>& path, Request& request) {
  const std::vector<std::string_view> wanted = segments_of(pattern);
  if (wanted.size() != path.size()) return false;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (is_placeholder(wanted[i]) ? path[i].empty() : wanted[i] != path[i]) return false;
  }
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (is_placeholder(wanted[i])) request.path_parameters[std::string(wanted[i].substr(1, wanted[i].size() - 2))] = std::string(path[i]);
  }
  return true;
}

std::string quoted_hash(std::string_view body) { return '"' + to_base32(hash_content(body), 24) + '"'; }

/// Answers 304 where the client has this very body already. An answer that names its own tag (its body holds a clock) keeps it.
void apply_etag(const Request& request, Response& response) {
  if (request.method != "GET" || response.status != 200 || response.stream) return;
  const auto given =
      std::find_if(response.headers.begin(), response.headers.end(), [](const auto& header) { return header.first == "ETag"; });
  const std::string tag = given != response.headers.end() ? given->second : quoted_hash(response.body);
  if (given == response.headers.end()) response.headers.emplace_back("ETag", tag);
  response.headers.emplace_back("Cache-Control", "no-cache");
  const std::string_view held = request.header("if-none-match");
  if (held == "*" || held.find(tag) != std::string_view::npos) {
    response.status = 304;
    response.body.clear();
  }
}

/// 400 where the query holds what the route does not know: a misspelt filter must not give the whole list.
std::optional<Response> refusal_of_query(const Route& route, const Request& request) {
  std::vector<std::string> known;
  for (const QueryParameter& parameter : route.query) known.emplace_back(parameter.name);
  Json errors = Json::array();
  for (auto given = request.query.begin(); given != request.query.end(); given = request.query.upper_bound(given->first)) {
    const std::string& name = given->first;
    const auto found = std::find(known.begin(), known.end(), name);
    if (found == known.end()) {
      const std::string meant = did_you_mean(name, known);
      const std::string detail = "there is no parameter \"" + name + "\" here" + (meant.empty() ? "" : "; " + meant);
      errors.push_back({{"pointer", name}, {"code", "unknown_parameter"}, {"detail", detail}});
    } else if (!route.query[static_cast<std::size_t>(found - known.begin())].is_list && request.query.count(name) > 1) {
      const std::string detail = "the parameter \"" + name + "\" is given more than once";
      errors.push_back({{"pointer", name}, {"code", "repeated_parameter"}, {"detail", detail}});
    }
  }
  if (errors.empty()) return std::nullopt;
  const std::string allowed = known.empty() ? "no parameter is allowed here" : "allowed here: " + listed(known);
  const std::string detail = errors.front()["detail"].get<std::string>() + "; " + allowed;
  Response response = problem(400, errors.front()["code"].get<std::string>(), "The request is invalid", detail, request.path);
  Json body = Json::parse(response.body);
  body["errors"] = std::move(errors);
  response.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

/// Read before the answer is made: what happens meanwhile reaches a client twice, which it can tell, and is never lost to it.
std::optional<std::int64_t> last_event(Context& context) {
  auto snapshot = context.readers.snapshot();
  if (!snapshot) return std::nullopt;
  return snapshot->last_event();
}

}  // namespace

Response other_method(const Request& request, const std::string& allowed) {
  Response response;
  if (request.method == "OPTIONS") {
    response.status = 204;
  } else {
    response = problem(405, "method_not_allowed", "The method is not allowed here", "allowed: " + allowed, request.path);
  }
  response.headers.emplace_back("Allow", allowed);
  return response;
}

Response dispatch(Context& context, Request request) {
  const std::vector<std::string_view> path = segments_of(request.path);
  std::string allowed;
  for (const Route& route : route_table()) {
    if (!matches(route.path, path, request)) continue;
    if (route.method != request.method) {
      allowed += (allowed.empty() ? "" : ", ") + std::string(route.method) + (route.method == "GET" ? ", HEAD" : "");
      continue;
    }
    if (!route.open && request.principal.role < route.needs) {
      return problem(403, "permission", "The token may not do this", "this call needs a token with a higher role", request.path);
    }
    if (auto refused = refusal_of_query(route, request)) return *std::move(refused);
    const std::optional<std::int64_t> event = request.method == "GET" && !route.open ? last_event(context) : std::nullopt;
    Response response = route.handle(context, request);
    if (event && !response.stream) response.headers.emplace_back("Penstock-Event-Id", std::to_string(*event));
    apply_etag(request, response);
    return response;
  }
  if (allowed.empty()) return problem(404, "not_found", "There is no such thing", "no such path: " + request.path, request.path);
  return other_method(request, allowed + ", OPTIONS");
}

}  // namespace penstock::api
