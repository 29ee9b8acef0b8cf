#include "connectors/http/transport.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <future>
#include <thread>

#include "connectors/wait.h"

namespace penstock::http {

namespace {

using connectors::wait_for;

constexpr std::chrono::milliseconds kStep{1};
constexpr const char* kBroken = "check `url`; the server restarted, or what stands between ends connections early";
constexpr std::size_t kMostProxyHead = std::size_t{16} * 1024;

/// A peer that vanished is noticed within a minute.
void watch_peer(int socket) {
  const auto set = [socket](int level, int option, int value) { ::setsockopt(socket, level, option, &value, sizeof(value)); };
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, 30);
  set(IPPROTO_TCP, TCP_KEEPINTVL, 10);
  set(IPPROTO_TCP, TCP_KEEPCNT, 3);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, 60'000);
  set(IPPROTO_TCP, TCP_NODELAY, 1);
}

std::string in_seconds(std::chrono::milliseconds time) {
  return time.count() % 1000 == 0 ? std::to_string(time.count() / 1000) + " s" : std::to_string(time.count()) + " ms";
}

}  // namespace

/// The bytes of one exchange, by its deadlines and bounds.
class Transport::Bytes final : public httplib::Stream {
 public:
  Bytes(Transport& owner, int socket, ssl_st* session)
      : owner_(owner), socket_(socket), session_(session), head_deadline_(Clock::now() + owner.endpoint_.silence) {}

  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }
  socket_t socket() const override { return socket_; }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}

  ssize_t read(char* to, std::size_t size) override {
    const Endpoint& endpoint = owner_.endpoint_;
    if (begin_ == end_ && !fill()) return ended_ ? 0 : -1;
    const std::size_t count = std::min(size, end_ - begin_);
    taken_ += count;
    if (!owner_.is_in_body_ && taken_ > endpoint.most_head) {
      owner_.give_up(ErrorKind::permanent, "the head of the answer is longer than " + std::to_string(endpoint.most_head) + " bytes",
                     "check `" + endpoint.url_key + "`: what answers there is not " + endpoint.name);
      return -1;
    }
    // Between the parts of a body may stand as much as in them, and what stands there is not counted by who receives it.
    if (taken_ > endpoint.most_head + 8 * endpoint.most_body) {
      owner_.give_up(ErrorKind::permanent, "the answer has no end", "check `" + endpoint.url_key + "`");
      return -1;
    }
    std::memcpy(to, buffer_.data() + begin_, count);
    begin_ += count;
    return static_cast<ssize_t>(count);
  }

  ssize_t write(const char* from, std::size_t size) override {
    const auto deadline = std::min(owner_.deadline_, Clock::now() + owner_.endpoint_.silence);
    while (true) {
      const ssize_t count = session_ != nullptr ? SSL_write(session_, from, static_cast<int>(std::min<std::size_t>(size, 1U << 20U)))
                                                : ::send(socket_, from, size, MSG_NOSIGNAL);
      if (count > 0) {
        owner_.has_sent_ = true;
        return count;
      }
      if (!wait_again(count, POLLOUT, deadline, "take the request")) return -1;
    }
  }

  bool has_rest() const { return begin_ != end_; }

 private:
  bool fill() {
    auto deadline = std::min(owner_.deadline_, Clock::now() + owner_.endpoint_.silence);
    if (!owner_.is_in_body_) deadline = std::min(deadline, head_deadline_);
    while (true) {
      const ssize_t count = session_ != nullptr ? SSL_read(session_, buffer_.data(), static_cast<int>(buffer_.size()))
                                                : ::recv(socket_, buffer_.data(), buffer_.size(), 0);
      if (count > 0) {
        begin_ = 0;
        end_ = static_cast<std::size_t>(count);
        return true;
      }
      ended_ = session_ == nullptr ? count == 0 : SSL_get_error(session_, static_cast<int>(count)) == SSL_ERROR_ZERO_RETURN;
      if (ended_) {
        owner_.give_up(ErrorKind::unavailable, owner_.where_ + " closed the connection before its answer was whole", kBroken);
        return false;
      }
      if (!wait_again(count, POLLIN, deadline, owner_.is_in_body_ ? "go on with its answer" : "begin its answer")) return false;
    }
  }

  /// After a call that moved nothing: false, with the failure told, unless it is worth another.
  bool wait_again(ssize_t result, short events, Clock::time_point deadline, const char* what) {
    if (session_ != nullptr) {
      const int state = SSL_get_error(session_, static_cast<int>(result));
      if (state == SSL_ERROR_WANT_READ) events = POLLIN;
      if (state == SSL_ERROR_WANT_WRITE) events = POLLOUT;
      if (state != SSL_ERROR_WANT_READ && state != SSL_ERROR_WANT_WRITE) {
        const Error error = tls_error(session_, owner_.where_, owner_.endpoint_.tls->has_client_certificate());
        owner_.give_up(error.kind, error.message, error.hint, error.vendor_code);
        return false;
      }
    } else if (errno == EINTR) {
      return true;
    } else if (errno != EAGAIN && errno != EWOULDBLOCK) {
      owner_.give_up(ErrorKind::unavailable, "the connection to " + owner_.where_ + " broke: " + std::strerror(errno), kBroken);
      return false;
    }
    if (wait_for(socket_, events, deadline)) return true;
    const bool is_all = Clock::now() >= owner_.deadline_;
    owner_.give_up(ErrorKind::unavailable, owner_.where_ + " did not " + what + " in time",
                   is_all ? "`patience` of the connection says how long to wait" : "the server is overloaded, or what stands before it is");
    return false;
  }

  Transport& owner_;
  const int socket_;
  ssl_st* const session_;
  const Clock::time_point head_deadline_;
  std::array<char, 16'384> buffer_{};
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t taken_ = 0;
  bool ended_ = false;
};

