#include "connectors/http/tls.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <ctime>

namespace penstock::http {

namespace {

template <typename T, void (*kFree)(T*)>
struct Free {
  void operator()(T* thing) const { kFree(thing); }
};
template <typename T, void (*kFree)(T*)>
using Owned = std::unique_ptr<T, Free<T, kFree>>;

/// The first thing that was wrong with a chain; it belongs to its session.
struct Verdict {
  int code = X509_V_OK;
  Certificate certificate;
  std::string names;  ///< For which the certificate is.
};

int verdict_index() {
  static const int index = SSL_get_ex_new_index(
      0, nullptr, nullptr, nullptr, [](void*, void* verdict, CRYPTO_EX_DATA*, int, long, void*) { delete static_cast<Verdict*>(verdict); });
  return index;
}

std::string name_of(const X509_NAME* name) {
  const Owned<BIO, BIO_free_all> out(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
  char* text = nullptr;
  const long length = BIO_get_mem_data(out.get(), &text);
  return std::string(text, static_cast<std::size_t>(length > 0 ? length : 0));
}

Certificate summary_of(X509* certificate) {
  Certificate summary;
  summary.subject = name_of(X509_get_subject_name(certificate));
  summary.issuer = name_of(X509_get_issuer_name(certificate));
  std::tm parts{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts) == 1) {
    summary.expires = std::chrono::system_clock::from_time_t(timegm(&parts));
  }
  return summary;
}

std::string names_in(X509* certificate) {
  std::string names;
  auto* const all = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(all) && names.size() < 300; ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(all, i);
    std::string text;
    if (name->type == GEN_DNS) {
      text.assign(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                  static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
    } else if (name->type == GEN_IPADD) {
      std::array<char, INET6_ADDRSTRLEN> address{};
      const int family = ASN1_STRING_length(name->d.iPAddress) == 4 ? AF_INET : AF_INET6;
      inet_ntop(family, ASN1_STRING_get0_data(name->d.iPAddress), address.data(), static_cast<socklen_t>(address.size()));
      text = address.data();
    }
    if (!text.empty()) names += (names.empty() ? "" : ", ") + text;
  }
  GENERAL_NAMES_free(all);
  return names;
}

int note_verdict(int is_fine, X509_STORE_CTX* store) {
  if (is_fine == 1) return 1;
  auto* const session = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* const verdict = static_cast<Verdict*>(SSL_get_ex_data(session, verdict_index()));
  verdict->code = X509_STORE_CTX_get_error(store);
  if (X509* certificate = X509_STORE_CTX_get_current_cert(store)) {
    verdict->certificate = summary_of(certificate);
    verdict->names = names_in(certificate);
  }
  return 0;
}

/// As a socket's own, but a peer that is gone raises no signal.
const BIO_METHOD* quiet_socket() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_TYPE_SOURCE_SINK | BIO_get_new_index(), "socket");
    BIO_meth_set_write(made, [](BIO* bio, const char* data, int length) {
      const auto socket = static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
      const auto count = ::send(socket, data, static_cast<std::size_t>(length), MSG_NOSIGNAL);
      BIO_clear_retry_flags(bio);
      if (count < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
      return static_cast<int>(count);
    });
    BIO_meth_set_read(made, [](BIO* bio, char* data, int length) {
      const auto socket = static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
      const auto count = ::recv(socket, data, static_cast<std::size_t>(length), 0);
      BIO_clear_retry_flags(bio);
      if (count < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
      return static_cast<int>(count);
    });
    BIO_meth_set_ctrl(made, [](BIO*, int command, long, void*) -> long { return command == BIO_CTRL_FLUSH ? 1 : 0; });
    return made;
  }();
  return method;
}

Failure bad_setting(const std::string& connection, const std::string& what, std::string hint) {
  ERR_clear_error();
  return fail(ErrorKind::invalid_input, "connection \"" + connection + "\": " + what, std::move(hint));
}

/// No question for a passphrase on a terminal.
int no_passphrase(char*, int, int, void*) { return 0; }

}  // namespace

void TlsContext::Free::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

