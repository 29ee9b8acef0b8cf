#include "daemon/cli/terminal.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <map>

namespace penstock::cli {
namespace {

using Variables = std::map<std::string, std::string>;

/// Looks at a pseudo-terminal, or at a pipe.
Terminal inspect(bool is_terminal, const Variables& variables, ColourChoice choice = ColourChoice::automatic) {
  const auto environment = [&](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  };
  int ends[2] = {-1, -1};
  if (is_terminal) {
    ends[0] = posix_openpt(O_RDWR | O_NOCTTY);
    EXPECT_EQ(grantpt(ends[0]), 0);
    EXPECT_EQ(unlockpt(ends[0]), 0);
    ends[1] = ::open(ptsname(ends[0]), O_RDWR | O_NOCTTY);
  } else {
    EXPECT_EQ(pipe(ends), 0);
  }
  const Terminal terminal = inspect_terminal(ends[1], choice, environment);
  ::close(ends[0]);
  ::close(ends[1]);
  return terminal;
}

TEST(Terminal, AutomaticColourIsForTerminalsOnly) {
  EXPECT_TRUE(inspect(true, {}).is_terminal);
  EXPECT_TRUE(inspect(true, {{"TERM", "xterm"}}).colour);
  EXPECT_FALSE(inspect(false, {{"TERM", "xterm"}}).is_terminal);
  EXPECT_FALSE(inspect(false, {{"TERM", "xterm"}}).colour);
}

TEST(Terminal, ADumbOneHasNoColour) { EXPECT_FALSE(inspect(true, {{"TERM", "dumb"}}).colour); }

TEST(Terminal, NoColorWinsOverForce) {
  EXPECT_FALSE(inspect(true, {{"NO_COLOR", "1"}}).colour);
  EXPECT_FALSE(inspect(true, {{"NO_COLOR", "1"}, {"CLICOLOR_FORCE", "1"}}).colour);
  EXPECT_TRUE(inspect(true, {{"NO_COLOR", ""}}).colour);
}

TEST(Terminal, ForceColoursAPipeUnlessItIsZero) {
  EXPECT_TRUE(inspect(false, {{"CLICOLOR_FORCE", "1"}}).colour);
  EXPECT_FALSE(inspect(false, {{"CLICOLOR_FORCE", "0"}}).colour);
}

TEST(Terminal, AFlagWinsOverEverything) {
  EXPECT_TRUE(inspect(false, {{"NO_COLOR", "1"}, {"TERM", "dumb"}}, ColourChoice::always).colour);
  EXPECT_FALSE(inspect(true, {{"CLICOLOR_FORCE", "1"}}, ColourChoice::never).colour);
}

TEST(Terminal, APipeIsAsWideAsColumnsSays) {
  EXPECT_EQ(inspect(false, {}).width, 80);
  EXPECT_EQ(inspect(false, {{"COLUMNS", "132"}}).width, 132);
  EXPECT_EQ(inspect(false, {{"COLUMNS", "3"}}).width, 80);
  EXPECT_EQ(inspect(false, {{"COLUMNS", "wide"}}).width, 80);
}

TEST(Styled, IsPlainWithoutColour) {
  EXPECT_EQ(styled(Terminal{}, Style::bad, "x"), "x");
  EXPECT_EQ(styled(Terminal{true, true, 80}, Style::plain, "x"), "x");
  EXPECT_EQ(styled(Terminal{true, true, 80}, Style::good, "x"), "\x1b[32mx\x1b[0m");
}

}  // namespace
}  // namespace penstock::cli