Transport::Transport(const Endpoint& endpoint)
    : ClientImpl(endpoint.url.host, endpoint.url.port), endpoint_(endpoint), where_(endpoint.url.authority()) {
  set_keep_alive(true);
  set_decompress(false);
  set_url_encode(false);
}

Transport::~Transport() { Transport::shutdown_ssl(socket_, true); }

void Transport::give_up(ErrorKind kind, const std::string& message, const std::string& hint, const std::string& vendor_code) {
  if (failure_) return;
  Error& error = failure_.emplace();
  error.kind = kind;
  error.message = endpoint_.redact(message);
  error.hint = hint;
  error.vendor_code = vendor_code;
  // The address may stand under another key than that of most.
  const std::string_view key = "`url`";
  if (const std::size_t at = hint.find(key); at != std::string::npos) error.hint.replace(at, key.size(), "`" + endpoint_.url_key + "`");
}

Result<httplib::Response> Transport::exchange(httplib::Request& request, Clock::time_point deadline,
                                              const httplib::ContentReceiver& receive) {
  if (has_rest_ || is_stale()) stop();
  has_rest_ = false;
  has_sent_ = false;
  is_in_body_ = false;
  failure_.reset();
  deadline_ = deadline;
  request.response_handler = [this](const httplib::Response&) {
    is_in_body_ = true;
    return true;
  };
  request.content_receiver = [&receive](const char* bytes, std::size_t size, std::uint64_t, std::uint64_t) { return receive(bytes, size); };
  httplib::Response response;
  httplib::Error error = httplib::Error::Success;
  if (send(request, response, error)) return response;
  if (failure_) return fail(*failure_);
  const bool is_no_http = error == httplib::Error::Read && has_sent_ && !is_in_body_;
  Error other;
  other.kind = is_no_http ? ErrorKind::permanent : ErrorKind::unavailable;
  other.message = is_no_http ? where_ + " does not speak HTTP" : "the answer of " + where_ + " broke off: " + httplib::to_string(error);
  other.hint = "check `" + endpoint_.url_key + "`";
  return fail(std::move(other));
}

/// A connection that the server has ended while nothing was asked: to send on it would leave it open whether it came through.
bool Transport::is_stale() {
  if (socket_.ssl == nullptr) return false;
  char byte = 0;
  const int result = SSL_peek(socket_.ssl, &byte, 1);
  const bool is_quiet = result <= 0 && SSL_get_error(socket_.ssl, result) == SSL_ERROR_WANT_READ;
  ERR_clear_error();
  return !is_quiet;
}

