#include "pipelines/base/utf8.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

TEST(Utf8, AsUtf8KeepsWhatIsAndReplacesWhatIsNot) {
  EXPECT_EQ(as_utf8("é☃🙂 plain"), "é☃🙂 plain");
  EXPECT_EQ(as_utf8("1\xC3"), "1\xEF\xBF\xBD");
  EXPECT_EQ(as_utf8("\xA9x"), "\xEF\xBF\xBDx");
  EXPECT_EQ(as_utf8("a\xED\xA0\x80z"), "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz");
  EXPECT_EQ(as_utf8("\xF0\x9F\x99"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(as_utf8(""), "");
}

TEST(Utf8, ShortenedCutsBetweenCharacters) {
  EXPECT_EQ(shortened("é☃", 5), "é☃");
  EXPECT_EQ(shortened("é☃", 4), "é...");
  EXPECT_EQ(shortened("é☃", 1), "...");
}

TEST(Utf8, ABoundaryIsWhereACharacterBegins) {
  EXPECT_EQ(utf8_boundary("é☃", 1), 2U);
  EXPECT_EQ(utf8_boundary("é☃", 2), 2U);
  EXPECT_EQ(utf8_boundary("é☃", 3), 5U);
  EXPECT_EQ(utf8_boundary("é", 9), 2U);
}

}  // namespace
}  // namespace penstock
