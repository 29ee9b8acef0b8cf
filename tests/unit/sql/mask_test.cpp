#include "pipelines/sql/mask.h"

#include <gtest/gtest.h>

namespace penstock::sql {
namespace {

TEST(MaskTest, ParametersKeepTheirLength) {
  const std::string text = "select :a, x::int, ':b', \":c\", $$ :d $$, -- :e\n /* :f /* :g */ :h */ E'\\':i', :interval_start";
  const Masked masked = mask(text);
  ASSERT_EQ(masked.text.size(), text.size());
  ASSERT_EQ(masked.parameters.size(), 2U);
  EXPECT_EQ(masked.parameters[0].name, "a");
  EXPECT_EQ(masked.parameters[0].offset, 7U);
  EXPECT_EQ(masked.parameters[1].name, "interval_start");
  EXPECT_EQ(masked.text.substr(7, 2), "$1");
  EXPECT_EQ(masked.text.substr(masked.parameters[1].offset), "$00000000000001");
  EXPECT_EQ(masked.parameter_at(7), &masked.parameters[0]);
  EXPECT_EQ(masked.parameter_at(8), nullptr);
}

TEST(MaskTest, UnendedQuotesAndCommentsEndWithTheText) {
  for (const char* text : {"'abc :a", "\"abc :a", "/* :a", "$x$ :a", "E'\\", "-- :a", ":", "a:", "$", "e'"}) {
    EXPECT_TRUE(mask(text).parameters.empty()) << text;
    EXPECT_FALSE(mask(text).unreadable) << text;
  }
}

TEST(MaskTest, WhatNoStackHoldsIsUnreadable) {
  std::string chain = "1";
  for (int i = 0; i < 50'000; ++i) chain += "+1";
  EXPECT_TRUE(mask(chain).unreadable);
  std::string list = "1";
  for (int i = 0; i < 50'000; ++i) list += ",1";
  EXPECT_FALSE(mask(list).unreadable);
  EXPECT_EQ(mask(std::string("ab\0c", 4)).unreadable, 2U);
}

TEST(MaskTest, TokensForUnderlining) {
  EXPECT_EQ(token_length("a.b + c", 0), 3U);
  EXPECT_EQ(token_length("a.\"B c\" + c", 0), 7U);
  EXPECT_EQ(token_length("a <= c", 2), 2U);
  EXPECT_EQ(token_length(":name)", 0), 5U);
  EXPECT_EQ(token_length("'it''s' x", 0), 7U);
  EXPECT_EQ(token_length("", 5), 1U);
}

}  // namespace
}  // namespace penstock::sql
