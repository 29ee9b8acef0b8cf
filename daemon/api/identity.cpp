#include "daemon/api/identity.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <cstdlib>

namespace penstock::api {
namespace {

std::string to_digits(const unsigned char* bytes, std::size_t count) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string digits;
  for (std::size_t i = 0; i < count; ++i) {
    digits += kDigits[bytes[i] >> 4U];
    digits += kDigits[bytes[i] & 0xFU];
  }
  return digits;
}

}  // namespace

std::string random_key() {
  std::array<unsigned char, 32> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) std::abort();
  return to_digits(bytes.data(), bytes.size());
}

std::string identity_proof(std::string_view key, std::string_view challenge) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned int count = 0;
  const auto* text = reinterpret_cast<const unsigned char*>(challenge.data());
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), text, challenge.size(), bytes.data(), &count);
  return to_digits(bytes.data(), count);
}

}  // namespace penstock::api
