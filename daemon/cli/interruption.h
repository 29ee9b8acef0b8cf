#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "daemon/cli/interrupt.h"
#include "daemon/cli/invocation.h"
#include "daemon/cli/transport.h"

namespace penstock::cli {

/// What signals mean for the run or the backfill that a command starts or follows. The first cancels it at its engine, and the command
/// goes on to the confirmed end; Ctrl-C (SIGINT) after that leaves at once and says what is left. Only SIGINT can be the second: `timeout`
/// sends SIGTERM twice, and a closing terminal SIGHUP. SIGHUP leaves to a daemon what a daemon runs. Make it before the run is asked for.
class Interruption {
 public:
  Interruption(Invocation& invocation, Transport& transport);
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  /// What there is to cancel: `path` is its place in the API. A signal that came before is obeyed here.
  void started(std::string id, std::string path);

 private:
  void take(int signal, int number);
  void cancel();
  void leave();

  Invocation& invocation_;
  Transport& transport_;
  std::mutex mutex_;  ///< Guards what follows.
  std::string id_;
  std::string path_;
  bool wanted_ = false;     ///< A signal has come.
  std::jthread cancelling_;  ///< Beside the signals' thread: a server that does not answer must not hold up the second Ctrl-C.
  Interrupts interrupts_;
};

/// What becomes of a run or backfill that the command does not wait for, and the commands that show and end it.
std::string left_behind(const Transport& transport, std::string_view id);

}  // namespace penstock::cli
