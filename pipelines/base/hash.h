#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace penstock {

/// A SHA-256 over content: the version of a file, a step, a plan or a statement. Equal content gives equal bytes on every machine.
struct ContentHash {
  std::array<std::uint8_t, 32> bytes{};

  friend bool operator==(const ContentHash&, const ContentHash&) = default;
  friend auto operator<=>(const ContentHash&, const ContentHash&) = default;
};

/// Hashes fields one after another; each is preceded by its length, so that ("ab", "c") and ("a", "bc") differ.
class ContentHasher {
 public:
  ContentHasher();
  ~ContentHasher();
  ContentHasher(const ContentHasher&) = delete;
  ContentHasher& operator=(const ContentHasher&) = delete;

  ContentHasher& add(std::string_view field);
  ContentHasher& add(std::uint64_t field);
  ContentHash finish();

 private:
  void* context_;
};

ContentHash hash_content(std::string_view content);

/// All 64 hexadecimal digits.
std::string to_hex(const ContentHash& hash);

/// The first `length` characters of lower-case base32 (letters and digits 2 to 7): short enough for names and tokens.
std::string to_base32(const ContentHash& hash, std::size_t length);

}  // namespace penstock
