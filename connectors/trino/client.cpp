#include "connectors/trino/client.h"

#include <httplib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

#include "connectors/watch.h"

namespace penstock::trino {

using Clock = std::chrono::steady_clock;

namespace {

// A page answers within a second (Trino's maxWait); what takes this long is lost, and asked for over a new connection.
constexpr std::chrono::seconds kReadTimeout{20};
constexpr std::chrono::milliseconds kFirstPause{50};
constexpr std::chrono::milliseconds kLongestPause{2'000};

// A statement that could not be handed over is the caller's to send again later; a query that runs is not.
constexpr std::chrono::milliseconds kPostPatience{2'000};

constexpr std::size_t kMostPages = 10'000;

constexpr int kOk = 200;
constexpr int kTooManyRequests = 429;

bool is_busy(int status) { return status == kTooManyRequests || status == 502 || status == 503 || status == 504; }

/// Header values are printable ASCII.
std::string header_text(const std::string& text) {
  std::string out;
  for (char c : text) out += c >= ' ' && c <= '~' ? c : '?';
  return out;
}

Error status_error(int status, const std::string& body, const connectors::Redactor& redact) {
  Error error;
  error.vendor_code = "HTTP " + std::to_string(status);
  error.message = "Trino answered with HTTP status " + std::to_string(status);
  if (!body.empty() && body.size() < 500 && body.front() != '<') error.message += ": " + redact(body);
  switch (status) {
    case 401:
      error.kind = ErrorKind::unauthenticated;
      error.hint = "check `user` and `password` or `token` of the connection";
      break;
    case 403:
      error.kind = ErrorKind::permission;
      error.hint = "the server wants HTTPS for a login, or does not let this user in";
      break;
    case 404:
    case 410:
      error.kind = ErrorKind::not_found;
      break;
    case kTooManyRequests:
      error.kind = ErrorKind::throttled;
      break;
    default:
      error.kind = status >= 500 ? ErrorKind::unavailable : ErrorKind::permanent;
  }
  return error;
}

/// A peer that vanished is noticed within a minute.
void watch_peer(int socket) {
  const auto set = [socket](int level, int option, int value) { ::setsockopt(socket, level, option, &value, sizeof(value)); };
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, 30);
  set(IPPROTO_TCP, TCP_KEEPINTVL, 10);
  set(IPPROTO_TCP, TCP_KEEPCNT, 3);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, 60'000);
}

}  // namespace

class Client::Transport {
 public:
  explicit Transport(const Target& from) : target(from), client(target.origin), watch([this] { client.stop(); }) {
    client.set_keep_alive(true);
    client.set_tcp_nodelay(true);
    client.set_socket_options(watch_peer);
    // Compression costs more than it saves beside the server, and a page is a megabyte at most.
    client.set_decompress(false);
    client.enable_server_certificate_verification(target.verify_tls);
    if (!target.ca_file.empty()) client.set_ca_cert_path(target.ca_file);
    next_address();
  }

  /// Where the addresses are chosen: the next one is spoken to.
  void next_address() {
    if (target.addresses.empty()) return;
    client.set_hostname_addr_map({{connectors::host_of(target.origin), target.addresses[address % target.addresses.size()]}});
    ++address;
  }