Result<std::shared_ptr<const TlsContext>> TlsContext::make(const TlsSettings& settings, const std::string& connection) {
  auto made = std::make_shared<TlsContext>();
  made->context_.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* const context = made->context_.get();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_verify(context, settings.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, settings.verify ? note_verdict : nullptr);
  if (settings.ca_file.empty() || settings.trusts_system_too) SSL_CTX_set_default_verify_paths(context);
  if (!settings.ca_file.empty() && SSL_CTX_load_verify_locations(context, settings.ca_file.c_str(), nullptr) != 1) {
    return bad_setting(connection, "`ca_file` " + settings.ca_file + " holds no certificates that can be read",
                       "a PEM file with the certificate of the authority that has signed the server's");
  }
  if (settings.client_certificate.empty()) return std::shared_ptr<const TlsContext>(std::move(made));
  if (SSL_CTX_use_certificate_chain_file(context, settings.client_certificate.c_str()) != 1) {
    return bad_setting(connection, "`client_certificate` " + settings.client_certificate + " holds no certificate that can be read",
                       "a PEM file with the certificate, and behind it those of the authorities between it and the root");
  }
  const Owned<BIO, BIO_free_all> in(BIO_new_mem_buf(settings.client_key.data(), static_cast<int>(settings.client_key.size())));
  const Owned<EVP_PKEY, EVP_PKEY_free> key(PEM_read_bio_PrivateKey(in.get(), nullptr, no_passphrase, nullptr));
  if (key == nullptr) {
    return bad_setting(connection, "what `client_key` refers to is no private key in PEM without a passphrase",
                       "of one with a passphrase: client_key: \"cmd:openssl pkey -in client.key -passin env:PASSPHRASE\"");
  }
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1) {
    return bad_setting(connection, "`client_key` does not belong to the certificate in `client_certificate`",
                       "the key with which the certificate was asked for");
  }
  made->has_client_certificate_ = true;
  return std::shared_ptr<const TlsContext>(std::move(made));
}

ssl_st* TlsContext::session(int socket, const std::string& host) const {
  SSL* const session = SSL_new(context_.get());
  SSL_set_ex_data(session, verdict_index(), new Verdict);
  BIO* const bio = BIO_new(quiet_socket());
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(socket)));
  BIO_set_init(bio, 1);
  SSL_set_bio(session, bio, bio);
  SSL_set_connect_state(session);
  SSL_set_hostflags(session, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  // An address is proved as one, and is no name to ask for.
  if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host.c_str()) != 1) {
    SSL_set1_host(session, host.c_str());
    SSL_ctrl(session, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(host.c_str()));
  }
  ERR_clear_error();
  return session;
}

Error tls_error(ssl_st* session, const std::string& where, bool has_client_certificate) {
  const unsigned long queued = ERR_get_error();
  ERR_clear_error();
  const auto* const verdict = static_cast<const Verdict*>(SSL_get_ex_data(session, verdict_index()));
  Error error;
  error.kind = ErrorKind::refused;
  if (verdict->code != X509_V_OK) {
    const Certificate& certificate = verdict->certificate;
    error.vendor_code = "X509 " + std::to_string(verdict->code);
    switch (verdict->code) {
      case X509_V_ERR_HOSTNAME_MISMATCH:
      case X509_V_ERR_IP_ADDRESS_MISMATCH:
        error.message = "the certificate of " + where + " is for " + (verdict->names.empty() ? certificate.subject : verdict->names);
        error.hint = "`url` must name the server as its certificate does";
        return error;
      case X509_V_ERR_CERT_HAS_EXPIRED:
        error.message = "the certificate " + certificate.subject + " of " + where + " has expired on " + text_of(certificate.expires);
        error.hint = "it has to be renewed at the server; if it was, look at this machine's clock";
        return error;
      case X509_V_ERR_CERT_NOT_YET_VALID:
        error.message = "the certificate " + certificate.subject + " of " + where + " is not valid yet";
        error.hint = "look at this machine's clock";
        return error;
      default:
        error.message = "the certificate " + certificate.subject + " of " + where + ", issued by " + certificate.issuer +
                        ", is not trusted: " + X509_verify_cert_error_string(verdict->code);
        error.hint = "`ca_file` names a PEM file with the authority that has issued it; where there is none, the system's are trusted";
        return error;
    }
  }
  const int reason = ERR_GET_LIB(queued) == ERR_LIB_SSL ? ERR_GET_REASON(queued) : 0;
  const char* const text = queued == 0 ? "the connection was closed" : ERR_reason_error_string(queued);
  switch (reason) {
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
    case SSL_R_TLSV1_ALERT_DECRYPT_ERROR:
      error.kind = ErrorKind::unauthenticated;
      error.vendor_code = text;
      error.message = where + (has_client_certificate ? " does not take our certificate: " : " wants a certificate of ours: ") + text;
      error.hint = has_client_certificate ? "`client_certificate` and `client_key` must be of an authority that the server trusts"
                                          : "set `client_certificate` and `client_key`";
      return error;
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
      error.message = where + " does not speak TLS";
      error.hint = "`url` has https://; is it the right port?";
      return error;
    default:
      error.kind = ErrorKind::unavailable;
      error.message = where + " and we did not come to terms on TLS: " + (text == nullptr ? "for an unknown reason" : text);
      error.hint = "check `url`; what stands between may end connections";
      return error;
  }
}

Peer peer_of(ssl_st* session) {
  Peer peer;
  peer.protocol = SSL_get_version(session);
  STACK_OF(X509)* const chain = SSL_get_peer_cert_chain(session);
  for (int i = 0; i < sk_X509_num(chain); ++i) peer.chain.push_back(summary_of(sk_X509_value(chain, i)));
  return peer;
}

std::string text_of(std::chrono::system_clock::time_point moment) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(moment);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  return std::string(text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M UTC", &parts));
}

}  // namespace penstock::http
