#include "daemon/cli/table.h"

#include <gtest/gtest.h>

#include <limits>

namespace penstock::cli {
namespace {

TEST(Table, ColumnsAreAsWideAsTheirWidestCellAndLinesEndInText) {
  Table table;
  table.add_column("STEP");
  table.add_column("ROWS", Table::Align::right);
  table.add_column("NOTE");
  table.add_row({"airports", "12", ""});
  table.add_row({"caf\xC3\xA9", "3,000", "late"});
  EXPECT_EQ(table.render(Terminal{}),
            "STEP       ROWS  NOTE\n"
            "airports     12\n"
            "caf\xC3\xA9      3,000  late\n");
}

TEST(Table, MissingCellsAreEmpty) {
  Table table;
  table.add_column("A");
  table.add_column("B");
  EXPECT_TRUE(table.empty());
  table.add_row({"x"});
  EXPECT_FALSE(table.empty());
  EXPECT_EQ(table.render(Terminal{}), "A  B\nx\n");
}

TEST(Table, ColourIsAroundTheLineAndNeverChangesItsText) {
  Table table;
  table.add_column("A");
  table.add_row({"x"}, Style::bad);
  EXPECT_EQ(table.render(Terminal{true, true, 80}), "\x1b[2mA\x1b[0m\n\x1b[31mx\x1b[0m\n");
}

TEST(Table, TheLastColumnContinuesBelowItselfOnATerminalOnly) {
  Table table;
  table.add_column("KEY");
  table.add_column("WHAT IT IS");
  table.add_row({"with", "The step or source to join, by its name."});
  EXPECT_EQ(table.render(Terminal{true, false, 30}),
            "KEY   WHAT IT IS\n"
            "with  The step or source to\n"
            "      join, by its name.\n");
  const std::string one_line = "KEY   WHAT IT IS\nwith  The step or source to join, by its name.\n";
  EXPECT_EQ(table.render(Terminal{false, false, 30}), one_line);
  EXPECT_EQ(table.render(Terminal{true, false, 80}), one_line);
  EXPECT_EQ(table.render(Terminal{true, false, 20}), one_line) << "there is no room to wrap in";
}

TEST(FirstSentence, EndsAtItsFullStop) {
  EXPECT_EQ(first_sentence("Keeps rows. All others go."), "Keeps rows");
  EXPECT_EQ(first_sentence("Matches on a.id only."), "Matches on a.id only");
  EXPECT_EQ(first_sentence("no stop"), "no stop");
  EXPECT_EQ(first_sentence(""), "");
}

TEST(Counted, KnowsOneFromMany) {
  EXPECT_EQ(counted(1, "row"), "1 row");
  EXPECT_EQ(counted(0, "row"), "0 rows");
  EXPECT_EQ(counted(12'000, "row"), "12,000 rows");
}

TEST(DisplayWidth, CountsCharacters) {
  EXPECT_EQ(display_width(""), 0U);
  EXPECT_EQ(display_width("caf\xC3\xA9 \xE2\x9C\x93"), 6U);
}

TEST(WithThousands, GroupsDigits) {
  EXPECT_EQ(with_thousands(0), "0");
  EXPECT_EQ(with_thousands(999), "999");
  EXPECT_EQ(with_thousands(1000), "1,000");
  EXPECT_EQ(with_thousands(3'000'000), "3,000,000");
  EXPECT_EQ(with_thousands(-999), "-999");
  EXPECT_EQ(with_thousands(-123'456), "-123,456");
  EXPECT_EQ(with_thousands(std::numeric_limits<long long>::min()), "-9,223,372,036,854,775,808");
}

TEST(HumanDuration, NeverShowsAFullUnitOfTheNextKind) {
  EXPECT_EQ(human_duration(0), "0 ms");
  EXPECT_EQ(human_duration(840), "840 ms");
  EXPECT_EQ(human_duration(999), "999 ms");
  EXPECT_EQ(human_duration(1000), "1.0 s");
  EXPECT_EQ(human_duration(12'400), "12.4 s");
  EXPECT_EQ(human_duration(59'949), "59.9 s");
  EXPECT_EQ(human_duration(59'999), "59.9 s");
  EXPECT_EQ(human_duration(60'000), "1 min 00 s");
  EXPECT_EQ(human_duration(185'000), "3 min 05 s");
  EXPECT_EQ(human_duration(3'599'999), "59 min 59 s");
  EXPECT_EQ(human_duration(7'800'000), "2 h 10 min");
}

}  // namespace
}  // namespace penstock::cli
