#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/faults/connectors/authority.h"

namespace penstock::faults {

/// One connection to a ScriptedServer.
class Talk {
 public:
  Talk(int socket, SSL* session) : socket_(socket), session_(session) {}

  /// A request with its body; empty when the client has gone.
  std::string read_request();
  /// False when the client has gone.
  bool write(const std::string& bytes);
  /// Says 200 with a body.
  bool answer(const std::string& body, const std::string& more_head = {});
  /// Stays until the client has gone.
  void wait_for_end();
  /// Carries bytes between the client and a port of this machine, until one of them ends.
  void join(int port);

 private:
  long read_some(char* to, std::size_t size);

  int socket_;
  SSL* session_;
};

/// A server that says what the test wants, byte by byte, over TLS or without. One thread per connection.
class ScriptedServer {
 public:
  using Script = std::function<void(Talk&)>;

  explicit ScriptedServer(Script script) : ScriptedServer(std::move(script), nullptr) {}
  /// Over TLS. `client_authority` is a PEM file: the client must show a certificate that it has signed.
  ScriptedServer(Script script, const Identity& identity, const std::string& client_authority = {});
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  int port() const { return port_; }
  int connections() const { return connections_; }

 private:
  ScriptedServer(Script script, SSL_CTX* context);
  void accept_all();
  void talk(int socket);

  const Script script_;
  SSL_CTX* const context_;
  int listening_ = -1;
  int port_ = 0;
  std::atomic<int> connections_ = 0;
  std::mutex mutex_;
  std::vector<int> sockets_;
  std::vector<std::thread> threads_;
  std::thread accepting_;
};

}  // namespace penstock::faults
