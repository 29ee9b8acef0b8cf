#include "daemon/api/identity.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <cstdlib>

#include "pipelines/base/hash.h"

namespace penstock::api {

std::string random_key() {
  ContentHash key;
  if (RAND_bytes(key.bytes.data(), static_cast<int>(key.bytes.size())) != 1) std::abort();
  return to_hex(key);
}

std::string identity_proof(std::string_view key, std::string_view challenge) {
  ContentHash proof;
  const auto* text = reinterpret_cast<const unsigned char*>(challenge.data());
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), text, challenge.size(), proof.bytes.data(), nullptr);
  return to_hex(proof);
}

}  // namespace penstock::api
