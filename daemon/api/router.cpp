#include "daemon/api/router.h"

#include <algorithm>

#include "daemon/api/context.h"
#include "pipelines/base/hash.h"

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
