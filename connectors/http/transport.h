#pragma once

#include <httplib.h>

#include <array>
#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "connectors/http/endpoint.h"

namespace penstock::http {

using Clock = std::chrono::steady_clock;

/// httplib writes and reads the messages; the connection below is ours, because httplib knows no deadline for a whole answer, no bound for
/// its head and no refusal by a proxy, and looks at a certificate only after it has gone on. One thread at a time.
class Transport final : public httplib::ClientImpl {
 public:
  explicit Transport(const Endpoint& endpoint);
  ~Transport() override;

  /// Sends and reads one answer; the body goes to `receive`, which returns false to end it. Its error says what stood in the way.
  Result<httplib::Response> exchange(httplib::Request& request, Clock::time_point deadline, const httplib::ContentReceiver& receive);

  /// Whether bytes of the last request went out, so that the server may have got it.
  bool has_sent() const { return has_sent_; }

  /// Of the last connection.
  const Way& way() const { return way_; }

 private:
  class Bytes;

  bool create_and_connect_socket(Socket& socket, httplib::Error& error) override;
  void shutdown_ssl(Socket& socket, bool shutdown_gracefully) override;
  bool process_socket(const Socket& socket, std::function<bool(httplib::Stream& stream)> use) override;

  bool is_stale();
  std::optional<std::vector<std::string>> look_up(const std::string& host, Clock::time_point deadline);
  int connect_to(const std::string& address, int port, Clock::time_point deadline);
  bool open_tunnel(int socket, Clock::time_point deadline);
  ssl_st* shake_hands(int socket, Clock::time_point deadline);
  void give_up(ErrorKind kind, const std::string& message, const std::string& hint, const std::string& vendor_code = {});

  const Endpoint& endpoint_;
  const std::string where_;  ///< host:port of the server, for messages.
  std::size_t next_address_ = 0;
  Clock::time_point deadline_;
  bool has_sent_ = false;
  bool is_in_body_ = false;
  bool has_rest_ = false;  ///< The server has said more than its answer.
  std::optional<Error> failure_;
  Way way_;
};

}  // namespace penstock::http
