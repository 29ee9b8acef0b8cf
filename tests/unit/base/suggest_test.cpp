#include "pipelines/base/suggest.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

const std::vector<std::string> kKeys = {"checks", "do", "from", "name", "publish", "retry", "sql"};

TEST(Suggest, FindsDroppedDoubledReplacedAndSwappedLetters) {
  EXPECT_EQ(nearest("publsh", kKeys), "publish");
  EXPECT_EQ(nearest("publissh", kKeys), "publish");
  EXPECT_EQ(nearest("pubkish", kKeys), "publish");
  EXPECT_EQ(nearest("upblish", kKeys), "publish");
  EXPECT_EQ(nearest("fron", kKeys), "from");
  EXPECT_EQ(nearest("form", kKeys), "from");
  EXPECT_EQ(nearest("sq", kKeys), "sql");
}

TEST(Suggest, IgnoresCase) { EXPECT_EQ(nearest("PUBLISH", kKeys), "publish"); }

TEST(Suggest, AllowsOneEditPerThreeCharacters) {
  const std::vector<std::string> one = {"abcdef"};
  EXPECT_EQ(nearest("abcdxy", one), "abcdef");
  EXPECT_EQ(nearest("abcxyz", one), std::nullopt);
  const std::vector<std::string> shorter = {"abcde"};
  EXPECT_EQ(nearest("abcdx", shorter), "abcde");
  EXPECT_EQ(nearest("abcxy", shorter), std::nullopt);
}

TEST(Suggest, SaysNothingWhenNothingIsNear) {
  EXPECT_EQ(nearest("materialized", kKeys), std::nullopt);
  EXPECT_EQ(nearest("", kKeys), std::nullopt);
  EXPECT_EQ(nearest("x", std::vector<std::string>{"y"}), std::nullopt);
  EXPECT_EQ(nearest("publish", std::vector<std::string>{}), std::nullopt);
}

TEST(Suggest, PrefersTheNearestAndThenTheEarlier) {
  EXPECT_EQ(nearest("orders", std::vector<std::string>{"border", "order", "ordes"}), "order");
  EXPECT_EQ(nearest("cat", std::vector<std::string>{"bat", "cat", "hat"}), "cat");
}

TEST(Suggest, PhrasesAQuestion) {
  EXPECT_EQ(did_you_mean("publsh", kKeys), "did you mean \"publish\"?");
  EXPECT_EQ(did_you_mean("materialized", kKeys), "");
}

}  // namespace
}  // namespace penstock
