#include "daemon/api/server.h"

#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "daemon/api/connection.h"
#include "daemon/api/library.h"
#include "daemon/api/router.h"
#include "daemon/api/tls.h"

namespace penstock::api {
namespace {

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

}  // namespace

class Server::Shell final : public httplib::Server {
 public:
  Shell(ServerOptions options, Context& context) : options_(std::move(options)), context_(context), gate_(options_.tokens) {
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

  /// The library's own loop gives each accepted socket here.
  bool process_and_close_socket(socket_t socket) override {
    if (take(socket)) {
      const TlsSession session = tls_ ? tls_->accept(socket, options_.limits.head_time) : nullptr;
      if (session || !tls_) serve(socket, session.get());
      if (session) SSL_shutdown(session.get());
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
      const std::string busy = raw_problem(503, "Too many connections", "too_many_connections", "try again later");
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

  void serve(int socket, SSL* tls) {
    Connection connection(socket, tls, options_.limits);
    while (true) {
      const tl::expected<bool, Unreadable> read = connection.read_request();
      if (!read) {
        connection.write(raw_problem(read.error().status, read.error().reason, read.error().code, read.error().detail));
        return connection.linger();
      }
      bool closed = false;
      if (!*read || !process_request(connection, false, closed, hide_from_library) || closed) return;
    }
  }

  void answer(const httplib::Request& from, std::string body, httplib::Response& to) {
    Request request = to_request(from);
    request.body = std::move(body);
    const bool is_open = from.path == "/livez" || from.path == "/readyz";
    const bool is_api = is_open || from.path.rfind("/api/", 0) == 0 || from.path == "/metrics";
    auto refused = is_api ? gate_.refusal(request, is_open) : gate_.refusal_of_host(request);
    if (refused) return to_library(std::move(*refused), to);
    if (!is_api) return serve_static(options_.asset, from, to);
    if (!request.body.empty() && media_type_of(from) != "application/json") {
      return to_library(problem(415, "json_needed", "Only JSON is understood", "send Content-Type: application/json", from.path), to);
    }
    to_library(dispatch(context_, std::move(request)), to);
  }

  ServerOptions options_;
  Context& context_;
  const Gate gate_;
  std::optional<Tls> tls_;
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