std::optional<std::vector<std::string>> Transport::look_up(const std::string& host, Clock::time_point deadline) {
  // The resolver knows no deadline: it is left to itself when ours is over.
  std::packaged_task<std::vector<std::string>()> task([host] { return connectors::look_up(host); });
  std::future<std::vector<std::string>> found = task.get_future();
  std::thread(std::move(task)).detach();
  if (found.wait_until(deadline) != std::future_status::ready) return std::nullopt;
  return found.get();
}

/// A socket, or -1 with errno.
int Transport::connect_to(const std::string& address, int port, Clock::time_point deadline) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* first = nullptr;
  if (::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &first) != 0) {
    errno = EADDRNOTAVAIL;
    return -1;
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> numbers(first, ::freeaddrinfo);
  const int socket = ::socket(first->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket < 0) return -1;
  watch_peer(socket);
  int failure = ::connect(socket, first->ai_addr, first->ai_addrlen) == 0 ? 0 : errno;
  if (failure == EINPROGRESS) {
    socklen_t size = sizeof(failure);
    if (!wait_for(socket, POLLOUT, deadline)) {
      failure = ETIMEDOUT;
    } else {
      ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &failure, &size);
    }
  }
  if (failure == 0) return socket;
  ::close(socket);
  errno = failure;
  return -1;
}

bool Transport::create_and_connect_socket(Socket& socket, httplib::Error& error) {
  error = httplib::Error::Connection;
  way_ = {};
  const auto deadline = std::min(deadline_, Clock::now() + endpoint_.connect_timeout);
  const std::optional<Proxy>& proxy = endpoint_.proxy;
  const std::string& host = proxy ? proxy->host : endpoint_.url.host;
  const int port = proxy ? proxy->port : endpoint_.url.port;
  const std::string what = proxy ? "the proxy " + host + ":" + std::to_string(port) : where_;
  const std::string look_at = proxy ? proxy->named_by : "`" + endpoint_.url_key + "`";
  if (endpoint_.addresses.empty()) {
    std::optional<std::vector<std::string>> found = look_up(host, deadline);
    if (!found || found->empty()) {
      give_up(ErrorKind::unavailable, found ? "the name " + host + " has no address" : "the address of " + host + " was not told in time",
              "check " + look_at + ", and this machine's name service");
      return false;
    }
    way_.addresses = *std::move(found);
  } else {
    way_.addresses = endpoint_.addresses;
  }
  int made = -1;
  for (std::size_t tried = 0; made < 0 && tried < way_.addresses.size(); ++tried) {
    way_.address = way_.addresses[(next_address_ + tried) % way_.addresses.size()];
    // One address that swallows everything leaves time for the others.
    const auto share = (deadline - Clock::now()) / static_cast<int>(way_.addresses.size() - tried);
    made = connect_to(way_.address, port, Clock::now() + std::max<Clock::duration>(share, kStep));
  }
  if (made < 0) {
    const int reason = errno;
    way_.address.clear();
    const std::string within = reason == ETIMEDOUT ? " within " + in_seconds(endpoint_.connect_timeout) : "";
    give_up(ErrorKind::unavailable, what + " cannot be reached" + within + ": " + std::strerror(reason),
            reason == ETIMEDOUT ? "is there a firewall, or a proxy to go through (`proxy`)? `connect_timeout` says how long to wait"
                                : "check " + look_at + ", and that the server runs");
    return false;
  }
  if (proxy && endpoint_.tls != nullptr && !open_tunnel(made, deadline)) {
    ::close(made);
    return false;
  }
  ssl_st* session = nullptr;
  if (endpoint_.tls != nullptr && (session = shake_hands(made, deadline)) == nullptr) {
    ::close(made);
    return false;
  }
  socket.sock = made;
  socket.ssl = session;
  error = httplib::Error::Success;
  return true;
}

