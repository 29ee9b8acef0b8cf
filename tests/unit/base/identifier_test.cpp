#include "pipelines/base/identifier.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

TEST(Identifier, FoldsAsciiLettersOnly) {
  EXPECT_EQ(Identifier::fold("Daily_Sales")->text(), "daily_sales");
  EXPECT_EQ(Identifier::fold("STRA\xC3\x9F"
                             "E_\xC3\x84")
                ->text(),
            "stra\xC3\x9F"
            "e_\xC3\x84");
  EXPECT_EQ(Identifier::exact("Daily").text(), "Daily");
}

TEST(Identifier, RefusesWhatNoTargetKeeps) {
  EXPECT_FALSE(Identifier::fold("").has_value());
  EXPECT_TRUE(Identifier::fold(std::string(63, 'a')).has_value());
  EXPECT_FALSE(Identifier::fold(std::string(64, 'a')).has_value());
  EXPECT_FALSE(Identifier::fold("a\nb").has_value());
  EXPECT_FALSE(Identifier::fold(std::string("a\0b", 3)).has_value());
  EXPECT_FALSE(Identifier::fold("\xFF").has_value());
  EXPECT_FALSE(Identifier::fold("\xC3").has_value());
}

TEST(TableName, IsWrittenWithoutItsEmptyParts) {
  const TableName name{Identifier(), Identifier::exact("raw"), Identifier::exact("orders")};
  EXPECT_EQ(to_string(name), "raw.orders");
  EXPECT_EQ(to_string(TableName{}), "");
}

}  // namespace
}  // namespace penstock
