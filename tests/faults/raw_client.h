#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>
#include <string_view>

namespace penstock::api {

/// A client that says exactly the bytes it is told to. `receive_buffer` bytes at most wait unread on its side; 0: as the system likes.
/// `from` is an address of this machine, such as 127.0.0.2.
class RawClient {
 public:
  explicit RawClient(int port, int receive_buffer = 0, const char* from = "127.0.0.1") : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    if (receive_buffer > 0) ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    EXPECT_EQ(::inet_pton(AF_INET, from, &address.sin_addr), 1);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  ~RawClient() { ::close(socket_); }

  /// False when the server does not take more.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

  /// Everything up to the end of the connection; the test fails where it does not end within ten seconds.
  std::string read_to_end() {
    return read([](const std::string&) { return false; });
  }

  /// Up to the end of an answer's headers and its body of Content-Length bytes.
  std::string read_answer() {
    return read([](const std::string& text) {
      const std::size_t end = text.find("\r\n\r\n");
      const std::size_t length = text.find("Content-Length: ");
      return end != std::string::npos && length != std::string::npos && text.size() >= end + 4 + std::stoul(text.substr(length + 16));
    });
  }

  /// Up to and with a text, or to the end of the connection; what follows it stays for the next call.
  std::string read_until(const std::string& end) {
    rest_ += read([&](const std::string& more) { return (rest_ + more).find(end) != std::string::npos; });
    const std::size_t found = rest_.find(end);
    const std::size_t size = found == std::string::npos ? rest_.size() : found + end.size();
    std::string text = rest_.substr(0, size);
    rest_.erase(0, size);
    return text;
  }

  /// Says that no more comes, and listens on.
  void end_sending() { ::shutdown(socket_, SHUT_WR); }

  int socket() const { return socket_; }

 private:
  template <typename Enough>
  std::string read(Enough enough) {
    std::string text;
    std::array<char, 4096> part{};
    while (!enough(text)) {
      pollfd readable{socket_, POLLIN, 0};
      if (::poll(&readable, 1, 10'000) <= 0) {
        ADD_FAILURE() << "the server neither answered nor ended the connection; it said: " << text;
        break;
      }
      const ssize_t count = ::recv(socket_, part.data(), part.size(), 0);
      if (count < 0) text += "[reset]";
      if (count <= 0) break;
      text.append(part.data(), static_cast<std::size_t>(count));
    }
    return text;
  }

  int socket_;
  std::string rest_;
};

}  // namespace penstock::api
