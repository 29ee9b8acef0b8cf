#include "daemon/api/tls.h"

#include <openssl/err.h>
#include <poll.h>

#include "connectors/wait.h"

namespace penstock::api {

Result<Tls> Tls::load(const std::string& certificate_file, const std::string& key_file) {
  Tls tls;
  tls.context_.reset(SSL_CTX_new(TLS_server_method()));
  SSL_CTX* context = tls.context_.get();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  const bool loaded = SSL_CTX_use_certificate_chain_file(context, certificate_file.c_str()) == 1 &&
                      SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM) == 1 &&
                      SSL_CTX_check_private_key(context) == 1;
  if (loaded) return tls;
  const char* why = ERR_reason_error_string(ERR_get_error());
  ERR_clear_error();
  return fail(
      ErrorKind::invalid_input,
      "the certificate " + certificate_file + " with the key " + key_file + " cannot be used: " + (why != nullptr ? why : "unknown reason"),
      "both must be PEM files that belong together");
}

TlsSession Tls::accept(int socket, std::chrono::steady_clock::time_point deadline) const {
  TlsSession session(SSL_new(context_.get()));
  SSL_set_fd(session.get(), socket);
  while (true) {
    ERR_clear_error();
    const int outcome = SSL_accept(session.get());
    if (outcome == 1) return session;
    const int error = SSL_get_error(session.get(), outcome);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) return nullptr;
    if (!connectors::wait_for(socket, error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, deadline)) return nullptr;
  }
}

}  // namespace penstock::api
