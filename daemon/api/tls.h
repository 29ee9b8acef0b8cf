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

  /// Null where the client does not come to terms within `patience`.
  TlsSession accept(int socket, std::chrono::milliseconds patience) const;

 private:
  struct ContextDeleter {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  std::unique_ptr<SSL_CTX, ContextDeleter> context_;
};

}  // namespace penstock::api
