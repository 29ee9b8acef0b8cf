#include "daemon/api/tls.h"

#include <openssl/err.h>
#include <sys/socket.h>
#include <sys/time.h>

namespace penstock::api {

Result<Tls> Tls::load(const std::string& certificate_file, const std::string& key_file) {
  Tls tls;
  tls.context_.reset(SSL_CTX_new(TLS_server_method()));
  SSL_CTX* context = tls.context_.get();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
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

TlsSession Tls::accept(int socket, std::chrono::milliseconds patience) const {
  const timeval limit{patience.count() / 1000, patience.count() % 1000 * 1000};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  TlsSession session(SSL_new(context_.get()));
  SSL_set_fd(session.get(), socket);
  if (SSL_accept(session.get()) != 1) return nullptr;
  return session;
}

}  // namespace penstock::api
