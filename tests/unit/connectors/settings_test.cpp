#include "connectors/settings.h"

#include <gtest/gtest.h>

namespace penstock::connectors {
namespace {

Settings with(const std::string& value) {
  Settings settings;
  settings.name = "local";
  settings.type = "duckdb";
  settings.values = {{"key", value}};
  return settings;
}

TEST(Settings, DurationsHaveUnits) {
  using std::chrono::milliseconds;
  EXPECT_EQ(duration_of(with("250ms"), "key", milliseconds(1)).value(), milliseconds(250));
  EXPECT_EQ(duration_of(with("30"), "key", milliseconds(1)).value(), milliseconds(30'000));
  EXPECT_EQ(duration_of(with("2h"), "key", milliseconds(1)).value(), milliseconds(7'200'000));
  EXPECT_EQ(duration_of(with(""), "key", milliseconds(1)).value(), milliseconds(1));
  for (const char* wrong : {"h", "-1s", "3 s", "99999999999999h", "1.5s"}) {
    EXPECT_FALSE(duration_of(with(wrong), "key", milliseconds(1))) << wrong;
  }
}

TEST(Settings, Flags) {
  EXPECT_TRUE(flag_of(with("yes"), "key", false).value());
  EXPECT_FALSE(flag_of(with("off"), "key", true).value());
  EXPECT_TRUE(flag_of(with(""), "key", true).value());
  EXPECT_FALSE(flag_of(with("maybe"), "key", true));
}

TEST(Settings, UnknownKeysAreNamedWithWhatIsAllowed) {
  EXPECT_TRUE(check_keys(with("x"), {"key", "path"}));
  const auto wrong = check_keys(with("x"), {"path", "library"});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().kind, ErrorKind::invalid_input);
  EXPECT_NE(wrong.error().message.find("\"key\""), std::string::npos);
  EXPECT_NE(wrong.error().hint.find("path, library"), std::string::npos);
}

}  // namespace
}  // namespace penstock::connectors
