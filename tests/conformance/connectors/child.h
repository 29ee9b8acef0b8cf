#pragma once

#include <sys/types.h>

#include <string>

namespace penstock::connectors {

/// A second copy of this test binary that runs one disabled test, so that it can be killed in the middle of a statement. It tells what
/// happens to it in lines on a pipe.
class Child {
 public:
  /// Starts the test `filter` with PENSTOCK_CHILD_TOKEN and PENSTOCK_CHILD_STATEMENT in its environment.
  Child(const std::string& filter, const std::string& token, const std::string& statement);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// The next line; empty at the end of its output.
  std::string line();

  /// SIGKILL, and waits until the kernel has closed all that it had open.
  void kill();

  /// In the child: writes a line for the parent.
  static void tell(const std::string& line);

 private:
  pid_t pid_ = 0;
  int output_ = -1;
};

}  // namespace penstock::connectors
