#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "connectors/http/credential.h"
#include "connectors/http/endpoint.h"

namespace penstock::http {

using Headers = std::multimap<std::string, std::string>;

/// A question to a server. The Authorization header comes from the credential.
struct Request {
  std::string method = "GET";
  std::string path;  ///< From the first '/' on; encoded.
  Headers headers{};
  std::string body{};
  std::string content_type{};  ///< Of the body.
  /// Whether it may be sent again although the server may have got it. One that may not is sent again only where it cannot have arrived.
  bool is_repeatable = true;
  bool wants_body = false;                                  ///< An answer of 200 with nothing in it counts as a server that was busy.
  std::optional<std::chrono::milliseconds> patience{};      ///< The endpoint's where it is not given.
  std::optional<std::chrono::milliseconds> repeated_for{};  ///< So long it is sent again; as long as the patience where it is not given.
};

struct Answer {
  int status = 0;
  std::map<std::string, std::string> headers;  ///< Names in lower case; the first of each.
  std::string body;                            ///< Unpacked.

  std::string header(const std::string& name) const;
};

/// What a server says in its own words, beside the status that HTTP has for it. Null where the status always tells.
struct OwnWords {
  bool (*refuses_login)(const Answer&) = nullptr;  ///< As 401.
  bool (*is_busy)(const Answer&) = nullptr;        ///< As 429, 502, 503 and 504.
};

/// One conversation with a server: requests one after the other, over one connection as long as it lasts. One thread at a time.
class Client {
 public:
  Client(std::shared_ptr<const Endpoint> endpoint, std::shared_ptr<Credential> credential, OwnWords words = {});
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// An answer with whatever status, or why there is none. 429, 502, 503 and 504 and broken connections are asked again with growing
  /// pauses, Retry-After obeyed, until the patience is over; 401 once more with a renewed credential; so is what OwnWords says. A redirect
  /// is followed within the server, and refused to any other. Errors: unavailable (nothing was sent, or it may be sent again), in_doubt (it
  /// was sent and must not be again), refused and unauthenticated (TLS or the proxy), permanent (the answer is not HTTP, too large, or
  /// cannot be unpacked).
  Result<Answer> ask(const Request& request);

  /// Of an answer that is no success: kind and message by the status, `vendor_code` "HTTP 503", what the server says of it when it is
  /// short.
  Error refusal(const Answer& answer) const;

  /// The body as JSON. Error permanent, with what it is instead.
  Result<nlohmann::json> json_of(const Answer& answer) const;

  /// Foreign text without secrets, the credential's included.
  std::string redacted(const std::string& text) const;

  const Endpoint& endpoint() const { return *endpoint_; }

  /// Of the last connection; empty before one.
  const Way& way() const;

 private:
  struct Sending;
  Result<Answer> once(const Request& request, const std::string& path, Sending& sending);
  Result<std::string> redirection(const Request& request, const Answer& answer, const std::string& path) const;

  const std::shared_ptr<const Endpoint> endpoint_;
  const std::shared_ptr<Credential> credential_;
  const OwnWords words_;
  class Wire;
  std::unique_ptr<Wire> wire_;
  std::string authorization_;  ///< Of the last request.
};

/// How long a server asks to wait: seconds, or a date as HTTP writes it. Nothing where there is no such header or nobody can read it.
std::optional<std::chrono::seconds> retry_after(const std::string& header, std::chrono::system_clock::time_point now);

/// A date as HTTP writes it ("Sun, 06 Nov 1994 08:49:37 GMT").
std::optional<std::chrono::system_clock::time_point> http_date(const std::string& text);

}  // namespace penstock::http
