#include "pipelines/base/hash.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

TEST(Hash, KeepsFieldsApart) {
  EXPECT_NE(ContentHasher().add("ab").add("c").finish(), ContentHasher().add("a").add("bc").finish());
  EXPECT_NE(ContentHasher().add("a").finish(), ContentHasher().add("a").add("").finish());
  EXPECT_EQ(ContentHasher().add("a").add(7).finish(), ContentHasher().add("a").add(7).finish());
}

// SHA-256 of the field's length as eight bytes and the field, computed with sha256sum: content hashes are stored and must never change.
TEST(Hash, IsStable) { EXPECT_EQ(to_hex(hash_content("")), "af5570f5a1810b7af78caf4bc70a660f0df51e42baf91d4de5b2328de0e83dfc"); }

TEST(Hash, IsWrittenAsHexAndBase32) {
  ContentHash hash;
  hash.bytes.fill(0xFF);
  hash.bytes[0] = 0x00;
  EXPECT_EQ(to_hex(hash).substr(0, 6), "00ffff");
  EXPECT_EQ(to_hex(hash).size(), 64U);
  EXPECT_EQ(to_base32(hash, 4), "ad77");
  EXPECT_EQ(to_base32(hash, 10).size(), 10U);
  EXPECT_EQ(to_base32(hash, 0), "");
}

}  // namespace
}  // namespace penstock
