#include "pipelines/base/lookalike.h"

#include <gtest/gtest.h>

#include "pipelines/base/suggest.h"

namespace penstock {
namespace {

TEST(Lookalike, ThePlainFormIsWhatItLooksLike) {
  EXPECT_EQ(plain_form("n\u0430m\u0435"), "name");
  EXPECT_EQ(plain_form("ｎａｍｅ（１）"), "name(1)");
  EXPECT_EQ(plain_form("\uFEFFs\u200Bql\u00A0"), "sql ");
  EXPECT_EQ(plain_form("\u2018x\u2019 \u2212 \u201Cy\u201D"), "'x' - \"y\"");
  EXPECT_EQ(plain_form("größe"), "größe");
  EXPECT_EQ(plain_form("a\xFFz"), "a\xFFz");
  EXPECT_EQ(plain_form(""), "");
}

TEST(Lookalike, AnOddCharacterIsNamed) {
  EXPECT_EQ(odd_character("n\u0430me"), "U+0430 looks like \"a\"");
  EXPECT_EQ(odd_character("ｎame"), "U+FF4E (a full-width character) looks like \"n\"");
  EXPECT_EQ(odd_character("id\u00A0"), "U+00A0 (a no-break space) looks like a blank");
  EXPECT_EQ(odd_character("\uFEFFid"), "U+FEFF (a byte order mark) cannot be seen");
  EXPECT_EQ(odd_character("\u201Cid"), "U+201C looks like '\"'");
  EXPECT_EQ(odd_character("a\U000E0041"), "U+E0041 cannot be seen");
}

TEST(Lookalike, AWordOfAnotherScriptIsOne) {
  EXPECT_EQ(odd_character("слово"), "");
  EXPECT_EQ(odd_character("größe"), "");
  EXPECT_EQ(odd_character("plain"), "");
  EXPECT_EQ(odd_character("сло\u200Bво"), "U+200B (a zero-width space) cannot be seen");
}

TEST(Lookalike, BlanksAndWhatIsUnseenAreHeldApartFromLetters) {
  EXPECT_TRUE(holds_unseen("a\u200Bb"));
  EXPECT_TRUE(holds_unseen("a\u3000"));
  EXPECT_FALSE(holds_unseen("n\u0430me"));
  EXPECT_TRUE(holds_unseen("na\u200Cme"));
  EXPECT_FALSE(holds_unseen("می\u200Cشود"));
  EXPECT_FALSE(holds_unseen("a b\t"));
}

TEST(Lookalike, IsFoundByASuggestion) {
  const std::vector<std::string> names{"name", "table"};
  EXPECT_EQ(did_you_mean("n\u0430m\u0435", names), "did you mean \"name\"? U+0430 looks like \"a\"");
  EXPECT_EQ(did_you_mean("\u0455\u200Bql", names), "U+0455 looks like \"s\"");
  EXPECT_EQ(did_you_mean("слово", names), "");
}

}  // namespace
}  // namespace penstock
