#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <string>

#include "pipelines/base/result.h"

namespace penstock::api {

struct TlsSessionDeleter {
  void operator()(SSL* session) const { SSL_free(session); }
};
using TlsSession = std::unique_ptr<SSL, TlsSessionDeleter>;

/// The server's certificate. TLS 1.2 or newer. Any thread.
class Tls {
 public:
  /// Both are PEM files. Errors: invalid_input where one cannot be read or they do not belong together.
  static Result<Tls> load(const std::string& certificate_file, const std::string& key_file);

  /// Over a socket that does not block. Null where the client has not come to terms by `deadline`, however often it says something.
  TlsSession accept(int socket, std::chrono::steady_clock::time_point deadline) const;

 private:
  struct ContextDeleter {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  std::unique_ptr<SSL_CTX, ContextDeleter> context_;
};

}  // namespace penstock::api
