#include "daemon/api/message.h"

#include "daemon/api/encode.h"

namespace penstock::api {

std::optional<std::string> Request::parameter(std::string_view name) const {
  const auto found = query.find(name);
  if (found == query.end()) return std::nullopt;
  return found->second;
}

std::string_view Request::header(std::string_view name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

int status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid_input:
      return 422;
    case ErrorKind::not_found:
      return 404;
    case ErrorKind::conflict:
      return 409;
    case ErrorKind::refused:
      return 409;
    case ErrorKind::unauthenticated:
      return 401;
    case ErrorKind::permission:
      return 403;
    case ErrorKind::unavailable:
      return 503;
    case ErrorKind::throttled:
      return 429;
    case ErrorKind::resource:
      return 503;
    case ErrorKind::timed_out:
      return 504;
    case ErrorKind::transient:
    case ErrorKind::permanent:
    case ErrorKind::in_doubt:
    case ErrorKind::cancelled:
    case ErrorKind::storage:
      return 500;
  }
  return 500;
}

namespace {

std::string_view title_of(int status) {
  switch (status) {
    case 400:
      return "The request cannot be understood";
    case 401:
      return "A token is needed";
    case 403:
      return "The token may not do this";
    case 404:
      return "There is no such thing";
    case 405:
      return "The method is not allowed here";
    case 409:
      return "The state does not allow it";
    case 413:
      return "The body is too large";
    case 415:
      return "The body must be JSON";
    case 422:
      return "The request is invalid";
    case 429:
      return "Too many requests";
    case 431:
      return "The headers are too large";
    case 503:
      return "Not available right now";
    case 504:
      return "It took too long";
    default:
      return "Something went wrong";
  }
}

}  // namespace

Response problem(int status, std::string_view code, std::string_view title, std::string_view detail, std::string_view instance,
                 std::string_view hint) {
  Response response;
  response.status = status;
  response.media_type = "application/problem+json";
  Json body{
      {"type", "urn:penstock:problem:" + std::string(code)}, {"title", title}, {"status", status}, {"code", code}, {"detail", detail}};
  if (!hint.empty()) body["hint"] = hint;
  body["instance"] = instance;
  response.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

Response problem(const Error& error, std::string_view instance) {
  const int status = status_of(error.kind);
  return problem(status, name_of(error.kind), title_of(status), error.message, instance, error.hint);
}

}  // namespace penstock::api
