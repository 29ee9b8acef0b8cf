#include "tests/golden/asked_process.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

namespace penstock::golden {

AskedProcess::AskedProcess(const std::vector<std::string>& command) {
  std::array<int, 2> to{};
  std::array<int, 2> from{};
  // No other child may hold the ends, or this one would not see its input end.
  if (pipe2(to.data(), O_CLOEXEC) != 0 || pipe2(from.data(), O_CLOEXEC) != 0) return;
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  child_ = fork();
  if (child_ == 0) {
    dup2(to[0], STDIN_FILENO);
    dup2(from[1], STDOUT_FILENO);
    execvp(words[0], words.data());
    _exit(127);
  }
  close(to[0]);
  close(from[1]);
  in_ = fdopen(to[1], "w");
  out_ = fdopen(from[0], "r");
}

AskedProcess::~AskedProcess() {
  if (in_ != nullptr) std::fclose(in_);
  if (out_ != nullptr) std::fclose(out_);
  if (child_ > 0) waitpid(child_, nullptr, 0);
}

nlohmann::json AskedProcess::ask(const nlohmann::json& request) {
  std::string line;
  if (in_ != nullptr && out_ != nullptr) {
    std::fprintf(in_, "%s\n", request.dump().c_str());
    std::fflush(in_);
    for (int c = std::fgetc(out_); c != EOF && c != '\n'; c = std::fgetc(out_)) line += static_cast<char>(c);
  }
  const auto answer = nlohmann::json::parse(line, nullptr, false);
  return answer.is_discarded() ? nlohmann::json{{"ok", false}, {"message", "no answer: " + line}} : answer;
}

}  // namespace penstock::golden
