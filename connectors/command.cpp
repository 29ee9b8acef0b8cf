#include "connectors/command.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include "connectors/wait.h"

extern char** environ;

namespace penstock::connectors {

namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kTryByHand = "run the command by hand to see why; it must print the secret alone";

/// A child in a process group of its own.
class Child {
 public:
  static Result<Child> start(const std::string& command) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail(ErrorKind::resource, "no pipe for a command");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    // This process blocks signals and waits for them; a program that inherited that could be ended by SIGKILL only.
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    sigset_t all;
    sigfillset(&all);
    posix_spawnattr_setsigdefault(&attributes, &all);
    std::string shell = "/bin/sh";
    std::string option = "-c";
    std::string text = command;
    std::array<char*, 4> arguments = {shell.data(), option.data(), text.data(), nullptr};
    pid_t pid = 0;
    const int error = ::posix_spawn(&pid, shell.c_str(), &actions, &attributes, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    ::close(ends[1]);
    if (error == 0) return Child(pid, ends[0]);
    ::close(ends[0]);
    return fail(ErrorKind::resource, "a command could not be started");
  }

  Child(Child&& other) noexcept : pid_(other.pid_), output_(other.output_) { other.pid_ = 0; }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  Child& operator=(Child&&) = delete;
  ~Child() {
    if (pid_ != 0) end();
  }

  enum class Read { whole, too_much, too_late };
  Read read_all(std::string& text, std::size_t most, Clock::time_point deadline) const {
    std::array<char, 4096> buffer{};
    while (wait_for(output_, POLLIN, deadline)) {
      const ssize_t count = ::read(output_, buffer.data(), buffer.size());
      if (count == 0) return Read::whole;
      if (count > 0) text.append(buffer.data(), static_cast<std::size_t>(count));
      if (text.size() > most) return Read::too_much;
    }
    return Read::too_late;
  }

  /// How it ended, as waitpid(2) tells; nothing when the deadline passes first.
  std::optional<int> wait(Clock::time_point deadline) {
    const int ended = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
    const bool in_time = ended >= 0 && wait_for(ended, POLLIN, deadline);
    if (ended >= 0) ::close(ended);
    const int status = end();
    return in_time ? std::optional(status) : std::nullopt;
  }

 private:
  Child(pid_t pid, int output) : pid_(pid), output_(output) {}

  /// Ends all of its group; it is not reaped before, so the group is still its own.
  int end() {
    ::kill(-pid_, SIGKILL);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {}
    ::close(output_);
    pid_ = 0;
    return status;
  }

  pid_t pid_;
  int output_;
};

}  // namespace

Result<std::string> output_of(const std::string& command, std::chrono::milliseconds patience, std::size_t most_bytes) {
  const Clock::time_point deadline = Clock::now() + patience;
  Result<Child> child = Child::start(command);
  if (!child) return fail(child.error());
  std::string text;
  const Child::Read read = child->read_all(text, most_bytes, deadline);
  if (read == Child::Read::too_much) {
    return fail(ErrorKind::invalid_input, "the command printed more than " + std::to_string(most_bytes) + " bytes", kTryByHand);
  }
  const std::optional<int> status = read == Child::Read::whole ? child->wait(deadline) : std::nullopt;
  if (!status) return fail(ErrorKind::timed_out, "the command did not end within " + std::to_string(patience.count()) + " ms", kTryByHand);
  if (WIFSIGNALED(*status)) {
    return fail(ErrorKind::invalid_input, "the command was ended by signal " + std::to_string(WTERMSIG(*status)), kTryByHand);
  }
  if (WEXITSTATUS(*status) == 0) return text;
  return fail(ErrorKind::invalid_input, "the command failed with exit code " + std::to_string(WEXITSTATUS(*status)), kTryByHand);
}

}  // namespace penstock::connectors
