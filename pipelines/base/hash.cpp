#include "pipelines/base/hash.h"

#include <openssl/evp.h>

namespace penstock {

ContentHasher::ContentHasher() : context_(EVP_MD_CTX_new()) {
  EVP_DigestInit_ex(static_cast<EVP_MD_CTX*>(context_), EVP_sha256(), nullptr);
}

ContentHasher::~ContentHasher() { EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context_)); }

ContentHasher& ContentHasher::add(std::string_view field) {
  add(static_cast<std::uint64_t>(field.size()));
  EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_), field.data(), field.size());
  return *this;
}

ContentHasher& ContentHasher::add(std::uint64_t field) {
  std::array<std::uint8_t, 8> little_endian{};
  for (std::size_t i = 0; i < little_endian.size(); ++i) little_endian[i] = static_cast<std::uint8_t>(field >> (8 * i));
  EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_), little_endian.data(), little_endian.size());
  return *this;
}

ContentHash ContentHasher::finish() {
  ContentHash hash;
  unsigned int length = 0;
  EVP_DigestFinal_ex(static_cast<EVP_MD_CTX*>(context_), hash.bytes.data(), &length);
  return hash;
}

ContentHash hash_content(std::string_view content) { return ContentHasher().add(content).finish(); }

std::string to_hex(const ContentHash& hash) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * hash.bytes.size());
  for (const std::uint8_t byte : hash.bytes) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

std::string to_base32(const ContentHash& hash, std::size_t length) {
  constexpr std::string_view kDigits = "abcdefghijklmnopqrstuvwxyz234567";
  std::string text;
  std::uint32_t buffer = 0;
  unsigned int bits = 0;
  for (const std::uint8_t byte : hash.bytes) {
    buffer = (buffer << 8U) | byte;
    bits += 8;
    while (bits >= 5 && text.size() < length) {
      bits -= 5;
      text += kDigits[(buffer >> bits) & 31U];
    }
    if (text.size() >= length) break;
  }
  return text;
}

}  // namespace penstock
