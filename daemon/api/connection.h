#pragma once

#include <httplib.h>
#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <string>

#include "daemon/api/server.h"

namespace penstock::api {

/// One client's connection. It reads the head of a request as a whole, within the limits, before the HTTP library sees a byte of it: the
/// library bounds neither the number of headers, nor a chunked body, nor the time that a slow sender takes.
class Connection final : public httplib::Stream {
 public:
  /// Borrows the socket; `tls` may be null.
  Connection(int socket, SSL* tls, const Limits& limits);

  enum class Head { complete, closed, too_large, too_slow };
  /// Waits for the next request and reads its head. `closed`: there is none.
  Head read_head();

  /// How the body of the request came so far. Anything but `flowing` is the end of the connection, after an answer of 413, 408 or 400.
  enum class Body { flowing, too_large, too_slow, cut_off };
  Body body() const { return body_; }

  /// Says that no more is written and takes what the client still sends for a moment: with bytes left unread the system would reset the
  /// connection, and the client might lose the answer that says why.
  void linger() const;

  bool is_readable() const override;
  bool is_writable() const override;
  ssize_t read(char* to, size_t size) override;
  ssize_t write(const char* from, size_t size) override;
  using httplib::Stream::write;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override { return socket_; }

 private:
  using Clock = std::chrono::steady_clock;
  bool wait_for(short events, Clock::time_point deadline) const;
  ssize_t receive(char* to, size_t size, Clock::time_point deadline);

  int socket_;
  SSL* tls_;
  const Limits& limits_;
  std::string buffer_;  ///< Read from the client, not yet by the library.
  std::size_t buffer_at_ = 0;
  std::size_t head_left_ = 0;   ///< Bytes of the head that the library has not read.
  std::size_t body_bytes_ = 0;  ///< With the frames of chunks.
  Body body_ = Body::flowing;
  Clock::time_point body_deadline_;
};

}  // namespace penstock::api
