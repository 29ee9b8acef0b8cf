#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace penstock::faults {

/// How a program ended.
struct Ended {
  bool killed = false;  ///< By SIGKILL.
  int code = -1;        ///< Its exit code otherwise.
};

/// One run of the real binary as a child of the test, with its output in a file.
class Program {
 public:
  struct Options {
    int stop_at = 0;                         ///< Kills itself right before this instant; see stopper.cpp. 0: never.
    std::vector<std::string> environment{};  ///< NAME=VALUE, beside the test's own.
  };

  /// `arguments[0]` is penstock or penstockd.
  explicit Program(std::vector<std::string> arguments);
  Program(std::vector<std::string> arguments, const Options& options);
  /// Kills it where it still runs.
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  Ended wait();
  void signal(int number);
  /// SIGKILL, and waits until the kernel has closed all that it had open.
  void kill();

  /// What it has written so far, both streams together.
  std::string output() const;

  /// Waits until its output holds the text; false when it ended before.
  bool says(const std::string& text);

 private:
  pid_t pid_ = 0;
  int reader_ = -1;  ///< Our end of its output.
  mutable std::string output_;
};

/// Runs it to its end. The output goes to `said` where that is given.
Ended run_to_end(std::vector<std::string> arguments, std::string* said = nullptr);

}  // namespace penstock::faults
