#pragma once

#include <csignal>
#include <functional>
#include <mutex>
#include <thread>

namespace penstock::cli {

/// The signals that end the process, or load a project again: SIGINT, SIGTERM and SIGHUP. main() makes the only one, before the first
/// thread: every later thread, of a library too, inherits that they are blocked, so that none of them is ever interrupted by one. While
/// no Interrupts lives, a signal ends the process as if nobody had blocked it. What the parent had made ignored (nohup, a job in the
/// background of a script) stays ignored.
class Signals {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

 private:
  friend class Interrupts;
  void wait_for_signals();
  void end_by(int signal) const;

  sigset_t signals_{};
  int incoming_ = -1;  ///< A signalfd.
  int stop_ = -1;      ///< An eventfd.
  std::mutex mutex_;   ///< Guards what follows, and is held while the listener is called.
  std::function<void(int, int)> listener_;
  int number_ = 0;
  std::thread thread_;
};

/// While it lives, each signal calls `on_signal` with its number, 1 for the first that came to this listener, 2 for the second and so on,
/// on the thread of `signals`. It must return quickly, for the next signal waits for it. `signals` may be null: then nothing is called.
class Interrupts {
 public:
  Interrupts(Signals* signals, std::function<void(int signal, int number)> on_signal);
  /// Waits for a call that is under way.
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

 private:
  Signals* signals_;
  std::function<void(int, int)> before_;
  int number_before_ = 0;
};

}  // namespace penstock::cli
