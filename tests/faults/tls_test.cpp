#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <memory>

#include "daemon/api/server.h"
#include "tests/faults/raw_client.h"
#include "tests/unit/api/sample_context.h"

namespace penstock::api {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

template <typename T, void (*kFree)(T*)>
struct Free {
  void operator()(T* thing) const { kFree(thing); }
};
template <typename T, void (*kFree)(T*)>
using Owned = std::unique_ptr<T, Free<T, kFree>>;

struct CloseFile {
  void operator()(FILE* file) const { ::fclose(file); }
};

/// A certificate for localhost that signs itself, and its key, as PEM files.
void make_certificate(const std::string& certificate_file, const std::string& key_file) {
  const Owned<EVP_PKEY, EVP_PKEY_free> key(EVP_EC_gen("P-256"));
  const Owned<X509, X509_free> certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_set_pubkey(certificate.get(), key.get());
  ASSERT_GT(X509_sign(certificate.get(), key.get(), EVP_sha256()), 0);
  const std::unique_ptr<FILE, CloseFile> certificate_out(::fopen(certificate_file.c_str(), "w"));
  const std::unique_ptr<FILE, CloseFile> key_out(::fopen(key_file.c_str(), "w"));
  ASSERT_EQ(PEM_write_X509(certificate_out.get(), certificate.get()), 1);
  ASSERT_EQ(PEM_write_PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr), 1);
}

class TlsServer : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(sample_.ok());
    std::string name = (std::filesystem::temp_directory_path() / "penstock_tls_XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    options_.certificate_file = (folder_ / "own.crt").string();
    options_.key_file = (folder_ / "own.key").string();
    make_certificate(options_.certificate_file, options_.key_file);
    options_.limits.head_time = 2s;
  }
  void TearDown() override {
    server_.reset();
    std::filesystem::remove_all(folder_);
  }

  void start() {
    auto server = Server::start(options_, sample_.get());
    ASSERT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
  }

  /// The answer to one request from a client that trusts our certificate only and speaks no newer TLS than `newest`; empty where they do
  /// not come to terms.
  std::string get(const std::string& path, int newest = TLS1_3_VERSION) {
    const RawClient client(server_->port());
    const Owned<SSL_CTX, SSL_CTX_free> context(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context.get(), newest);
    SSL_CTX_load_verify_locations(context.get(), options_.certificate_file.c_str(), nullptr);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    const Owned<SSL, SSL_free> session(SSL_new(context.get()));
    SSL_set1_host(session.get(), "localhost");
    SSL_set_fd(session.get(), client.socket());
    if (SSL_connect(session.get()) != 1) return {};
    const std::string request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    SSL_write(session.get(), request.data(), static_cast<int>(request.size()));
    std::string answer;
    std::array<char, 4096> part{};
    for (int count = 0; (count = SSL_read(session.get(), part.data(), part.size())) > 0;)
      answer.append(part.data(), static_cast<std::size_t>(count));
    return answer;
  }

  SampleContext sample_;
  ServerOptions options_;
  std::filesystem::path folder_;
  std::unique_ptr<Server> server_;
};

TEST_F(TlsServer, AnswersWhoeverTrustsItsCertificate) {
  start();
  EXPECT_THAT(server_->url(), StartsWith("https://127.0.0.1:"));
  EXPECT_THAT(get("/livez"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(get("/api/v1/openapi.json"), HasSubstr("\"openapi\""));
  EXPECT_THAT(get("/livez", TLS1_2_VERSION), StartsWith("HTTP/1.1 200"));
}

TEST_F(TlsServer, AnOlderProtocolIsNotSpoken) {
  start();
  EXPECT_EQ(get("/livez", TLS1_1_VERSION), "");
  EXPECT_THAT(get("/livez"), StartsWith("HTTP/1.1 200"));
}

TEST_F(TlsServer, APlainRequestIsNotAnswered) {
  start();
  RawClient plain(server_->port());
  ASSERT_TRUE(plain.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  EXPECT_THAT(plain.read_to_end(), testing::Not(HasSubstr("HTTP/1.1")));
  EXPECT_THAT(get("/livez"), StartsWith("HTTP/1.1 200"));
}

TEST_F(TlsServer, AClientThatNeverShakesHandsIsLetGo) {
  options_.limits.connections = 1;
  start();
  RawClient silent(server_->port());
  EXPECT_EQ(silent.read_to_end(), "");
  EXPECT_THAT(get("/livez"), StartsWith("HTTP/1.1 200"));
}

TEST_F(TlsServer, AHandshakeThatComesByteByByteEndsWhenItsTimeIsOver) {
  options_.limits.head_time = 1s;
  options_.limits.connections = 1;
  options_.limits.reserve = 0;
  start();
  RawClient client(server_->port());
  ASSERT_TRUE(client.send(std::string("\x16\x03\x01\x20\x00\x01\x00\x1f\xfc\x03\x03", 11)));
  pollfd ended{client.socket(), POLLIN, 0};
  const auto begun = std::chrono::steady_clock::now();
  while (::poll(&ended, 1, 20) == 0 && std::chrono::steady_clock::now() - begun < 20s) client.send("x");
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 20s);
  EXPECT_THAT(get("/livez"), StartsWith("HTTP/1.1 200"));
}

TEST_F(TlsServer, AKeyOfAnotherCertificateIsRefusedByName) {
  make_certificate((folder_ / "other.crt").string(), (folder_ / "other.key").string());
  options_.key_file = (folder_ / "other.key").string();
  const auto server = Server::start(options_, sample_.get());
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().kind, ErrorKind::invalid_input);
  EXPECT_THAT(server.error().message, HasSubstr("other.key"));
}

TEST_F(TlsServer, AFileThatIsNoCertificateIsRefusedByName) {
  std::ofstream(folder_ / "text.crt") << "no certificate";
  for (const char* name : {"text.crt", "missing.crt"}) {
    options_.certificate_file = (folder_ / name).string();
    const auto server = Server::start(options_, sample_.get());
    ASSERT_FALSE(server);
    EXPECT_EQ(server.error().kind, ErrorKind::invalid_input);
    EXPECT_THAT(server.error().message, HasSubstr(name));
  }
}

}  // namespace
}  // namespace penstock::api
