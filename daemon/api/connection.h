#pragma once

#include <httplib.h>
#include <openssl/ssl.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daemon/api/request_head.h"
#include "daemon/api/server.h"

namespace penstock::api {

/// One client's connection. It reads every request as a whole, strictly and within the limits, before the HTTP library sees a byte of it,
/// and gives the library the same request in its plainest form, with the body's length: the library is kind to what two readers may
/// understand differently, and bounds neither the number of headers, nor a chunked body, nor the time that a slow sender takes.
class Connection final : public httplib::Stream {
 public:
  using Clock = std::chrono::steady_clock;

  /// Borrows the socket, which must not block; `tls` may be null. The first head must have come by `first_head_due`.
  Connection(int socket, SSL* tls, const Limits& limits, Clock::time_point first_head_due);

  /// Waits for the next request and reads it. False: there is none, and the connection has ended. Unreadable: it is to be answered with
  /// that, and then the connection ends. What `turned_away` says when the head has come goes for the whole request: no body is read then.
  using TurnedAway = std::function<std::optional<Unreadable>(const RequestHead& head)>;
  tl::expected<bool, Unreadable> read_request(const TurnedAway& turned_away);

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
  /// Whether it is time to try a TLS call again that came to nothing.
  bool wait_for_tls(int outcome, Clock::time_point deadline) const;
  ssize_t receive(char* to, size_t size, Clock::time_point deadline);
  /// Reads on into `buffer_`; otherwise what recv says.
  ssize_t receive_more(Clock::time_point deadline);
  tl::expected<std::string, Unreadable> read_body(const RequestHead& head);

  int socket_;
  SSL* tls_;
  const Limits& limits_;
  std::optional<Clock::time_point> first_head_due_;  ///< Until the first head has come.
  std::string buffer_;                               ///< Read from the client, of no request yet.
  std::string request_;                              ///< For the library.
  std::size_t request_at_ = 0;
};

}  // namespace penstock::api
