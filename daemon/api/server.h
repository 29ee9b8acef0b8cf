#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "daemon/api/context.h"
#include "daemon/api/gate.h"
#include "daemon/api/static_files.h"
#include "pipelines/base/result.h"

namespace penstock::api {

/// What one connection may cost. A request that goes past a limit is answered with 408, 413 or 431 and the connection is closed.
struct Limits {
  std::size_t head_bytes = 32 * 1024;
  int header_lines = 100;
  std::size_t body_bytes = 1024 * 1024;
  std::chrono::milliseconds head_time{
      10'000};  ///< To the end of a head: the first since the client came, TLS too, others since their first byte.
  std::chrono::milliseconds body_time{30'000};
  std::chrono::milliseconds write_time{10'000};   ///< A reader that takes nothing for so long is gone.
  std::size_t least_bytes_per_second = 8 * 1024;  ///< So is one that is slower, once `write_time` has passed.
  std::chrono::milliseconds idle_time{30'000};    ///< Between two requests.
  int connections = 512;
  int connections_of_client = 256;  ///< See Admission.
  int reserve = 32;                 ///< Beyond `connections`.
  int streams = 256;                ///< Of events.
  int streams_of_client = 128;
  /// An answer that takes longer is given up.
  std::chrono::milliseconds viewer_time{10'000};
  std::chrono::milliseconds operator_time{30'000};
  std::chrono::milliseconds admin_time{60'000};
};

struct ServerOptions {
  std::string host = "127.0.0.1";
  int port = 0;  ///< 0: any free one.
  std::string certificate_file;
  std::string key_file;
  std::vector<TokenRule> tokens;  ///< Empty: everybody who can connect is an admin; only on a loopback address.
  Limits limits;
  StaticFiles asset;
};

/// The HTTP shell around `dispatch`: bounded, with bearer tokens, and TLS where a certificate is given.
class Server {
 public:
  /// Binds and serves on threads of its own. Errors: refused for an address beyond loopback without TLS and a token; unavailable where
  /// the port is taken; invalid_input for a certificate that cannot be used. `context` must outlive the server.
  static Result<std::unique_ptr<Server>> start(ServerOptions options, Context& context);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  int port() const;
  /// "http://127.0.0.1:4780".
  std::string url() const;
  /// Ends every connection and returns when no handler runs any more.
  void stop();

 private:
  class Shell;
  explicit Server(std::unique_ptr<Shell> shell);
  std::unique_ptr<Shell> shell_;
};

}  // namespace penstock::api
