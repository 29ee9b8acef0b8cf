#include <httplib.h>

#include <sstream>

#include "daemon/api/percent.h"
#include "daemon/cli/transport.h"

namespace penstock::cli {
namespace {

class HttpTransport final : public Transport {
 public:
  HttpTransport(std::string url, const std::string& token, std::chrono::seconds patience) : url_(std::move(url)), token_(token), client_(url_) {
    constexpr int kConnectSeconds = 5;
    client_.set_connection_timeout(kConnectSeconds);
    client_.set_read_timeout(patience);
    client_.set_url_encode(false);  // path_of does it, for every character
    if (!token.empty()) client_.set_bearer_token_auth(token.c_str());
  }

  bool is_valid() const { return client_.is_valid(); }

  api::Response call(api::Request request) override {
    httplib::Headers headers;
    for (const auto& [name, value] : request.headers) {
      if (name != "content-type") headers.emplace(name, value);
    }
    const std::string path = path_of(request);
    const httplib::Result result =
        request.method == "POST" ? client_.Post(path, headers, request.body, "application/json") : client_.Get(path, headers);
    if (!result) return api::problem(unreachable(result.error()), request.path);
    api::Response response;
    response.status = result->status;
    response.media_type = result->get_header_value("Content-Type");
    response.body = result->body;
    return response;
  }

  Result<void> follow(const std::string& topics, const OnEvent& on_event) override {
    EventParser parser;
    bool wanted = true;
    const httplib::Headers headers{{"Accept", "text/event-stream"}};
    httplib::Client stream(url_);  // calls go on over the other one meanwhile
    if (!token_.empty()) stream.set_bearer_token_auth(token_.c_str());
    stream.set_read_timeout(kSilenceSeconds);
    const httplib::Result result = stream.Get("/api/v1/events?topics=" + api::percent_encoded(topics), headers,
                                              [&](const char* bytes, std::size_t size) {
                                                wanted = parser.feed(std::string_view(bytes, size), on_event);
                                                return wanted;
                                              });
    if (!wanted) return {};
    if (!result) return fail(unreachable(result.error()));
    return fail(ErrorKind::unavailable, "the server at " + url_ + " ended the event stream");
  }

  std::string address() const override { return url_; }

 private:
  static std::string path_of(const api::Request& request) {
    std::string path;
    std::istringstream segments(request.path.substr(1));
    for (std::string segment; std::getline(segments, segment, '/');) path += "/" + api::percent_encoded(segment);
    for (const auto& [name, value] : request.query) {
      path += (path.find('?') == std::string::npos ? "?" : "&") + api::percent_encoded(name) + "=" + api::percent_encoded(value);
    }
    return path;
  }

  Error unreachable(httplib::Error error) const {
    Error told;
    told.kind = ErrorKind::unavailable;
    told.message = "cannot reach the server at " + url_;
    if (error != httplib::Error::Connection) told.message += ": " + httplib::to_string(error);
    told.hint = "is penstockd running there? --server and PENSTOCK_SERVER name it";
    return told;
  }

  static constexpr int kSilenceSeconds = 30;  ///< Three heartbeats.

  std::string url_;
  std::string token_;
  httplib::Client client_;
};

}  // namespace

Result<std::unique_ptr<Transport>> connect_to_server(const std::string& url, const std::string& token, std::chrono::seconds patience) {
  auto transport = std::make_unique<HttpTransport>(url, token, patience);
  if (!transport->is_valid() || url.find("://") == std::string::npos) {
    return fail(ErrorKind::invalid_input, "\"" + url + "\" is no server's address", "write it as http://127.0.0.1:4780");
  }
  return std::unique_ptr<Transport>(std::move(transport));
}

}  // namespace penstock::cli
