#include "daemon/cli/transport.h"

#include "daemon/api/percent.h"
#include "daemon/cli/answer.h"

namespace penstock::cli {
namespace {

ErrorKind kind_of(int status) {
  switch (status) {
    case 400:
    case 422:
      return ErrorKind::invalid_input;
    case 401:
      return ErrorKind::unauthenticated;
    case 403:
      return ErrorKind::permission;
    case 404:
      return ErrorKind::not_found;
    case 409:
      return ErrorKind::conflict;
    case 429:
      return ErrorKind::throttled;
    case 503:
      return ErrorKind::unavailable;
    case 504:
      return ErrorKind::timed_out;
    default:
      return ErrorKind::permanent;
  }
}

/// Nothing that a server says goes so deep, and whoever prints or walks it does so by recursion.
bool is_shallow(int depth, Json::parse_event_t, const Json&) {
  constexpr int kDeepest = 100;
  return depth < kDeepest;
}

Result<Json> read_answer(const api::Response& response) {
  Json body = Json::parse(response.body, is_shallow, false);
  if (response.status < 400) {
    if (body.is_discarded()) return fail(ErrorKind::permanent, "the server's answer is no JSON", "is this a Penstock server?");
    return body;
  }
  Error error;
  error.kind = kind_of(response.status);
  error.message = text_in(body, "detail");
  if (error.message.empty()) error.message = "the server answered with status " + std::to_string(response.status);
  error.hint = text_in(body, "hint");
  if (error.kind == ErrorKind::unauthenticated) error.hint = "set PENSTOCK_TOKEN";
  if (body.is_object() && body.contains("errors") && body["errors"].is_array()) {
    for (const Json& each : body["errors"]) {
      if (!error.hint.empty()) error.hint += "; ";
      error.hint += text_in(each, "pointer") + ": " + text_in(each, "detail");
    }
  }
  return fail(std::move(error));
}

api::Request request_for(std::string method, const std::string& path_and_query) {
  api::Request request;
  request.method = std::move(method);
  const std::size_t mark = path_and_query.find('?');
  request.path = api::percent_decoded(std::string_view(path_and_query).substr(0, mark));
  std::string_view query = mark == std::string::npos ? std::string_view() : std::string_view(path_and_query).substr(mark + 1);
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    const std::size_t equals = std::min(pair.find('='), pair.size());
    request.query.emplace(api::percent_decoded(pair.substr(0, equals)),
                          api::percent_decoded(pair.substr(std::min(equals + 1, pair.size()))));
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  request.headers["penstock-client"] = "cli";
  return request;
}

}  // namespace

Result<Json> get(Transport& transport, const std::string& path_and_query) {
  return read_answer(transport.call(request_for("GET", path_and_query)));
}

Result<Json> post(Transport& transport, const std::string& path, const Json& body, const std::string& idempotency_key) {
  api::Request request = request_for("POST", path);
  request.headers["content-type"] = "application/json";
  if (!idempotency_key.empty()) request.headers["idempotency-key"] = idempotency_key;
  request.body = body.dump();
  return read_answer(transport.call(std::move(request)));
}

bool EventParser::feed(std::string_view bytes, const OnEvent& on_event) {
  buffer_.append(bytes);
  std::size_t end = 0;
  while ((end = buffer_.find("\n\n")) != std::string::npos) {
    std::string_view message = std::string_view(buffer_).substr(0, end);
    std::string name;
    std::string data;
    while (!message.empty()) {
      const std::size_t line_end = std::min(message.find('\n'), message.size());
      const std::string_view line = message.substr(0, line_end);
      if (line.rfind("event: ", 0) == 0) name = line.substr(7);
      if (line.rfind("data: ", 0) == 0) data = line.substr(6);
      if (line.rfind(":", 0) == 0) name = "heartbeat";
      message.remove_prefix(std::min(line_end + 1, message.size()));
    }
    buffer_.erase(0, end + 2);
    if (name.empty()) continue;
    const Json body = data.empty() ? Json() : Json::parse(data, is_shallow, false);
    if (!on_event(name, body)) return false;
  }
  return true;
}

}  // namespace penstock::cli
