#include "connectors/secret.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>

extern char** environ;

namespace penstock::connectors {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view kEnvironment = "env:";
constexpr std::string_view kFile = "file:";
constexpr std::string_view kCommand = "cmd:";
constexpr std::size_t kLongestSecret = 64 * 1024;

bool starts_with(std::string_view text, std::string_view prefix) { return text.substr(0, prefix.size()) == prefix; }

Result<std::string> from_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') {
    return fail(ErrorKind::invalid_input, "the environment variable " + name + " is not set",
                "a connection takes a secret from it; set it where Penstock starts");
  }
  return std::string(value);
}

Result<std::string> from_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return fail(ErrorKind::invalid_input, "the secret file " + path + " cannot be read",
                "it must exist and be readable by Penstock's user");
  }
  std::string text(kLongestSecret + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kLongestSecret) return fail(ErrorKind::invalid_input, "the secret file " + path + " holds more than 64 KB");
  return text;
}

/// A child in its own process group, so that whatever it started ends with it.
class Child {
 public:
  static Result<Child> start(const std::string& command) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return fail(ErrorKind::resource, "no pipe for a secret command");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    // This process blocks signals and waits for them; a program that inherited that could be ended by SIGKILL only.
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    std::string shell = "/bin/sh";
    std::string option = "-c";
    std::string text = command;
    std::array<char*, 4> arguments = {shell.data(), option.data(), text.data(), nullptr};
    pid_t pid = 0;
    const int error = posix_spawn(&pid, shell.c_str(), &actions, &attributes, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    close(ends[1]);
    if (error != 0) {
      close(ends[0]);
      return fail(ErrorKind::resource, "a secret command could not be started");
    }
    return Child(pid, ends[0]);
  }

  Child(Child&& other) noexcept : pid_(other.pid_), output_(other.output_) { other.pid_ = 0; }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  Child& operator=(Child&&) = delete;
  ~Child() {
    if (pid_ == 0) return;
    kill(-pid_, SIGKILL);
    wait();
  }

  /// All that it prints; false when `deadline` passes or it prints too much.
  bool read_all(std::string& text, Clock::time_point deadline) const {
    std::array<char, 4096> buffer{};
    while (true) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
      if (left <= 0 || text.size() > kLongestSecret) return false;
      pollfd waiting{output_, POLLIN, 0};
      if (poll(&waiting, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000))) < 0 && errno != EINTR) return false;
      if (waiting.revents == 0) continue;
      const ssize_t count = read(output_, buffer.data(), buffer.size());
      if (count == 0) return true;
      if (count > 0) text.append(buffer.data(), static_cast<std::size_t>(count));
    }
  }

  bool wait() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {}
    close(output_);
    pid_ = 0;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

 private:
  Child(pid_t pid, int output) : pid_(pid), output_(output) {}

  pid_t pid_;
  int output_;
};

Result<std::string> from_command(const std::string& command, std::chrono::milliseconds patience) {
  Result<Child> child = Child::start(command);
  if (!child) return fail(child.error());
  std::string text;
  if (!child->read_all(text, Clock::now() + patience)) {
    return fail(ErrorKind::timed_out, "a secret command did not end within " + std::to_string(patience.count()) + " ms: " + command);
  }
  if (!child->wait()) return fail(ErrorKind::invalid_input, "a secret command failed: " + command, "run it by hand to see why");
  return text;
}

}  // namespace

bool is_reference(std::string_view text) {
  return starts_with(text, kEnvironment) || starts_with(text, kFile) || starts_with(text, kCommand);
}

Result<std::string> read_secret(std::string_view reference, std::chrono::milliseconds patience) {
  Result<std::string> secret = fail(ErrorKind::invalid_input, "a secret is written as env:NAME, file:PATH or cmd:COMMAND");
  if (starts_with(reference, kEnvironment)) secret = from_environment(std::string(reference.substr(kEnvironment.size())));
  if (starts_with(reference, kFile)) secret = from_file(std::string(reference.substr(kFile.size())));
  if (starts_with(reference, kCommand)) secret = from_command(std::string(reference.substr(kCommand.size())), patience);
  if (!secret) return secret;
  if (!secret->empty() && secret->back() == '\n') secret->pop_back();
  if (!secret->empty() && secret->back() == '\r') secret->pop_back();
  if (secret->empty()) return fail(ErrorKind::invalid_input, "the secret behind " + std::string(reference) + " is empty");
  return secret;
}

Result<Settings> resolve(Settings settings) {
  for (auto& [key, value] : settings.values) {
    if (!is_reference(value)) {
      if (!is_secret_key(key) || value.empty()) continue;
      return fail(ErrorKind::invalid_input, "connection \"" + settings.name + "\": \"" + key + "\" holds a plain value",
                  "write a reference instead: env:NAME, file:PATH or cmd:COMMAND");
    }
    Result<std::string> secret = read_secret(value);
    if (!secret) {
      Error error = secret.error();
      error.message = "connection \"" + settings.name + "\", setting \"" + key + "\": " + error.message;
      return fail(std::move(error));
    }
    value = *std::move(secret);
    settings.secrets.push_back(value);
  }
  return settings;
}

}  // namespace penstock::connectors
