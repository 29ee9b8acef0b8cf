#include "pipelines/base/diagnostic_code.h"

#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

namespace penstock {
namespace {

TEST(Codes, AscendAndAreFilledIn) {
  int before = 0;
  for (const CodeSpec& spec : code_table()) {
    EXPECT_GT(static_cast<int>(spec.code), before);
    before = static_cast<int>(spec.code);
    EXPECT_FALSE(spec.title.empty()) << to_string(spec.code);
    EXPECT_GT(spec.explanation.size(), 100U) << to_string(spec.code);
    EXPECT_NE(spec.example.find("wrong:"), std::string_view::npos) << to_string(spec.code);
    EXPECT_NE(spec.example.find("right:"), std::string_view::npos) << to_string(spec.code);
  }
}

// The enumeration cannot be walked, so its header is read: a code without a row in the table would have no help.
TEST(Codes, EveryCodeOfTheHeaderHasItsRow) {
  std::ifstream header("pipelines/base/diagnostic_code.h");
  std::stringstream text;
  text << header.rdbuf();
  const std::string content = text.str();
  std::set<int> in_header;
  const std::regex row(R"(\n  [a-z_]+ = ([1-9][0-9]{3}),)");
  for (auto match = std::sregex_iterator(content.begin(), content.end(), row); match != std::sregex_iterator(); ++match) {
    in_header.insert(std::stoi((*match)[1]));
  }
  std::set<int> in_table;
  for (const CodeSpec& spec : code_table()) in_table.insert(static_cast<int>(spec.code));
  EXPECT_FALSE(in_header.empty());
  EXPECT_EQ(in_header, in_table);
}

TEST(Codes, AreWrittenAndRead) {
  EXPECT_EQ(to_string(Code::unknown_key), "PEN1006");
  EXPECT_EQ(parse_code("PEN1006"), Code::unknown_key);
  EXPECT_EQ(parse_code("pen1006"), Code::unknown_key);
  EXPECT_EQ(parse_code("1006"), Code::unknown_key);
  EXPECT_EQ(parse_code("1000"), std::nullopt);
  EXPECT_EQ(parse_code("PEN10066"), std::nullopt);
  EXPECT_EQ(parse_code("PEN"), std::nullopt);
  EXPECT_EQ(parse_code(""), std::nullopt);
  EXPECT_EQ(parse_code("PENabcd"), std::nullopt);
}

}  // namespace
}  // namespace penstock
