#include "daemon/cli/interrupt.h"

#include <pthread.h>

namespace penstock::cli {
namespace {

constexpr int kWakeUp = SIGUSR1;

}  // namespace

Interrupts::Interrupts(std::function<void(int, int)> on_signal) : on_signal_(std::move(on_signal)) {
  sigemptyset(&signals_);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, kWakeUp}) sigaddset(&signals_, signal);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  thread_ = std::thread([this] {
    int number = 0;
    while (true) {
      int signal = 0;
      if (sigwait(&signals_, &signal) != 0) continue;
      if (signal == kWakeUp) return;
      if (signal != SIGHUP) ++number;
      on_signal_(signal, number);
    }
  });
}

Interrupts::~Interrupts() {
  pthread_kill(thread_.native_handle(), kWakeUp);
  thread_.join();
}

}  // namespace penstock::cli
