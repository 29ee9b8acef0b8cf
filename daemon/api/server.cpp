#include "daemon/api/server.h"

#include <arpa/inet.h>
#include <httplib.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <sstream>
#include <thread>

#include "daemon/api/connection.h"
#include "daemon/api/router.h"

namespace penstock::api {
namespace {

constexpr const char* kAcceptsGzip = "Penstock-Accepts-Gzip";

std::string sha256_hex(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha256(), nullptr);
  std::string hex;
  for (unsigned int i = 0; i < length; ++i) {
    hex += "0123456789abcdef"[digest.at(i) >> 4U];
    hex += "0123456789abcdef"[digest.at(i) & 15U];
  }
  return hex;
}

/// By its number: a name such as 127.example.com may lead anywhere.
bool is_loopback(const std::string& host) {
  in_addr v4{};
  return host == "localhost" || host == "::1" || (host.rfind("127.", 0) == 0 && ::inet_pton(AF_INET, host.c_str(), &v4) == 1);
}

/// The connection that this thread serves: the library hands its handlers no connection to ask why a body could not be read.
thread_local const Connection* served_here = nullptr;

/// A thread per connection: most wait for a browser's next click or for the next event, and the shell bounds their number.
class ThreadPerConnection final : public httplib::TaskQueue {
 public:
  void enqueue(std::function<void()> work) override {
    const std::lock_guard lock(mutex_);
    ++running_;
    std::thread([this, work = std::move(work)] {
      work();
      const std::lock_guard ended(mutex_);
      --running_;
      all_ended_.notify_all();
    }).detach();
  }

