#pragma once

#include <csignal>
#include <functional>
#include <thread>

namespace penstock::cli {

/// While it lives, SIGINT and SIGTERM call `on_signal` with their number, 1 for the first, 2 for the second and so on, on a thread of its
/// own. Make it before other threads, so that they inherit the blocked signals.
class Interrupts {
 public:
  explicit Interrupts(std::function<void(int signal, int number)> on_signal);
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

 private:
  std::function<void(int, int)> on_signal_;
  sigset_t signals_{};
  std::thread thread_;
};

}  // namespace penstock::cli
