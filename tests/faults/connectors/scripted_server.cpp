#include "tests/faults/connectors/scripted_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace penstock::faults {

namespace {

SSL_CTX* make_context(const Identity& identity, const std::string& client_authority) {
  SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
  EXPECT_EQ(SSL_CTX_use_certificate_chain_file(context, identity.certificate.c_str()), 1);
  EXPECT_EQ(SSL_CTX_use_PrivateKey_file(context, identity.key.c_str(), SSL_FILETYPE_PEM), 1);
  if (client_authority.empty()) return context;
  EXPECT_EQ(SSL_CTX_load_verify_locations(context, client_authority.c_str(), nullptr), 1);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return context;
}

sockaddr_in local(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

}  // namespace

long Talk::read_some(char* to, std::size_t size) {
  return session_ != nullptr ? SSL_read(session_, to, static_cast<int>(size)) : ::recv(socket_, to, size, 0);
}

std::string Talk::read_request() {
  std::string text;
  std::size_t whole = std::string::npos;
  while (whole == std::string::npos || text.size() < whole) {
    char byte = 0;
    if (read_some(&byte, 1) <= 0) return {};
    text += byte;
    if (whole != std::string::npos || text.size() < 4 || text.compare(text.size() - 4, 4, "\r\n\r\n") != 0) continue;
    const std::size_t length = text.find("Content-Length: ");
    whole = text.size() + (length == std::string::npos ? 0 : std::stoul(text.substr(length + 16)));
  }
  return text;
}

bool Talk::write(const std::string& bytes) {
  for (std::size_t sent = 0; sent < bytes.size();) {
    const char* const from = bytes.data() + sent;
    const long count = session_ != nullptr ? SSL_write(session_, from, static_cast<int>(bytes.size() - sent))
                                           : ::send(socket_, from, bytes.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) return false;
    sent += static_cast<std::size_t>(count);
  }
  return true;
}

bool Talk::answer(const std::string& body, const std::string& more_head) {
  return write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + more_head + "\r\n" + body);
}

void Talk::wait_for_end() {
  std::array<char, 256> part{};
  while (read_some(part.data(), part.size()) > 0) {}
}

void Talk::join(int port) {
  const int other = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in address = local(port);
  ASSERT_EQ(::connect(other, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  std::array<pollfd, 2> both{{{socket_, POLLIN, 0}, {other, POLLIN, 0}}};
  std::array<char, 4096> part{};
  for (bool goes_on = true; goes_on && ::poll(both.data(), 2, 10'000) > 0;) {
    for (std::size_t i = 0; goes_on && i < 2; ++i) {
      if (both[i].revents == 0) continue;
      const ssize_t count = ::recv(both[i].fd, part.data(), part.size(), 0);
      goes_on = count > 0 && ::send(both[1 - i].fd, part.data(), static_cast<std::size_t>(count), MSG_NOSIGNAL) == count;
    }
  }
  ::close(other);
}

ScriptedServer::ScriptedServer(Script script, const Identity& identity, const std::string& client_authority)
    : ScriptedServer(std::move(script), make_context(identity, client_authority)) {}

ScriptedServer::ScriptedServer(Script script, SSL_CTX* context) : script_(std::move(script)), context_(context) {
  ::signal(SIGPIPE, SIG_IGN);
  listening_ = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = local(0);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(listening_, reinterpret_cast<const sockaddr*>(&address), size), 0);
  EXPECT_EQ(::listen(listening_, 16), 0);
  EXPECT_EQ(::getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size), 0);
  port_ = ntohs(address.sin_port);
  accepting_ = std::thread([this] { accept_all(); });
}

ScriptedServer::~ScriptedServer() {
  ::shutdown(listening_, SHUT_RDWR);
  accepting_.join();
  ::close(listening_);
  {
    const std::lock_guard lock(mutex_);
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
  }
  for (std::thread& thread : threads_) thread.join();
  for (const int socket : sockets_) ::close(socket);
  SSL_CTX_free(context_);
}

void ScriptedServer::accept_all() {
  for (int socket = 0; (socket = ::accept(listening_, nullptr, nullptr)) >= 0;) {
    ++connections_;
    const std::lock_guard lock(mutex_);
    sockets_.push_back(socket);
    threads_.emplace_back([this, socket] { talk(socket); });
  }
}

void ScriptedServer::talk(int socket) {
  SSL* session = nullptr;
  bool is_open = true;
  if (context_ != nullptr) {
    session = SSL_new(context_);
    SSL_set_fd(session, socket);
    is_open = SSL_accept(session) == 1;
  }
  if (is_open) {
    Talk one(socket, session);
    script_(one);
    if (session != nullptr) SSL_shutdown(session);
  }
  SSL_free(session);
  ERR_clear_error();
  ::shutdown(socket, SHUT_WR);
}

}  // namespace penstock::faults
