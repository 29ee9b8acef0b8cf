#include "daemon/api/server.h"

#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

#include "daemon/api/admission.h"
#include "daemon/api/connection.h"
#include "daemon/api/library.h"
#include "daemon/api/listener.h"
#include "daemon/api/router.h"
#include "daemon/api/tls.h"

namespace penstock::api {
namespace {

/// A thread per connection: most wait for a browser's next click or for the next event, and their number is bounded.
class Threads {
 public:
  /// False where the system has none left.
  bool start(std::function<void()> work) {
    const std::lock_guard lock(mutex_);
    try {
      std::thread([this, work = std::move(work)] {
        work();
        const std::lock_guard ended(mutex_);
        --running_;
        all_ended_.notify_all();
      }).detach();
    } catch (const std::system_error&) {
      return false;
    }
    ++running_;
    return true;
  }

  void wait_for_all() {
    std::unique_lock lock(mutex_);
    all_ended_.wait(lock, [this] { return running_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable all_ended_;
  int running_ = 0;
};

constexpr int kRetryConnectionSeconds = 2;
constexpr int kRetryStreamSeconds = 15;

std::string retry_after(int seconds) { return "Retry-After: " + std::to_string(seconds) + "\r\n"; }

/// Whose own connections are too many gets 429, others 503.
Unreadable crowded(Admission::Crowd crowd) {
  if (crowd == Admission::Crowd::client) {
    return {429, "Too many connections", "too_many_connections", "this address has too many connections at work; try again later",
            retry_after(kRetryConnectionSeconds)};
  }
  return {503, "Too many connections", "too_many_connections", "there are too many connections at work; try again later",
          retry_after(kRetryConnectionSeconds)};
}

bool is_probe(std::string_view path) { return path == "/livez" || path == "/readyz"; }

/// The socket that this thread serves.
thread_local int served_socket = -1;

}  // namespace

class Server::Shell final : public httplib::Server {
 public:
  Shell(ServerOptions options, Context& context)
      : options_(std::move(options)), context_(context), gate_(options_.tokens), admission_(options_.limits) {
    const auto without_body = [this](const httplib::Request& from, httplib::Response& to) { answer(from, {}, to); };
    const auto with_body = [this](const httplib::Request& from, httplib::Response& to, const httplib::ContentReader& read) {
      std::string body;
      // Without a length there is no body; the library would read on to the end of the connection.
      if (!from.has_header("Content-Length")) return answer(from, {}, to);
      const bool whole = read([&](const char* part, std::size_t size) {
        body.append(part, size);
        return body.size() <= options_.limits.body_bytes;
      });
      if (!whole) return to_library(unread(from.path, body.size()), to);
      answer(from, std::move(body), to);
    };
    Get(".*", without_body);
    Options(".*", without_body);
    Post(".*", with_body);
    Put(".*", with_body);
    Patch(".*", with_body);
    Delete(".*", with_body);
    // What the library refuses by itself (a request line that it cannot read, a path that is too long, another method) has no body yet.
    set_error_handler([](const httplib::Request& from, httplib::Response& to) {
      if (!to.body.empty()) return;
      to_library(problem(to.status, "malformed", "The request cannot be understood", "it is no HTTP request, or too long", from.path), to);
    });
    set_exception_handler([](const httplib::Request& from, httplib::Response& to, const std::exception_ptr&) {
      to_library(problem(500, "internal", "Penstock failed to answer", "this is a fault of Penstock, not of the request", from.path), to);
    });
  }

  ~Shell() override { end(); }

  Result<void> begin() {
    if (auto allowed = check_exposure(); !allowed) return allowed;
    if (auto ready = load_certificate(); !ready) return ready;
    auto listener = Listener::open(options_.host, options_.port);
    if (!listener) return tl::unexpected(listener.error());
    listener_.emplace(*std::move(listener));
    svr_sock_ = listener_->socket();  // The library asks it whether it shuts down.
    accepting_ = std::thread([this] { listener_->run([this](int socket) { take(socket); }); });
    return {};
  }

  void end() {
    if (!accepting_.joinable()) return;
    context_.wakeups.close();
    svr_sock_ = INVALID_SOCKET;
    listener_->stop();
    accepting_.join();
    admission_.close();
    threads_.wait_for_all();
  }

  int port() const { return listener_->port(); }
  std::string url() const {
    const bool v6 = options_.host.find(':') != std::string::npos;
    return std::string(tls_ ? "https://" : "http://") + (v6 ? "[" + options_.host + "]" : options_.host) + ":" + std::to_string(port());
  }

 private:
  /// The answer to a request whose body came whole and compressed, and could not be unpacked.
  Response unread(const std::string& path, std::size_t unpacked) const {
    const std::size_t most = options_.limits.body_bytes;
    if (unpacked > most) {
      return problem(413, "too_large", "The body is too large", "at most " + std::to_string(most) + " bytes are read", path);
    }
    return problem(400, "incomplete", "The body is incomplete", "it cannot be unpacked", path);
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
    auto loaded = Tls::load(options_.certificate_file, options_.key_file);
    if (!loaded) return tl::unexpected(loaded.error());
    tls_ = std::move(*loaded);
    return {};
  }

  void take(int socket) {
    const auto due = Connection::Clock::now() + options_.limits.head_time;
    const Admission::Entry entry = admission_.enter(socket);
    if (!entry.may_stay && entry.crowd && !tls_) {
      const std::string busy = raw_problem(crowded(*entry.crowd));
      [[maybe_unused]] const ssize_t sent = ::send(socket, busy.data(), busy.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    if (entry.may_stay && threads_.start([this, socket, due, crowd = entry.crowd] { serve(socket, due, crowd); })) return;
    finish(socket);
  }

  void finish(int socket) {
    admission_.leave(socket);
    ::shutdown(socket, SHUT_RDWR);
    ::close(socket);
  }

  void serve(int socket, Connection::Clock::time_point due, std::optional<Admission::Crowd> crowd) {
    {
      const TlsSession session = tls_ ? tls_->accept(socket, due) : nullptr;
      if (session || !tls_) converse(socket, session.get(), due, crowd);
      if (session) SSL_shutdown(session.get());
    }
    finish(socket);
  }

  void converse(int socket, SSL* tls, Connection::Clock::time_point due, std::optional<Admission::Crowd> crowd) {
    Connection connection(socket, tls, options_.limits, due);
    served_socket = socket;
    const auto turned_away = [&](const RequestHead& head) { return refusal_of(head, socket, crowd); };
    while (true) {
      const tl::expected<bool, Unreadable> read = connection.read_request(turned_away);
      if (!read) {
        connection.write(raw_problem(read.error()));
        return connection.linger();
      }
      bool closed = false;
      if (!*read || !process_request(connection, crowd.has_value(), closed, hide_from_library) || closed) return;
      if (!admission_.wait(socket)) return;
    }
  }

  /// Why a request whose head has come is not read on: what it may do shows before its body costs anything.
  std::optional<Unreadable> refusal_of(const RequestHead& head, int socket, std::optional<Admission::Crowd> crowd) {
    const bool is_known = gate_.knows(head.authorization);
    if (crowd && !is_known && !is_probe(head.path)) return crowded(*crowd);
    if (!admission_.begin(socket)) return crowded(Admission::Crowd::client);
    if (is_known || head.body == RequestHead::Body::none || (head.body == RequestHead::Body::sized && head.length == 0))
      return std::nullopt;
    return Unreadable{401, "A token is needed", "unauthenticated", "send Authorization: Bearer TOKEN", "WWW-Authenticate: Bearer\r\n"};
  }

  void answer(const httplib::Request& from, std::string body, httplib::Response& to) {
    Request request = to_request(from);
    request.body = std::move(body);
    const bool is_open = is_probe(from.path);
    const bool is_api = is_open || from.path.rfind("/api/", 0) == 0 || from.path == "/metrics";
    auto refused = is_api ? gate_.refusal(request, is_open) : gate_.refusal_of_host(request);
    if (refused) return to_library(std::move(*refused), to);
    if (!is_api) return serve_static(options_.asset, from, to);
    if (!request.body.empty() && media_type_of(from) != "application/json") {
      return to_library(problem(415, "json_needed", "Only JSON is understood", "send Content-Type: application/json", from.path), to);
    }
    request.due = std::chrono::steady_clock::now() + patience_with(request.principal.role);
    Response response = dispatch(context_, std::move(request));
    if (response.stream) {
      if (const auto crowd = admission_.begin_stream(served_socket)) response = too_many_streams(*crowd, from.path);
    }
    to_library(std::move(response), to);
  }

  std::chrono::milliseconds patience_with(Role role) const {
    const Limits& limits = options_.limits;
    return role == Role::viewer ? limits.viewer_time : role == Role::operator_ ? limits.operator_time : limits.admin_time;
  }

  static Response too_many_streams(Admission::Crowd crowd, const std::string& path) {
    const bool is_client = crowd == Admission::Crowd::client;
    Response response = problem(is_client ? 429 : 503, "too_many_streams", "Too many streams of events",
                                is_client ? "this address reads too many streams of events" : "too many streams of events are read", path,
                                "read one stream for several topics, or close those that nobody reads");
    response.headers.emplace_back("Retry-After", std::to_string(kRetryStreamSeconds));
    return response;
  }

  ServerOptions options_;
  Context& context_;
  const Gate gate_;
  std::optional<Tls> tls_;
  std::optional<Listener> listener_;
  std::thread accepting_;
  Admission admission_;
  Threads threads_;
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
