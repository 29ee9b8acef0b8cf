#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/api/encode.h"
#include "daemon/api/message.h"
#include "pipelines/base/result.h"

namespace penstock::cli {

using Json = api::Json;

/// Told of each event of a stream; false ends it.
using OnEvent = std::function<bool(std::string_view name, const Json& data)>;

/// Where the commands' questions go: the REST API of a daemon, or the same routes in this process. What is printed does not differ.
class Transport {
 public:
  virtual ~Transport() = default;

  virtual api::Response call(api::Request request) = 0;

  /// Follows the event stream from event `after` on ("" for the present) until `on_event` says false. Errors: unavailable when the server
  /// is gone; the caller may follow again from the last id that it saw.
  virtual Result<void> follow(const std::string& topics, const OnEvent& on_event) = 0;

  /// Where a person finds this server in a browser; empty for this process.
  virtual std::string address() const { return {}; }
};

/// A daemon's REST API over HTTP or HTTPS. An answer may begin as late as `patience` after its question.
Result<std::unique_ptr<Transport>> connect_to_server(const std::string& url, const std::string& token,
                                                     std::chrono::seconds patience = std::chrono::seconds(60));

/// One call and its JSON answer; a problem becomes an Error of the fitting kind.
Result<Json> get(Transport& transport, const std::string& path_and_query);
Result<Json> post(Transport& transport, const std::string& path, const Json& body, const std::string& idempotency_key = {});

/// Cuts a stream of server-sent events into messages, wherever the network cut it. What a server says to keep the line open is the event
/// "heartbeat", with null.
class EventParser {
 public:
  /// Calls `on_event` for each message that is complete; false when one of them said so.
  bool feed(std::string_view bytes, const OnEvent& on_event);

 private:
  std::string buffer_;
};

}  // namespace penstock::cli