bool Transport::open_tunnel(int socket, Clock::time_point deadline) {
  const Proxy& proxy = *endpoint_.proxy;
  const std::string who = "the proxy " + proxy.host + ":" + std::to_string(proxy.port);
  std::string request = "CONNECT " + where_ + " HTTP/1.1\r\nHost: " + where_ + "\r\n";
  if (!proxy.authorization.empty()) request += "Proxy-Authorization: " + proxy.authorization + "\r\n";
  request += "\r\n";
  for (std::size_t sent = 0; sent < request.size();) {
    const ssize_t count = ::send(socket, request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
    if (count > 0) sent += static_cast<std::size_t>(count);
    if (count <= 0 && !(errno == EAGAIN && wait_for(socket, POLLOUT, deadline))) break;
  }
  std::string head;
  while (head.find("\r\n\r\n") == std::string::npos && head.size() < kMostProxyHead) {
    // One by one: what comes behind the head belongs to the handshake.
    char byte = 0;
    const ssize_t count = ::recv(socket, &byte, 1, 0);
    if (count > 0) head += byte;
    if (count == 0 || (count < 0 && !(errno == EAGAIN && wait_for(socket, POLLIN, deadline)))) break;
  }
  const bool is_http = head.rfind("HTTP/1.", 0) == 0 && head.size() > 12;
  const int status = is_http ? std::atoi(head.c_str() + 9) : 0;
  if (status >= 200 && status < 300 && head.find("\r\n\r\n") != std::string::npos) return true;
  if (status == 407) {
    give_up(ErrorKind::unauthenticated, who + " wants a login (407)",
            proxy.named_by == "`proxy`" ? "`proxy_user` and `proxy_password`" : "a user and a password in " + proxy.named_by, "HTTP 407");
  } else if (status != 0) {
    const bool is_passing = status == 429 || status >= 500;
    give_up(is_passing ? ErrorKind::unavailable : ErrorKind::refused,
            who + " does not let us through to " + where_ + " (" + std::to_string(status) + ")",
            "it comes from " + proxy.named_by + "; it must allow CONNECT to " + where_ + ", or NO_PROXY or `proxy: none` goes past it",
            "HTTP " + std::to_string(status));
  } else {
    give_up(ErrorKind::unavailable, who + " did not answer CONNECT", "check " + proxy.named_by + ": is it a proxy for HTTP?");
  }
  return false;
}

ssl_st* Transport::shake_hands(int socket, Clock::time_point deadline) {
  SSL* const session = endpoint_.tls->session(socket, endpoint_.url.host);
  while (true) {
    const int result = SSL_connect(session);
    if (result == 1) {
      way_.peer = peer_of(session);
      return session;
    }
    const int state = SSL_get_error(session, result);
    if (state == SSL_ERROR_WANT_READ && wait_for(socket, POLLIN, deadline)) continue;
    if (state == SSL_ERROR_WANT_WRITE && wait_for(socket, POLLOUT, deadline)) continue;
    if (state == SSL_ERROR_WANT_READ || state == SSL_ERROR_WANT_WRITE) {
      give_up(ErrorKind::unavailable, where_ + " did not end the TLS handshake in time",
              "check `" + endpoint_.url_key + "`: does the port speak TLS? `connect_timeout` says how long to wait");
    } else {
      const Error error = tls_error(session, where_, endpoint_.tls->has_client_certificate());
      give_up(error.kind, error.message, error.hint, error.vendor_code);
    }
    SSL_free(session);
    return nullptr;
  }
}

void Transport::shutdown_ssl(Socket& socket, bool shutdown_gracefully) {
  if (socket.ssl == nullptr) return;
  if (shutdown_gracefully) SSL_shutdown(socket.ssl);
  SSL_free(socket.ssl);
  ERR_clear_error();
  socket.ssl = nullptr;
}

bool Transport::process_socket(const Socket& socket, std::function<bool(httplib::Stream& stream)> use) {
  Bytes bytes(*this, socket.sock, socket.ssl);
  const bool is_done = use(bytes);
  has_rest_ = bytes.has_rest();
  return is_done;
}

}  // namespace penstock::http
