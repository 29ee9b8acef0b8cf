#include "daemon/api/library.h"

#include <algorithm>
#include <sstream>

#include "daemon/api/letter_case.h"

namespace penstock::api {
namespace {

constexpr const char* kAcceptsGzip = "Penstock-Accepts-Gzip";
constexpr const char* kMediaType = "Penstock-Media-Type";

/// Whether an Accept-Encoding takes gzip: named or meant by *, and not with a weight of 0 (RFC 9110 section 12.5.3).
bool takes_gzip(const std::string& accepted) {
  bool any = false;
  std::istringstream codings(lower(accepted));
  for (std::string coding; std::getline(codings, coding, ',');) {
    std::erase_if(coding, [](char c) { return c == ' ' || c == '\t'; });
    const std::size_t weight = std::min(coding.find(";q="), coding.size());
    const std::string name = coding.substr(0, weight);
    const bool wanted = weight == coding.size() || coding.find_first_of("123456789", weight) != std::string::npos;
    if (name == "gzip" || name == "x-gzip") return wanted;
    if (name == "*") any = wanted;
  }
  return any;
}

}  // namespace

Request to_request(const httplib::Request& from) {
  Request request;
  request.method = from.method == "HEAD" ? "GET" : from.method;
  request.path = from.path;
  for (const auto& [name, value] : from.params) request.query.emplace(name, value);
  for (const auto& [name, value] : from.headers) request.headers.emplace(lower(name), value);
  return request;
}

void to_library(Response&& response, httplib::Response& to) {
  to.status = response.status;
  for (const auto& [name, value] : response.headers) to.set_header(name, value);
  to.set_header("X-Content-Type-Options", "nosniff");
  if (response.stream) {
    to.set_chunked_content_provider(response.media_type, [stream = std::move(response.stream)](std::size_t, httplib::DataSink& sink) {
      stream([&sink](std::string_view part) { return sink.write(part.data(), part.size()); });
      sink.done();
      return false;
    });
  } else if (response.status != 204 && response.status != 304) {
    to.set_content(std::move(response.body), response.media_type);
  }
}

std::string raw_problem(const Unreadable& unreadable) {
  const Response body = problem(unreadable.status, unreadable.code, unreadable.reason, unreadable.detail, "");
  return "HTTP/1.1 " + std::to_string(unreadable.status) + " " + std::string(unreadable.reason) +
         "\r\nContent-Type: application/problem+json\r\nContent-Length: " + std::to_string(body.body.size()) + "\r\n" + unreadable.headers +
         "Connection: close\r\n\r\n" + body.body;
}

void hide_from_library(httplib::Request& request) {
  if (const std::string type = request.get_header_value("Content-Type"); !type.empty()) {
    request.headers.erase("Content-Type");
    request.headers.emplace(kMediaType, lower(type.substr(0, type.find(';'))));
  }
  if (request.path.rfind("/api/", 0) == 0 && request.path != "/api/v1/events") return;
  const bool accepts = takes_gzip(request.get_header_value("Accept-Encoding"));
  request.headers.erase("Accept-Encoding");
  if (accepts) request.headers.emplace(kAcceptsGzip, "1");
}

bool accepts_gzip(const httplib::Request& request) { return request.has_header(kAcceptsGzip); }

std::string media_type_of(const httplib::Request& request) {
  std::string type = request.get_header_value(kMediaType);
  type.erase(type.find_last_not_of(" \t") + 1);
  return type;
}

}  // namespace penstock::api