  const Target& target;
  std::size_t address = 0;
  httplib::Client client;
  /// httplib's own limits are those of each read and write, and a server may dribble.
  connectors::Watch watch;
  std::string last_failure;
};

Client::Client(const Target& target) : target_(target), transport_(std::make_unique<Transport>(target)) {}
Client::~Client() = default;

Client::Headers Client::identity() const {
  Headers headers = {{"X-Trino-User", header_text(target_.user)}};
  if (!target_.authorization.empty()) headers.emplace("Authorization", target_.authorization);
  return headers;
}

std::optional<Client::Answer> Client::once(const std::string& method, const std::string& path, const Headers& headers,
                                           const std::string& body, Clock::time_point deadline) {
  httplib::Request request;
  request.method = method;
  request.path = path;
  for (const auto& [name, value] : headers) request.headers.emplace(name, value);
  request.body = body;
  if (method == "POST") request.headers.emplace("Content-Type", "text/plain; charset=utf-8");
  httplib::Client& client = transport_->client;
  const auto left = std::max(std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()), std::chrono::milliseconds(1));
  client.set_connection_timeout(std::min(target_.connect_timeout, left));
  client.set_read_timeout(std::min<std::chrono::milliseconds>(kReadTimeout, left));
  client.set_write_timeout(std::min<std::chrono::milliseconds>(kReadTimeout, left));
  transport_->watch.begin(deadline);
  const httplib::Result result = client.send(request);
  transport_->watch.cease();
  if (!result) {
    transport_->last_failure = httplib::to_string(result.error());
    if (result.error() == httplib::Error::Connection) transport_->next_address();
    if (result.error() == httplib::Error::SSLServerVerification) transport_->last_failure += " (the server's certificate is not trusted)";
    return std::nullopt;
  }
  return Answer{result->status, result->body, result->get_header_value("Retry-After")};
}

Result<Client::Answer> Client::request(const std::string& method, const std::string& path, const Headers& headers, const std::string& body,
                                       std::chrono::milliseconds patience) {
  const auto begun = Clock::now();
  const auto repeated_until = begun + (method == "POST" ? std::min(kPostPatience, patience) : patience);
  for (auto pause = kFirstPause;; pause = std::min(pause * 2, kLongestPause)) {
    const std::optional<Answer> answer = once(method, path, headers, body, begun + patience);
    const bool empty_page = answer && answer->status == kOk && answer->body.empty();
    if (answer && !is_busy(answer->status) && !empty_page) return *answer;
    auto wait = pause;
    if (answer && !answer->retry_after.empty()) {
      wait = std::max(wait, std::chrono::milliseconds(1000 * std::clamp(std::atol(answer->retry_after.c_str()), 0L, 60L)));
    }
    if (Clock::now() + wait >= repeated_until) {
      if (answer && !empty_page) return *answer;
      return fail(ErrorKind::unavailable, "Trino at " + target_.origin + " does not answer: " + target_.redact(transport_->last_failure),
                  "check `url` of the connection, and that the server runs");
    }
    std::this_thread::sleep_for(wait);
  }
}

Result<Page> Client::to_page(const Result<Answer>& answer) const {
  if (!answer) return fail(answer.error());
  if (answer->status != kOk) return fail(status_error(answer->status, answer->body, target_.redact));
  return parse_page(answer->body, target_.origin);
}

Result<Page> Client::post(const std::string& statement, const connectors::Token* token, std::chrono::milliseconds timeout) {
  Headers headers = identity();
  headers.emplace("X-Trino-Time-Zone", "UTC");
  headers.emplace("X-Trino-Client-Capabilities", "PARAMETRIC_DATETIME");
  headers.emplace("X-Trino-Source", token == nullptr ? "penstock" : header_text("penstock:" + token->id));
  std::string tags = target_.client_tags;
  std::string session = target_.session_properties;
  if (token != nullptr) {
    headers.emplace("X-Trino-Trace-Token", header_text(token->id));
    headers.emplace("X-Trino-Client-Info",
                    header_text("run=" + token->run_id + " step=" + token->step + " attempt=" + std::to_string(token->attempt)));
    tags += (tags.empty() ? "" : ",") + std::string("penstock");
  }
  if (timeout.count() > 0) {
    // The server's own limit holds when nobody follows the query; a second later than ours, which is exact.
    session += (session.empty() ? "" : ",") + std::string("query_max_run_time=") + std::to_string(timeout.count() / 1000 + 2) + "s";
  }
  if (!tags.empty()) headers.emplace("X-Trino-Client-Tags", header_text(tags));
  if (!session.empty()) headers.emplace("X-Trino-Session", header_text(session));
  if (!target_.catalog.empty()) headers.emplace("X-Trino-Catalog", header_text(target_.catalog));
  if (!target_.schema.empty()) headers.emplace("X-Trino-Schema", header_text(target_.schema));
  return to_page(request("POST", "/v1/statement", headers, statement));
}

Result<Page> Client::get(const std::string& path) { return to_page(request("GET", path, identity(), "")); }

Result<void> Client::stop(const std::string& path, const std::string& query_id, std::chrono::milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  for (const std::string& target : {path, "/v1/query/" + query_id}) {
    if (target.empty()) continue;
    const Result<Answer> answer =
        request("DELETE", target, identity(), "", std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()));
    if (!answer) return fail(answer.error());
    // A query that has ended or was never started is unknown to one of the two.
    const bool known = answer->status < 300;
    if (!known && answer->status != 404 && answer->status != 410) return fail(status_error(answer->status, answer->body, target_.redact));
  }
  return {};
}

Result<bool> Client::has_ended(const std::string& query_id) {
  const Result<Answer> answer = request("GET", "/v1/query/" + query_id + "?pruned=true", identity(), "");
  if (!answer) return fail(answer.error());
  if (answer->status == 404 || answer->status == 410) return true;
  if (answer->status != kOk) return fail(status_error(answer->status, answer->body, target_.redact));
  const nlohmann::json json = nlohmann::json::parse(answer->body, nullptr, false);
  if (!json.is_object()) return fail(ErrorKind::permanent, "Trino's account of a query cannot be read");
  const std::string state = json.value("state", "");
  return (state == "FINISHED" || state == "FAILED") && json.value("finalQueryInfo", true);
}

Result<std::vector<connectors::Row>> Client::ask(const std::string& statement, QueryError* error) {
  Result<Page> page = post(statement, nullptr, std::chrono::milliseconds(0));
  std::vector<connectors::Row> rows;
  for (std::size_t count = 0; page && count < kMostPages; ++count) {
    rows.insert(rows.end(), page->rows.begin(), page->rows.end());
    if (page->error) {
      if (error != nullptr) *error = *page->error;
      Error failed{kind_of(*page->error), target_.redact(page->error->message), hint_of(*page->error), "", page->error->name, -1};
      return fail(std::move(failed));
    }
    if (page->next.empty()) return rows;
    page = get(page->next);
  }
  return page ? Result<std::vector<connectors::Row>>(std::move(rows)) : fail(page.error());
}

}  // namespace penstock::trino
