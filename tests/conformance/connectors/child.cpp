#include "tests/conformance/connectors/child.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

extern char** environ;

namespace penstock::connectors {

namespace {
constexpr int kChildOutput = 7;
}

Child::Child(const std::string& filter, const std::string& token, const std::string& statement) {
  std::array<int, 2> ends{};
  EXPECT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
  setenv("PENSTOCK_CHILD_TOKEN", token.c_str(), 1);
  setenv("PENSTOCK_CHILD_STATEMENT", statement.c_str(), 1);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], kChildOutput);
  std::string program = "/proc/self/exe";
  std::string chosen = "--gtest_filter=" + filter;
  std::string disabled = "--gtest_also_run_disabled_tests";
  std::string brief = "--gtest_brief=1";
  std::array<char*, 5> arguments = {program.data(), chosen.data(), disabled.data(), brief.data(), nullptr};
  EXPECT_EQ(posix_spawn(&pid_, program.c_str(), &actions, nullptr, arguments.data(), environ), 0);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  output_ = ends[0];
}

Child::~Child() {
  kill();
  close(output_);
}

std::string Child::line() {
  std::string line;
  char c = 0;
  while (read(output_, &c, 1) == 1 && c != '\n') line += c;
  return line;
}

void Child::kill() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

void Child::tell(const std::string& line) {
  const std::string text = line + "\n";
  if (write(kChildOutput, text.data(), text.size()) != static_cast<ssize_t>(text.size())) _exit(9);
}

}  // namespace penstock::connectors
