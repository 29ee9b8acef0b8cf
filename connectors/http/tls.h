#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connectors/settings.h"
#include "pipelines/base/result.h"

struct ssl_ctx_st;
struct ssl_st;

namespace penstock::http {

/// Whom to trust and who we are.
struct TlsSettings {
  bool verify = true;
  std::string ca_file;             ///< PEM; empty: the system's authorities.
  bool trusts_system_too = false;  ///< The system's authorities beside those of ca_file.
  std::string client_certificate;  ///< A PEM file, with the chain behind it where there is one.
  std::string client_key;          ///< PEM, the text itself. Secret.
};

/// A certificate as a person should see it.
struct Certificate {
  std::string subject;
  std::string issuer;
  std::chrono::system_clock::time_point expires;
};

/// What a handshake has shown.
struct Peer {
  std::string protocol;            ///< "TLSv1.3".
  std::vector<Certificate> chain;  ///< The server's own first.
};

/// What every connection to a server shares. Any thread.
class TlsContext {
 public:
  /// Reads the files. Errors: invalid_input naming the setting.
  static Result<std::shared_ptr<const TlsContext>> make(const TlsSettings& settings, const std::string& connection);

  /// A session that will talk over the socket, which stays the caller's, and will prove that the server is `host`. SSL_free ends it.
  ssl_st* session(int socket, const std::string& host) const;

  bool has_client_certificate() const { return has_client_certificate_; }

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const;
  };
  std::unique_ptr<ssl_ctx_st, Free> context_;
  bool has_client_certificate_ = false;
};

/// Why the handshake, or what was read or written after it, failed: from the session's verdict on the certificate and OpenSSL's queue,
/// which is emptied. `where` is how the server is called. `has_client_certificate` tells which way out to name where the server wants one.
Error tls_error(ssl_st* session, const std::string& where, bool has_client_certificate);

/// After a handshake.
Peer peer_of(ssl_st* session);

/// "2026-12-31 23:59 UTC".
std::string text_of(std::chrono::system_clock::time_point moment);

}  // namespace penstock::http
