#include "pipelines/base/source.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

TEST(SourceMap, GivesLinesWithoutTheirBreaks) {
  SourceMap sources;
  const std::uint32_t file = sources.add("a.yaml", "one\r\ntwo\n\nfour");
  EXPECT_EQ(sources.path(file), "a.yaml");
  EXPECT_EQ(sources.line(file, 1), "one");
  EXPECT_EQ(sources.line(file, 2), "two");
  EXPECT_EQ(sources.line(file, 3), "");
  EXPECT_EQ(sources.line(file, 4), "four");
  EXPECT_EQ(sources.line(file, 5), "");
  EXPECT_EQ(sources.line(file, 0), "");
  EXPECT_EQ(sources.line(7, 1), "");
}

TEST(SourceMap, CountsFilesFromZero) {
  SourceMap sources;
  EXPECT_EQ(sources.add("a", ""), 0U);
  EXPECT_EQ(sources.add("b", ""), 1U);
  EXPECT_EQ(sources.size(), 2U);
}

}  // namespace
}  // namespace penstock