  void shutdown() override {
    std::unique_lock lock(mutex_);
    all_ended_.wait(lock, [this] { return running_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable all_ended_;
  int running_ = 0;
};

struct TlsContextDeleter {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct TlsDeleter {
  void operator()(SSL* tls) const { SSL_free(tls); }
};

Request to_request(const httplib::Request& from) {
  Request request;
  request.method = from.method == "HEAD" ? "GET" : from.method;
  request.path = from.path;
  for (const auto& [name, value] : from.params) request.query.emplace(name, value);
  for (const auto& [name, value] : from.headers) {
    std::string lower = name;
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    request.headers.emplace(std::move(lower), value);
  }
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
  } else if (response.status != 304) {
    to.set_content(std::move(response.body), response.media_type);
  }
}

std::string raw_answer(int status, std::string_view reason, std::string_view code, std::string_view detail) {
  const Response body = problem(status, code, reason, detail, "");
  return "HTTP/1.1 " + std::to_string(status) + " " + std::string(reason) +
         "\r\nContent-Type: application/problem+json\r\nContent-Length: " + std::to_string(body.body.size()) +
         "\r\nConnection: close\r\n\r\n" + body.body;
}

}  // namespace

Result<std::vector<TokenRule>> parse_tokens(std::string_view text) {
  std::vector<TokenRule> rules;
  std::istringstream lines{std::string(text)};
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    std::istringstream words(line.substr(0, line.find('#')));
    TokenRule rule;
    std::string role;
    if (!(words >> rule.name)) continue;
    words >> role >> rule.sha256_hex;
    const bool hex = rule.sha256_hex.size() == 64 && rule.sha256_hex.find_first_not_of("0123456789abcdef") == std::string::npos;
    std::string further;
    if (!hex || (words >> further) || (role != "viewer" && role != "operator" && role != "admin")) {
      return fail(ErrorKind::invalid_input, "line " + std::to_string(number) + " of the token file is not \"NAME ROLE SHA256\"",
                  "the role is viewer, operator or admin; the hash is 64 lower-case hexadecimal digits, as sha256sum prints them");
    }
    rule.role = role == "viewer" ? Role::viewer : role == "operator" ? Role::operator_ : Role::admin;
    rules.push_back(std::move(rule));
  }
  return rules;
}

class Server::Shell final : public httplib::Server {
 public:
  Shell(ServerOptions options, Context& context) : options_(std::move(options)), context_(context) {
    new_task_queue = [] { return new ThreadPerConnection(); };
    set_tcp_nodelay(true);
    // The library's own choice lets two daemons share a port, and a client would reach either of them.
    set_socket_options([](socket_t socket) {
      const int yes = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    const auto without_body = [this](const httplib::Request& from, httplib::Response& to) { answer(from, {}, to); };
    const auto with_body = [this](const httplib::Request& from, httplib::Response& to, const httplib::ContentReader& read) {
      std::string body;
      const bool whole = read([&](const char* part, std::size_t size) {
        body.append(part, size);
        return body.size() <= options_.limits.body_bytes;
      });
      if (!whole) return to_library(unread(from.path), to);
      answer(from, std::move(body), to);
    };
    Get(".*", without_body);
    Options(".*", without_body);
    Post(".*", with_body);
    Put(".*", with_body);
    Patch(".*", with_body);
    Delete(".*", with_body);
  }

  ~Shell() override { end(); }

  Result<void> begin() {
    if (auto allowed = check_exposure(); !allowed) return allowed;
    if (auto ready = load_certificate(); !ready) return ready;
    port_ = options_.port == 0 ? bind_to_any_port(options_.host) : (bind_to_port(options_.host, options_.port) ? options_.port : -1);
    if (port_ < 0) {
      return fail(ErrorKind::unavailable, "cannot listen on " + options_.host + " port " + std::to_string(options_.port),
                  "another program may hold the port: choose one with --port, or 0 for any free one");
    }
    thread_ = std::thread([this] {
      listen_after_bind();
      listening_ended_ = true;
    });
    return {};
  }

  void end() {
    if (!thread_.joinable()) return;
    context_.wakeups.close();
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      for (const int socket : open_) ::shutdown(socket, SHUT_RDWR);
    }
    while (!is_running() && !listening_ended_) std::this_thread::yield();
    httplib::Server::stop();
    thread_.join();
  }

  int port() const { return port_; }
  std::string url() const {
    const bool v6 = options_.host.find(':') != std::string::npos;
    return std::string(tls_ ? "https://" : "http://") + (v6 ? "[" + options_.host + "]" : options_.host) + ":" + std::to_string(port_);
  }

 private:
  /// The answer to a request whose body could not be read as a whole.
  Response unread(const std::string& path) const {
    const Connection::Body body = served_here == nullptr ? Connection::Body::cut_off : served_here->body();
    if (body == Connection::Body::too_large) {
      const std::string most = "at most " + std::to_string(options_.limits.body_bytes) + " bytes are read";
      return problem(413, "too_large", "The body is too large", most, path);
    }
    if (body == Connection::Body::too_slow) {
      return problem(408, "too_slow", "The request took too long", "the body did not arrive in time", path);
    }
    return problem(400, "incomplete", "The body is incomplete", "the connection ended or the chunks are faulty", path);
  }

  Result<void> check_exposure() const {
    if (is_loopback(options_.host)) return {};
    const bool tls = !options_.certificate_file.empty() && !options_.key_file.empty();
    if (tls && !options_.tokens.empty()) return {};
    return fail(ErrorKind::refused, "the address " + options_.host + " can be reached from other machines",
                std::string("give ") + (tls ? "" : "a certificate with --tls-certificate and --tls-key") +
                    (!tls && options_.tokens.empty() ? " and " : "") + (options_.tokens.empty() ? "tokens with --tokens" : "") +
                    ", or listen on 127.0.0.1");
  }

  Result<void> load_certificate() {
    if (options_.certificate_file.empty()) return {};
    tls_.reset(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_set_min_proto_version(tls_.get(), TLS1_2_VERSION);
    const bool loaded = SSL_CTX_use_certificate_chain_file(tls_.get(), options_.certificate_file.c_str()) == 1 &&
                        SSL_CTX_use_PrivateKey_file(tls_.get(), options_.key_file.c_str(), SSL_FILETYPE_PEM) == 1 &&
                        SSL_CTX_check_private_key(tls_.get()) == 1;
    if (loaded) return {};
    const char* why = ERR_reason_error_string(ERR_get_error());
    return fail(ErrorKind::invalid_input,
                "the certificate " + options_.certificate_file + " with the key " + options_.key_file +
                    " cannot be used: " + (why != nullptr ? why : "unknown reason"),
                "both must be PEM files that belong together");
  }

  /// The library's own loop gives each accepted socket here.
  bool process_and_close_socket(socket_t socket) override {
    if (take(socket)) {
      std::unique_ptr<SSL, TlsDeleter> tls = handshake(socket);
      if (tls || !tls_) serve(socket, tls.get());
      if (tls) SSL_shutdown(tls.get());
      give_back(socket);
    }
    ::shutdown(socket, SHUT_RDWR);
    ::close(socket);
    return true;
  }

  bool take(int socket) {
    const std::lock_guard lock(mutex_);
    if (stopping_) return false;
    if (static_cast<int>(open_.size()) >= options_.limits.connections) {
      const std::string busy = raw_answer(503, "Too many connections", "too_many_connections", "try again later");
      [[maybe_unused]] const ssize_t sent = ::send(socket, busy.data(), busy.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      return false;
    }
    open_.insert(socket);
    return true;
  }

  void give_back(int socket) {
    const std::lock_guard lock(mutex_);
    open_.erase(socket);
  }

  std::unique_ptr<SSL, TlsDeleter> handshake(int socket) {
    if (!tls_) return nullptr;
    timeval patience{options_.limits.head_time.count() / 1000, options_.limits.head_time.count() % 1000 * 1000};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    std::unique_ptr<SSL, TlsDeleter> tls(SSL_new(tls_.get()));
    SSL_set_fd(tls.get(), socket);
    if (SSL_accept(tls.get()) != 1) return nullptr;
    return tls;
  }

  void serve(int socket, SSL* tls) {
    Connection connection(socket, tls, options_.limits);
    while (true) {
      switch (connection.read_head()) {
        case Connection::Head::closed:
          return;
        case Connection::Head::too_slow:
          connection.write(raw_answer(408, "The request took too long", "too_slow", "the headers did not arrive in time"));
          return connection.linger();
        case Connection::Head::too_large:
          connection.write(raw_answer(431, "The headers are too large", "headers_too_large", "fewer or shorter headers are needed"));
          return connection.linger();
        case Connection::Head::complete:
          break;
      }
      bool closed = false;
      served_here = &connection;
      const bool served = process_request(connection, false, closed, [](httplib::Request& request) {
        // The dashboard's files are compressed already, and events must not wait in a compressor.
        const bool accepts = request.get_header_value("Accept-Encoding").find("gzip") != std::string::npos;
        if (request.path.rfind("/api/", 0) == 0 && request.path != "/api/v1/events") return;
        request.headers.erase("Accept-Encoding");
        if (accepts) request.headers.emplace(kAcceptsGzip, "1");
      });
      served_here = nullptr;
      if (connection.body() != Connection::Body::flowing) return connection.linger();
      if (!served || closed) return;
    }
  }

  void answer(const httplib::Request& from, std::string body, httplib::Response& to) {
    Request request = to_request(from);
    request.body = std::move(body);
    const bool is_api = from.path.rfind("/api/", 0) == 0 || from.path == "/livez" || from.path == "/readyz" || from.path == "/metrics";
    if (!is_api) return serve_asset(from, to);
    const std::optional<Principal> principal = authenticate(request);
    const bool is_open = from.path == "/livez" || from.path == "/readyz";
    if (!principal && !is_open) {
      Response refused = problem(401, "unauthenticated", "A token is needed", "send Authorization: Bearer TOKEN", from.path);
      refused.headers.emplace_back("WWW-Authenticate", "Bearer");
      return to_library(std::move(refused), to);
    }
    if (principal) request.principal = *principal;
    if (request.method == "POST" && !is_same_origin(request)) {
      return to_library(problem(403, "foreign_origin", "The token may not do this", "the request comes from another site", from.path), to);
    }
    to_library(dispatch(context_, std::move(request)), to);
  }

  std::optional<Principal> authenticate(const Request& request) const {
    if (options_.tokens.empty()) return Principal{"local", Role::admin};
    constexpr std::string_view kBearer = "Bearer ";
    const std::string_view header = request.header("authorization");
    if (header.rfind(kBearer, 0) != 0) return std::nullopt;
    const std::string hash = sha256_hex(header.substr(kBearer.size()));
    for (const TokenRule& rule : options_.tokens) {
      if (CRYPTO_memcmp(hash.data(), rule.sha256_hex.data(), hash.size()) == 0) return Principal{rule.name, rule.role};
    }
    return std::nullopt;
  }

  /// A page of another site may not make a browser on this machine start or cancel runs.
  static bool is_same_origin(const Request& request) {
    const std::string_view origin = request.header("origin");
    if (origin.empty()) return true;
    const std::size_t scheme = origin.find("://");
    return scheme != std::string_view::npos && origin.substr(scheme + 3) == request.header("host");
  }

  void serve_asset(const httplib::Request& from, httplib::Response& to) const {
    if (from.method != "GET" && from.method != "HEAD") {
      return to_library(problem(405, "method_not_allowed", "The method is not allowed here", "allowed: GET", from.path), to);
    }
    std::optional<StaticFile> file = options_.asset ? options_.asset(from.path) : std::nullopt;
    // A script that is gone after an upgrade must not turn out to be a page.
    const bool is_file = from.path.rfind("/assets/", 0) == 0;
    if (!file && !is_file && options_.asset) file = options_.asset("/");
    if (!file) return to_library(problem(404, "not_found", "There is no such thing", "no such path: " + from.path, from.path), to);
    to.set_header("ETag", std::string(file->etag));
    to.set_header("Cache-Control", file->immutable ? "public, max-age=31536000, immutable" : "no-cache");
    to.set_header("X-Content-Type-Options", "nosniff");
    to.set_header("Referrer-Policy", "no-referrer");
    to.set_header("Content-Security-Policy",
                  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'; "
                  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    if (from.get_header_value("If-None-Match").find(file->etag) != std::string::npos) {
      to.status = 304;
      return;
    }
    if (!from.has_header(kAcceptsGzip)) {
      return to_library(problem(406, "gzip_needed", "The page is kept compressed", "send Accept-Encoding: gzip", from.path), to);
    }
    to.set_header("Content-Encoding", "gzip");
    to.set_header("Vary", "Accept-Encoding");
    const std::string_view bytes = file->gzip_bytes;
    to.set_content_provider(
        bytes.size(), std::string(file->media_type),
        [bytes](std::size_t offset, std::size_t length, httplib::DataSink& sink) { return sink.write(bytes.data() + offset, length); });
  }

  ServerOptions options_;
  Context& context_;
  std::unique_ptr<SSL_CTX, TlsContextDeleter> tls_;
  int port_ = -1;
  std::thread thread_;
  std::mutex mutex_;
  std::set<int> open_;
  bool stopping_ = false;
  std::atomic<bool> listening_ended_ = false;
};

Server::Server(std::unique_ptr<Shell> shell) : shell_(std::move(shell)) {}

Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, Context& context) {
  context.needs_token = !options.tokens.empty();
  auto shell = std::make_unique<Shell>(std::move(options), context);
  if (auto begun = shell->begin(); !begun) return tl::unexpected(begun.error());
  return std::unique_ptr<Server>(new Server(std::move(shell)));
}

int Server::port() const { return shell_->port(); }
std::string Server::url() const { return shell_->url(); }
void Server::stop() { shell_->end(); }

}  // namespace penstock::api
