#include "connectors/bigquery/signing.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>
#include <nlohmann/json.hpp>

namespace penstock::bigquery {

namespace {

constexpr std::chrono::seconds kLife{3600};
// "Always", says "Using OAuth 2.0 for Server to Server Applications" (read 2026-11-30), whatever the address is that it is sent to.
constexpr const char* kAudience = "https://oauth2.googleapis.com/token";

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeDigest {
  void operator()(EVP_MD_CTX* digest) const { EVP_MD_CTX_free(digest); }
};
using PrivateKey = std::unique_ptr<EVP_PKEY, FreeKey>;

// A key that wants a passphrase must not ask for one on the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

Failure unreadable() {
  ERR_clear_error();
  return fail(ErrorKind::invalid_input, "the private key in `credentials` cannot be read", "expected a PEM of an RSA key");
}

Result<PrivateKey> read_key(const std::string& pem) {
  const std::unique_ptr<BIO, FreeBio> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  PrivateKey key(bio == nullptr ? nullptr : PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  if (key == nullptr || EVP_PKEY_base_id(key.get()) != EVP_PKEY_RSA) return unreadable();
  return key;
}

Result<std::string> signature(EVP_PKEY& key, const std::string& text) {
  const std::unique_ptr<EVP_MD_CTX, FreeDigest> digest(EVP_MD_CTX_new());
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t size = 0;
  if (digest == nullptr || EVP_DigestSignInit(digest.get(), nullptr, EVP_sha256(), nullptr, &key) != 1 ||
      EVP_DigestSign(digest.get(), nullptr, &size, bytes, text.size()) != 1) {
    return unreadable();
  }
  std::string out(size, '\0');
  if (EVP_DigestSign(digest.get(), reinterpret_cast<unsigned char*>(out.data()), &size, bytes, text.size()) != 1) return unreadable();
  out.resize(size);
  return out;
}

}  // namespace

std::string base64_url(std::string_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(length));
  while (!out.empty() && out.back() == '=') out.pop_back();
  for (char& c : out) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return out;
}

Result<std::string> signed_assertion(const ServiceAccountKey& key, std::chrono::system_clock::time_point now) {
  nlohmann::json header = {{"alg", "RS256"}, {"typ", "JWT"}};
  if (!key.key_id.empty()) header["kid"] = key.key_id;
  const auto issued = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  const nlohmann::json claims = {
      {"iss", key.email}, {"scope", kScope}, {"aud", kAudience}, {"iat", issued}, {"exp", issued + kLife.count()}};
  constexpr auto kReplace = nlohmann::json::error_handler_t::replace;
  const std::string text = base64_url(header.dump(-1, ' ', false, kReplace)) + "." + base64_url(claims.dump(-1, ' ', false, kReplace));
  const Result<PrivateKey> private_key = read_key(key.private_key);
  if (!private_key) return fail(private_key.error());
  const Result<std::string> sealed = signature(**private_key, text);
  if (!sealed) return fail(sealed.error());
  return text + "." + base64_url(*sealed);
}

}  // namespace penstock::bigquery
