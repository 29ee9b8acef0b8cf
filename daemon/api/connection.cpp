#include "daemon/api/connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace penstock::api {

Connection::Connection(int socket, SSL* tls, const Limits& limits) : socket_(socket), tls_(tls), limits_(limits) {}

bool Connection::wait_for(short events, Clock::time_point deadline) const {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return false;
    pollfd poll_for{socket_, events, 0};
    const int ready = ::poll(&poll_for, 1, static_cast<int>(std::min<long long>(left, 60'000)));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

ssize_t Connection::receive(char* to, size_t size, Clock::time_point deadline) {
  if (tls_ != nullptr) {
    while (true) {
      if (SSL_pending(tls_) == 0 && !wait_for(POLLIN, deadline)) return -1;
      const int count = SSL_read(tls_, to, static_cast<int>(std::min<size_t>(size, 1 << 20)));
      if (count > 0) return count;
      const int error = SSL_get_error(tls_, count);
      if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) return error == SSL_ERROR_ZERO_RETURN ? 0 : -1;
    }
  }
  if (!wait_for(POLLIN, deadline)) return -1;
  return ::recv(socket_, to, size, 0);
}

Connection::Head Connection::read_head() {
  buffer_.erase(0, buffer_at_);
  buffer_at_ = 0;
  body_bytes_ = 0;
  Clock::time_point deadline = Clock::now() + (buffer_.empty() ? limits_.idle_time : limits_.head_time);
  std::array<char, 4096> chunk{};
  std::size_t searched = 0;
  while (true) {
    const std::size_t end = buffer_.find("\r\n\r\n", searched);
    const std::size_t head = end == std::string::npos ? buffer_.size() : end + 4;
    const auto lines = std::count(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(head), '\n');
    if (head > limits_.head_bytes || lines > limits_.header_lines + 2) return Head::too_large;
    if (end != std::string::npos) {
      head_left_ = head;
      body_deadline_ = Clock::now() + limits_.body_time;
      return Head::complete;
    }
    searched = buffer_.size() < 3 ? 0 : buffer_.size() - 3;
    const bool first = buffer_.empty();
    const ssize_t count = receive(chunk.data(), chunk.size(), deadline);
    if (count <= 0) return first || count == 0 ? Head::closed : Head::too_slow;
    if (first) deadline = Clock::now() + limits_.head_time;
    buffer_.append(chunk.data(), static_cast<std::size_t>(count));
  }
}

bool Connection::is_readable() const { return buffer_at_ < buffer_.size() || wait_for(POLLIN, Clock::now() + limits_.body_time); }

bool Connection::is_writable() const { return wait_for(POLLOUT, Clock::now() + limits_.write_time); }

ssize_t Connection::read(char* to, size_t size) {
  if (size == 0) return 0;
  std::size_t count = 0;
  if (buffer_at_ < buffer_.size()) {
    count = std::min(size, buffer_.size() - buffer_at_);
    std::copy_n(buffer_.data() + buffer_at_, count, to);
    buffer_at_ += count;
  } else {
    const ssize_t received = receive(to, size, body_deadline_);
    if (received <= 0) {
      body_ = Clock::now() >= body_deadline_ ? Body::too_slow : Body::cut_off;
      return received;
    }
    count = static_cast<std::size_t>(received);
  }
  const std::size_t of_head = std::min(head_left_, count);
  head_left_ -= of_head;
  body_bytes_ += count - of_head;
  if (body_bytes_ > limits_.body_bytes) body_ = Body::too_large;
  return body_ == Body::too_large ? -1 : static_cast<ssize_t>(count);
}

void Connection::linger() const {
  constexpr std::chrono::seconds kPatience{1};
  const Clock::time_point deadline = Clock::now() + kPatience;
  ::shutdown(socket_, SHUT_WR);
  std::array<char, 4096> ignored{};
  while (wait_for(POLLIN, deadline) && ::recv(socket_, ignored.data(), ignored.size(), MSG_DONTWAIT) > 0) continue;
}

ssize_t Connection::write(const char* from, size_t size) {
  std::size_t sent = 0;
  while (sent < size) {
    const Clock::time_point deadline = Clock::now() + limits_.write_time;
    if (!wait_for(POLLOUT, deadline)) return -1;
    ssize_t count = 0;
    if (tls_ != nullptr) {
      count = SSL_write(tls_, from + sent, static_cast<int>(std::min<std::size_t>(size - sent, 1 << 16)));
      if (count <= 0) return -1;
    } else {
      count = ::send(socket_, from + sent, size - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
      if (count < 0) return -1;
    }
    sent += static_cast<std::size_t>(count);
  }
  return static_cast<ssize_t>(size);
}

namespace {

void name_address(const sockaddr_storage& address, std::string& ip, int& port) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::copy_n(reinterpret_cast<const char*>(&address), sizeof v4, reinterpret_cast<char*>(&v4));
    inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
    port = ntohs(v4.sin_port);
  } else if (address.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::copy_n(reinterpret_cast<const char*>(&address), sizeof v6, reinterpret_cast<char*>(&v6));
    inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    port = ntohs(v6.sin6_port);
  }
  ip = text.data();
}

}  // namespace

void Connection::get_remote_ip_and_port(std::string& ip, int& port) const {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (getpeername(socket_, reinterpret_cast<sockaddr*>(&address), &length) == 0) name_address(address, ip, port);
}

void Connection::get_local_ip_and_port(std::string& ip, int& port) const {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length) == 0) name_address(address, ip, port);
}

}  // namespace penstock::api
