#include "connectors/http/client.h"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <nlohmann/json.hpp>
#include <thread>

#include "connectors/http/inflating.h"
#include "connectors/http/transport.h"

namespace penstock::http {

namespace {

constexpr std::chrono::milliseconds kFirstPause{50};
constexpr std::chrono::milliseconds kLongestPause{2'000};
constexpr int kMostRedirects = 3;
constexpr std::size_t kLongestTold = 500;

constexpr int kOk = 200;
constexpr int kTooManyRequests = 429;

bool is_busy(int status) { return status == kTooManyRequests || status == 502 || status == 503 || status == 504; }
bool is_redirect(int status) { return status == 301 || status == 302 || status == 303 || status == 307 || status == 308; }

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

ErrorKind kind_of_status(int status) {
  switch (status) {
    case 401:
      return ErrorKind::unauthenticated;
    case 403:
      return ErrorKind::permission;
    case 404:
    case 410:
      return ErrorKind::not_found;
    case kTooManyRequests:
      return ErrorKind::throttled;
    default:
      return status >= 500 ? ErrorKind::unavailable : ErrorKind::permanent;
  }
}

}  // namespace

class Client::Wire {
 public:
  explicit Wire(const Endpoint& endpoint) : transport(endpoint) {}
  Transport transport;
};

struct Client::Sending {
  Clock::time_point deadline;
  bool may_have_arrived = false;
};

std::string Answer::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

Client::Client(std::shared_ptr<const Endpoint> endpoint, std::shared_ptr<Credential> credential, OwnWords words)
    : endpoint_(std::move(endpoint)), credential_(std::move(credential)), words_(words), wire_(std::make_unique<Wire>(*endpoint_)) {}
Client::~Client() = default;

const Way& Client::way() const { return wire_->transport.way(); }

std::string Client::redacted(const std::string& text) const {
  std::string masked = text;
  const std::size_t space = authorization_.find(' ');
  const std::string secret = space == std::string::npos ? authorization_ : authorization_.substr(space + 1);
  for (std::size_t at = 0; !secret.empty() && (at = masked.find(secret, at)) != std::string::npos;) {
    masked.replace(at, secret.size(), connectors::kMask);
  }
  return endpoint_->redact(masked);
}

Result<Answer> Client::once(const Request& request, const std::string& path, Sending& sending) {
  const Endpoint& endpoint = *endpoint_;
  httplib::Request message;
  message.method = request.method;
  const bool is_by_proxy = endpoint.proxy && endpoint.tls == nullptr;
  message.path = is_by_proxy ? "http://" + endpoint.url.authority() + path : path;
  message.body = request.body;
  for (const auto& [name, value] : request.headers) message.headers.emplace(name, value);
  const std::string origin = endpoint.url.origin();
  message.headers.emplace("Host", origin.substr(origin.find("://") + 3));
  message.headers.emplace("User-Agent", "penstock");
  // Beside the server compression costs more than it saves.
  message.headers.emplace("Accept-Encoding", is_loopback(endpoint.url.host) ? "identity" : "gzip");
  if (!request.content_type.empty()) message.headers.emplace("Content-Type", request.content_type);
  if (!authorization_.empty()) message.headers.emplace("Authorization", authorization_);
  if (is_by_proxy && !endpoint.proxy->authorization.empty()) message.headers.emplace("Proxy-Authorization", endpoint.proxy->authorization);

  std::string packed;
  bool is_too_large = false;
  const auto response = wire_->transport.exchange(message, sending.deadline, [&](const char* bytes, std::size_t size) {
    is_too_large = packed.size() + size > endpoint.most_body;
    if (!is_too_large) packed.append(bytes, size);
    return !is_too_large;
  });
  sending.may_have_arrived = wire_->transport.has_sent();
  const auto wrong_body = [&](const std::string& what) {
    return fail(ErrorKind::permanent, "the answer of " + endpoint.name + " at " + origin + " " + what,
                "check `" + endpoint.url_key + "`, and what stands between: a proxy or a gateway may answer in its place");
  };
  const std::string bound = "is larger than " + std::to_string(endpoint.most_body / 1024) + " KiB";
  if (!response) return is_too_large ? wrong_body(bound) : Result<Answer>(fail(response.error()));
  Answer answer;
  answer.status = response->status;
  for (const auto& [name, value] : response->headers) answer.headers.emplace(lower(name), value);
  const std::string encoding = lower(answer.header("content-encoding"));
  if (encoding.empty() || encoding == "identity") {
    answer.body = std::move(packed);
    return answer;
  }
  if (encoding != "gzip" && encoding != "x-gzip") return wrong_body("is packed in a way that nobody has asked for");
  if (packed.empty()) return answer;
  Inflating inflating(endpoint.most_body);
  switch (inflating.add(packed, answer.body)) {
    case Inflating::State::whole:
      return answer;
    case Inflating::State::too_large:
      return wrong_body(bound + " when it is unpacked");
    case Inflating::State::more:
      return wrong_body("is gzip that breaks off");
    case Inflating::State::broken:
      break;
  }
  return wrong_body("says that it is gzip, and is not");
}

/// The path to ask instead; empty where the answer redirects nowhere.
Result<std::string> Client::redirection(const Request& request, const Answer& answer, const std::string& path) const {
  if (!is_redirect(answer.status)) return std::string();
  const std::string to = answer.header("location");
  const bool keeps_method = answer.status == 307 || answer.status == 308;
  if (!to.empty() && to.front() == '/' && to.rfind("//", 0) != 0 && (request.method == "GET" || keeps_method)) return to;
  const Result<Url> url = parse_url(to);
  const std::string origin = url ? url->origin() : std::string();
  if (origin == endpoint_->url.origin() && (request.method == "GET" || keeps_method)) return url->path.empty() ? "/" : url->path;
  return fail(ErrorKind::refused,
              endpoint_->name + " at " + endpoint_->url.origin() + " sends us on from " + redacted(path.substr(0, path.find('?'))) +
                  " to " + (origin.empty() ? "an address that cannot be read" : redacted(origin)),
              "a login goes nowhere else by itself: `" + endpoint_->url_key + "` must be the address that answers");
}

Result<Answer> Client::ask(const Request& request) {
  const auto begun = Clock::now();
  const auto patience = request.patience.value_or(endpoint_->patience);
  const auto repeated_until = begun + std::min(request.repeated_for.value_or(patience), patience);
  std::string path = request.path;
  int redirects = 0;
  bool has_renewed = false;
  for (auto pause = kFirstPause;; pause = std::min(pause * 2, kLongestPause)) {
    const Result<std::string> authorization = credential_->authorization();
    if (!authorization) return fail(authorization.error());
    authorization_ = *authorization;
    Sending sending{begun + patience};
    Result<Answer> answer = once(request, path, sending);
    const bool is_login_refused = answer && (answer->status == 401 || (words_.refuses_login != nullptr && words_.refuses_login(*answer)));
    if (is_login_refused && !has_renewed) {
      has_renewed = true;
      if (credential_->renew(authorization_)) continue;
    }
    if (answer) {
      const Result<std::string> other = redirection(request, *answer, path);
      if (!other) return fail(other.error());
      if (!other->empty() && ++redirects <= kMostRedirects) {
        path = *other;
        continue;
      }
    }
    const bool is_empty = answer && request.wants_body && answer->status == kOk && answer->body.empty();
    const bool is_asked_again = answer && (is_busy(answer->status) || is_empty || (words_.is_busy != nullptr && words_.is_busy(*answer)));
    if (answer && !is_asked_again) return answer;
    if (!answer && answer.error().kind != ErrorKind::unavailable) return answer;
    // Too many requests were told so before anything was done with them.
    const bool is_refused_early = !sending.may_have_arrived || (answer && answer->status == kTooManyRequests);
    const bool may_repeat = request.is_repeatable || is_refused_early;
    auto wait = std::chrono::duration_cast<Clock::duration>(pause);
    const auto asked = answer ? retry_after(answer->header("retry-after"), std::chrono::system_clock::now()) : std::nullopt;
    if (asked) wait = std::max<Clock::duration>(wait, *asked);
    if (may_repeat && Clock::now() + wait < repeated_until) {
      std::this_thread::sleep_for(wait);
      continue;
    }
    if (answer && !is_empty) return answer;
    Error error = answer ? Error{ErrorKind::unavailable, "it answers with nothing", "check `" + endpoint_->url_key + "`", "", "", -1}
                         : answer.error();
    error.message = endpoint_->name + " at " + endpoint_->url.origin() + " does not answer: " + error.message;
    if (!may_repeat) {
      error.kind = ErrorKind::in_doubt;
      error.message += "; whether it has taken the request is not known";
    }
    return fail(std::move(error));
  }
}

Error Client::refusal(const Answer& answer) const {
  Error error;
  error.kind = kind_of_status(answer.status);
  error.vendor_code = "HTTP " + std::to_string(answer.status);
  error.message = endpoint_->name + " answered with HTTP status " + std::to_string(answer.status);
  // Of a long text the first line: what follows may be a trace of calls.
  const std::string told = answer.body.size() < kLongestTold ? answer.body : answer.body.substr(0, answer.body.find('\n'));
  if (!told.empty() && told.size() < kLongestTold && told.front() != '<') error.message += ": " + redacted(told);
  if (answer.status == 401) error.hint = endpoint_->login_hint;
  if (answer.status == 407) error.hint = "`proxy_user` and `proxy_password`";
  const auto wait = retry_after(answer.header("retry-after"), std::chrono::system_clock::now());
  if (wait && is_busy(answer.status)) error.hint = "it asks to wait for " + std::to_string(wait->count()) + " s";
  return error;
}

Result<nlohmann::json> Client::json_of(const Answer& answer) const {
  nlohmann::json json = nlohmann::json::parse(answer.body, nullptr, false);
  if (!json.is_discarded()) return json;
  const std::string type = answer.header("content-type");
  return fail(ErrorKind::permanent,
              "the answer of " + endpoint_->name + " at " + endpoint_->url.origin() + " is no JSON" +
                  (type.empty() ? "" : " but " + redacted(type.substr(0, 100))),
              "check `" + endpoint_->url_key + "`: a proxy or a login page may answer in its place");
}

std::optional<std::chrono::system_clock::time_point> http_date(const std::string& text) {
  std::tm parts{};
  const char* const end = strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return std::chrono::system_clock::from_time_t(timegm(&parts));
}

std::optional<std::chrono::seconds> retry_after(const std::string& header, std::chrono::system_clock::time_point now) {
  constexpr long long kLongest = 24LL * 3600;
  long long seconds = 0;
  const auto [end, error] = std::from_chars(header.data(), header.data() + header.size(), seconds);
  if (error == std::errc::result_out_of_range) return std::chrono::seconds(kLongest);
  if (error == std::errc() && end == header.data() + header.size()) return std::chrono::seconds(std::clamp(seconds, 0LL, kLongest));
  const auto moment = http_date(header);
  if (!moment) return std::nullopt;
  return std::clamp(std::chrono::ceil<std::chrono::seconds>(*moment - now), std::chrono::seconds(0), std::chrono::seconds(kLongest));
}

namespace {

class Fixed final : public Credential {
 public:
  explicit Fixed(std::string authorization) : authorization_(std::move(authorization)) {}
  Result<std::string> authorization() override { return authorization_; }
  bool renew(const std::string&) override { return false; }

 private:
  const std::string authorization_;
};

}  // namespace

std::shared_ptr<Credential> make_fixed(std::string authorization) { return std::make_shared<Fixed>(std::move(authorization)); }

}  // namespace penstock::http
