#include "daemon/api/connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "connectors/wait.h"
#include "daemon/api/chunked_body.h"

namespace penstock::api {

using connectors::wait_for;

Connection::Connection(int socket, SSL* tls, const Limits& limits, Clock::time_point first_head_due)
    : socket_(socket), tls_(tls), limits_(limits), first_head_due_(first_head_due) {}

bool Connection::wait_for_tls(int outcome, Clock::time_point deadline) const {
  const int error = SSL_get_error(tls_, outcome);
  if (error == SSL_ERROR_WANT_READ) return wait_for(socket_, POLLIN, deadline);
  return error == SSL_ERROR_WANT_WRITE && wait_for(socket_, POLLOUT, deadline);
}

ssize_t Connection::receive(char* to, size_t size, Clock::time_point deadline) {
  while (tls_ != nullptr) {
    ERR_clear_error();
    const int count = SSL_read(tls_, to, static_cast<int>(std::min<size_t>(size, 1 << 20)));
    if (count > 0) return count;
    if (SSL_get_error(tls_, count) == SSL_ERROR_ZERO_RETURN) return 0;
    if (!wait_for_tls(count, deadline)) return -1;
  }
  while (wait_for(socket_, POLLIN, deadline)) {
    const ssize_t count = ::recv(socket_, to, size, MSG_DONTWAIT);
    if (count >= 0 || (errno != EAGAIN && errno != EINTR)) return count;
  }
  return -1;
}

ssize_t Connection::receive_more(Clock::time_point deadline) {
  std::array<char, 4096> part{};
  const ssize_t count = receive(part.data(), part.size(), deadline);
  if (count > 0) buffer_.append(part.data(), static_cast<std::size_t>(count));
  return count;
}

tl::expected<bool, Unreadable> Connection::read_request(const TurnedAway& turned_away) {
  Clock::time_point deadline = first_head_due_.value_or(Clock::now() + (buffer_.empty() ? limits_.idle_time : limits_.head_time));
  std::size_t seen = 0;
  std::ptrdiff_t lines = 0;
  while (true) {
    const std::size_t end = buffer_.find("\r\n\r\n", std::max<std::size_t>(seen, 3) - 3);
    const std::size_t head = end == std::string::npos ? buffer_.size() : end + 4;
    const std::string_view more = std::string_view(buffer_).substr(seen, head - seen);
    lines += std::count(more.begin(), more.end(), '\n');
    if (head > limits_.head_bytes || lines > limits_.header_lines + 2) {
      return tl::unexpected(Unreadable{431, "The headers are too large", "headers_too_large", "fewer or shorter headers are needed"});
    }
    if (!can_be_request(std::string_view(buffer_).substr(0, head), seen)) {
      return tl::unexpected(Unreadable{400, Unreadable{}.reason, "malformed", "lines end with a carriage return and a line feed"});
    }
    seen = head;
    if (end != std::string::npos) break;
    const bool first = buffer_.empty();
    const ssize_t count = receive_more(deadline);
    if (count == 0 || (count < 0 && first)) return false;
    if (count < 0) return tl::unexpected(Unreadable{408, "The request took too long", "too_slow", "the headers did not arrive in time"});
    if (first && !first_head_due_) deadline = Clock::now() + limits_.head_time;
  }
  tl::expected<RequestHead, Unreadable> head = read_request_head(std::string_view(buffer_).substr(0, seen), limits_.body_bytes);
  if (!head) return tl::unexpected(head.error());
  first_head_due_.reset();
  buffer_.erase(0, seen);
  if (auto refused = turned_away(*head)) return tl::unexpected(*std::move(refused));
  auto body = read_body(*head);
  if (!body) return tl::unexpected(body.error());
  request_ = std::move(head->text);
  if (head->body != RequestHead::Body::none) request_ += "Content-Length: " + std::to_string(body->size()) + "\r\n";
  request_ += "\r\n" + *body;
  request_at_ = 0;
  return true;
}

tl::expected<std::string, Unreadable> Connection::read_body(const RequestHead& head) {
  const Clock::time_point deadline = Clock::now() + limits_.body_time;
  const bool is_chunked = head.body == RequestHead::Body::chunked;
  if (head.expects_continue && buffer_.empty()) write(std::string("HTTP/1.1 100 Continue\r\n\r\n"));
  ChunkedBody chunks(limits_.body_bytes);
  while (true) {
    if (is_chunked) buffer_.erase(0, chunks.feed(buffer_));
    if (chunks.state() == ChunkedBody::State::malformed) {
      return tl::unexpected(Unreadable{400, "The body is incomplete", "incomplete", "the chunks are faulty"});
    }
    if (chunks.state() == ChunkedBody::State::too_large) {
      const std::string most = "at most " + std::to_string(limits_.body_bytes) + " bytes are read";
      return tl::unexpected(Unreadable{413, "The body is too large", "too_large", most});
    }
    if (is_chunked ? chunks.state() == ChunkedBody::State::whole : buffer_.size() >= head.length) break;
    const ssize_t count = receive_more(deadline);
    if (count > 0) continue;
    if (Clock::now() >= deadline) {
      return tl::unexpected(Unreadable{408, "The request took too long", "too_slow", "the body did not arrive in time"});
    }
    return tl::unexpected(Unreadable{400, "The body is incomplete", "incomplete", "the connection ended before the body did"});
  }
  if (is_chunked) return chunks.take();
  std::string body = buffer_.substr(0, head.length);
  buffer_.erase(0, head.length);
  return body;
}

bool Connection::is_readable() const { return request_at_ < request_.size(); }

bool Connection::is_writable() const { return wait_for(socket_, POLLOUT, Clock::now() + limits_.write_time); }

ssize_t Connection::read(char* to, size_t size) {
  const std::size_t count = std::min(size, request_.size() - request_at_);
  std::copy_n(request_.data() + request_at_, count, to);
  request_at_ += count;
  return static_cast<ssize_t>(count);
}

void Connection::linger() const {
  constexpr std::chrono::seconds kPatience{1};
  const Clock::time_point deadline = Clock::now() + kPatience;
  ::shutdown(socket_, SHUT_WR);
  std::array<char, 4096> ignored{};
  while (wait_for(socket_, POLLIN, deadline) && ::recv(socket_, ignored.data(), ignored.size(), MSG_DONTWAIT) > 0) continue;
}

ssize_t Connection::write(const char* from, size_t size) {
  std::size_t sent = 0;
  const auto seconds = std::chrono::seconds(static_cast<std::int64_t>(size / limits_.least_bytes_per_second));
  const Clock::time_point last = Clock::now() + limits_.write_time + seconds;
  while (sent < size) {
    const Clock::time_point deadline = std::min(last, Clock::now() + limits_.write_time);
    if (!wait_for(socket_, POLLOUT, deadline)) return -1;
    ssize_t count = 0;
    if (tls_ != nullptr) {
      ERR_clear_error();
      count = SSL_write(tls_, from + sent, static_cast<int>(std::min<std::size_t>(size - sent, 1 << 14)));
      if (count <= 0 && wait_for_tls(static_cast<int>(count), deadline)) continue;
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
