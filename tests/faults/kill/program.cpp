#include "tests/faults/kill/program.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>

extern char** environ;

namespace penstock::faults {
namespace {

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

Program::Program(std::vector<std::string> arguments) : Program(std::move(arguments), Options{}) {}

Program::Program(std::vector<std::string> arguments, const Options& options) {
  std::vector<std::string> environment = options.environment;
  for (char** variable = environ; *variable != nullptr; ++variable) environment.emplace_back(*variable);
  environment.emplace_back("LD_PRELOAD=" PENSTOCK_STOPPER);
  environment.emplace_back("PENSTOCK_STOP_AT=" + std::to_string(options.stop_at));
  std::array<int, 2> ends{};
  EXPECT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  const std::string path = std::string(PENSTOCK_PROGRAMS) + "/" + arguments[0];
  const std::vector<char*> words = pointers_to(arguments);
  const std::vector<char*> variables = pointers_to(environment);
  EXPECT_EQ(posix_spawn(&pid_, path.c_str(), &actions, nullptr, words.data(), variables.data()), 0) << path;
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  reader_ = ends[0];
}

Program::~Program() {
  kill();
  close(reader_);
}

Ended Program::wait() {
  std::array<char, 4096> part{};
  for (ssize_t count = 0; (count = read(reader_, part.data(), part.size())) > 0;) output_.append(part.data(), static_cast<std::size_t>(count));
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = 0;
  Ended ended;
  ended.killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  if (WIFEXITED(status)) ended.code = WEXITSTATUS(status);
  return ended;
}

void Program::signal(int number) {
  if (pid_ != 0) ::kill(pid_, number);
}

void Program::kill() {
  if (pid_ == 0) return;
  signal(SIGKILL);
  wait();
}

std::string Program::output() const { return output_; }

bool Program::says(const std::string& text) {
  std::array<char, 4096> part{};
  while (output_.find(text) == std::string::npos) {
    const ssize_t count = read(reader_, part.data(), part.size());
    if (count <= 0) return false;
    output_.append(part.data(), static_cast<std::size_t>(count));
  }
  return true;
}

Ended run_to_end(std::vector<std::string> arguments, std::string* said) {
  Program program(std::move(arguments));
  const Ended ended = program.wait();
  if (said != nullptr) *said = program.output();
  return ended;
}

}  // namespace penstock::faults
