#include "pipelines/base/diagnostic.h"

#include <gmock/gmock.h>

namespace penstock {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> messages(const Diagnostics& diagnostics) {
  std::vector<std::string> result;
  for (const Diagnostic& diagnostic : diagnostics.sorted()) result.push_back(diagnostic.message);
  return result;
}

TEST(Diagnostics, AreSortedByFileLineAndColumn) {
  Diagnostics all;
  all.error(Code::unknown_key, Span{1, 1, 1, 1}, "d");
  all.error(Code::unknown_key, Span{0, 2, 9, 1}, "c");
  all.error(Code::unknown_key, Span{0, 2, 1, 1}, "b");
  all.error(Code::unknown_key, Span{0, 1, 5, 1}, "a");
  EXPECT_THAT(messages(all), ElementsAre("a", "b", "c", "d"));
}

TEST(Diagnostics, KeepOneOfTheSameFaultAtTheSamePlace) {
  Diagnostics all;
  all.error(Code::unknown_key, Span{0, 1, 5, 3}, "a");
  all.error(Code::unknown_key, Span{0, 1, 5, 3}, "a");
  all.error(Code::unknown_key, Span{0, 1, 5, 3}, "b");
  all.error(Code::unknown_key, Span{0, 1, 6, 3}, "a");
  EXPECT_EQ(all.error_count(), 3U);
  Diagnostics other;
  other.error(Code::unknown_key, Span{0, 1, 5, 3}, "a");
  other.warning(Code::nondeterministic_order, Span{0, 1, 1, 3}, "w");
  all.append(other);
  EXPECT_EQ(all.error_count(), 3U);
  EXPECT_EQ(all.size(), 4U);
}

TEST(Diagnostics, WarningsAreNoErrors) {
  Diagnostics all;
  EXPECT_TRUE(all.empty());
  all.warning(Code::nondeterministic_order, Span{0, 1, 1, 1}, "w");
  EXPECT_FALSE(all.empty());
  EXPECT_FALSE(all.has_errors());
}

class Render : public testing::Test {
 protected:
  std::string render_one(const std::string& text, Span where, RenderOptions options = {}) {
    SourceMap sources;
    where.file = sources.add("pipelines/orders.yaml", text);
    Diagnostics all;
    all.error(Code::unknown_key, where, "wrong", "right?");
    return render(all.sorted(), sources, options);
  }
};

TEST_F(Render, ShowsTheLineCaretSuggestionAndHelp) {
  SourceMap sources;
  sources.add("pipelines/orders.yaml", "steps:\n  - name: daily_sales\n    publsh: table\n");
  Diagnostics all;
  all.error(Code::unknown_key, Span{0, 3, 5, 6}, "unknown key \"publsh\" in step \"daily_sales\"", "did you mean \"publish\"?",
            "allowed here: checks, do\nand publish");
  EXPECT_EQ(render(all.sorted(), sources),
            "pipelines/orders.yaml:3:5: error[PEN1006]: unknown key \"publsh\" in step \"daily_sales\"\n"
            "    3 |     publsh: table\n"
            "      |     ^^^^^^ did you mean \"publish\"?\n"
            "   = help: allowed here: checks, do\n"
            "           and publish\n");
}

TEST_F(Render, NamesRelatedPlaces) {
  SourceMap sources;
  sources.add("a.yaml", "a: 1\na: 2\n");
  Diagnostics all;
  all.add(Diagnostic{Code::yaml_duplicate_key, Severity::error, Span{0, 2, 1, 1}, "twice", "", "", {{Span{0, 1, 1, 1}, "first here"}}});
  EXPECT_EQ(render(all.sorted(), sources),
            "a.yaml:2:1: error[PEN1004]: twice\n"
            "    2 | a: 2\n"
            "      | ^\n"
            "   = see: a.yaml:1:1: first here\n");
}

TEST_F(Render, PutsTheCaretBelowTabsAndMultiByteCharacters) {
  EXPECT_THAT(render_one("\tkey: v", Span{0, 1, 2, 3}), HasSubstr("    1 |     key: v\n      |     ^^^ right?"));
  EXPECT_THAT(render_one("stra\xC3\x9F"
                         "e: x y",
                         Span{0, 1, 12, 1}),
              HasSubstr(" |           ^ right?"));
  // Wide characters take two columns each: two before the caret, two under it.
  EXPECT_THAT(render_one("\xE8\xB7\xAF\xE7\xB7\x9A: \xE8\xB7\xAF", Span{0, 1, 9, 3}), HasSubstr("\n      |       ^^ right?"));
}

TEST_F(Render, ClipsTheCaretsToTheLine) {
  EXPECT_THAT(render_one("abc\ndef", Span{0, 1, 2, 100}), HasSubstr("abc\n      |  ^^ right?"));
  EXPECT_THAT(render_one("abc", Span{0, 1, 4, 1}), HasSubstr("abc\n      |    ^ right?"));
  EXPECT_THAT(render_one("abc", Span{0, 1, 400, 1}), HasSubstr("abc\n      |    ^ right?"));
}

TEST_F(Render, CutsALongLineAroundTheCaret) {
  const std::string text = std::string(500, 'a') + "WRONG" + std::string(500, 'b');
  const std::string shown = render_one(text, Span{0, 1, 501, 5}, RenderOptions{false, 50, 60});
  EXPECT_THAT(shown, HasSubstr("    1 | ..." + std::string(20, 'a') + "WRONG" + std::string(35, 'b') + "...\n"));
  EXPECT_THAT(shown, HasSubstr("      | " + std::string(23, ' ') + "^^^^^ right?"));
  EXPECT_THAT(render_one(text, Span{0, 1, 1, 1}, RenderOptions{false, 50, 60}), HasSubstr("    1 | " + std::string(60, 'a') + "...\n"));
}

TEST_F(Render, WithoutAPlaceThereIsNoLine) {
  SourceMap sources;
  Diagnostics all;
  all.error(Code::file_unreadable, Span{}, "no file", "look elsewhere");
  EXPECT_EQ(render(all.sorted(), sources), "error[PEN1001]: no file\n   = help: look elsewhere\n");
}

TEST_F(Render, CountsWhatItDoesNotShow) {
  Diagnostics all;
  for (std::uint32_t line = 1; line <= 60; ++line) all.error(Code::unknown_key, Span{0, line, 1, 1}, "m");
  SourceMap sources;
  sources.add("a.yaml", "a");
  EXPECT_THAT(render(all.sorted(), sources), HasSubstr("\n... and 10 more\n"));
}

TEST_F(Render, UsesColourOnlyOnRequest) {
  EXPECT_THAT(render_one("abc", Span{0, 1, 1, 1}), Not(HasSubstr("\x1b")));
  EXPECT_THAT(render_one("abc", Span{0, 1, 1, 1}, RenderOptions{true}), HasSubstr("\x1b[1;31m"));
}

TEST_F(Render, LetsNoTextSteerTheTerminal) {
  SourceMap sources;
  sources.add("a\x1b[2J.yaml", "key\x1b[31m: \xFF v \xE2\x80\xAE\r");
  Diagnostics all;
  all.error(Code::unknown_key, Span{0, 1, 1, 3}, "unknown \x1b]0;x\x07", "no \x1b[0m", "he\x1blp");
  const std::string shown = render(all.sorted(), sources);
  EXPECT_EQ(shown.find('\x1b'), std::string::npos);
  EXPECT_EQ(shown.find('\xFF'), std::string::npos);
  EXPECT_EQ(shown.find("\xE2\x80\xAE"), std::string::npos);
}

}  // namespace
}  // namespace penstock
