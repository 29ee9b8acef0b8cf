#include "daemon/api/listener.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

namespace penstock::api {
namespace {

struct FreeAddresses {
  void operator()(addrinfo* first) const { ::freeaddrinfo(first); }
};

int port_of(int socket) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length) != 0) return -1;
  // The port is at the same place in both kinds of address.
  return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
}

/// The listening socket, or -1 with errno set.
int listen_on(const addrinfo& address) {
  const int socket = ::socket(address.ai_family, address.ai_socktype | SOCK_CLOEXEC, address.ai_protocol);
  if (socket < 0) return -1;
  const int yes = 1;
  const int no = 0;
  // Two daemons must not share a port: a client would reach either of them.
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (address.ai_family == AF_INET6) ::setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
  if (::bind(socket, address.ai_addr, address.ai_addrlen) == 0 && ::listen(socket, SOMAXCONN) == 0) return socket;
  const int error = errno;
  ::close(socket);
  errno = error;
  return -1;
}

}  // namespace

Result<Listener> Listener::open(const std::string& host, int port) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const int unresolved = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found);
  const std::unique_ptr<addrinfo, FreeAddresses> addresses(found);
  std::string why = unresolved != 0 ? ::gai_strerror(unresolved) : "";
  for (const addrinfo* address = addresses.get(); address != nullptr; address = address->ai_next) {
    const int socket = listen_on(*address);
    if (socket >= 0) return Listener(socket, port_of(socket));
    why = std::strerror(errno);
  }
  return fail(ErrorKind::unavailable, "cannot listen on " + host + " port " + std::to_string(port) + ": " + why,
              "another program may hold the port: choose one with --port, or 0 for any free one");
}

Listener::Listener(Listener&& other) noexcept : socket_(std::exchange(other.socket_, -1)), port_(other.port_) {}

Listener::~Listener() {
  if (socket_ >= 0) ::close(socket_);
}

void Listener::run(const std::function<void(int socket)>& take) const {
  constexpr int kPauseMs = 20;
  const int yes = 1;
  while (!stopped_) {
    const int socket = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (socket >= 0) {
      ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
      take(socket);
    } else if (errno != EINTR && errno != ECONNABORTED) {
      ::poll(nullptr, 0, kPauseMs);
    }
  }
}

void Listener::stop() {
  stopped_ = true;
  ::shutdown(socket_, SHUT_RDWR);
}

}  // namespace penstock::api
