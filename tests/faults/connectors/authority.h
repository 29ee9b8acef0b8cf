#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

namespace penstock::faults {

/// A certificate and its key, as PEM files.
struct Identity {
  std::string certificate;
  std::string key;
};

/// Signs certificates; all of its files are in one folder, which goes with it.
class Authority {
 public:
  explicit Authority(const std::string& name = "Test Authority");
  ~Authority();
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;

  /// Its own certificate.
  const std::string& file() const { return own_.certificate; }

  /// For `names` ("DNS:localhost,IP:127.0.0.1").
  Identity issue(const std::string& names, std::chrono::seconds life = std::chrono::hours(1));
  /// The same, signed by nobody but itself.
  Identity self_signed(const std::string& names);

 private:
  struct Free {
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  };
  using Certificate = std::unique_ptr<X509, Free>;
  using Key = std::unique_ptr<EVP_PKEY, Free>;

  Identity write(X509* certificate, EVP_PKEY* key);

  std::filesystem::path folder_;
  int issued_ = 0;
  Key key_;
  Certificate certificate_;
  Identity own_;
};

std::string content_of(const std::string& file);

}  // namespace penstock::faults
