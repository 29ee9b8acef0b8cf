#include "daemon/cli/interrupt.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <utility>

namespace penstock::cli {
namespace {

bool is_ignored(int signal) {
  struct sigaction before {};
  return sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_IGN;
}

}  // namespace

Signals::Signals() : incoming_(-1), stop_(::eventfd(0, EFD_CLOEXEC)) {
  sigemptyset(&signals_);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    if (!is_ignored(signal)) sigaddset(&signals_, signal);
  }
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  incoming_ = ::signalfd(-1, &signals_, SFD_CLOEXEC);
  thread_ = std::thread([this] { wait_for_signals(); });
}

Signals::~Signals() {
  const std::uint64_t one = 1;
  while (::write(stop_, &one, sizeof one) < 0) {}
  thread_.join();
  ::close(incoming_);
  ::close(stop_);
}

void Signals::wait_for_signals() {
  while (true) {
    std::array<pollfd, 2> ready{pollfd{incoming_, POLLIN, 0}, pollfd{stop_, POLLIN, 0}};
    if (::poll(ready.data(), ready.size(), -1) < 0) continue;
    if (ready[1].revents != 0) return;
    signalfd_siginfo told{};
    if (::read(incoming_, &told, sizeof told) != sizeof told) continue;
    const std::lock_guard lock(mutex_);
    if (!listener_) return end_by(static_cast<int>(told.ssi_signo));
    listener_(static_cast<int>(told.ssi_signo), ++number_);
  }
}

void Signals::end_by(int signal) const {
  std::signal(signal, SIG_DFL);
  pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
  std::raise(signal);
}

Interrupts::Interrupts(Signals* signals, std::function<void(int, int)> on_signal) : signals_(signals) {
  if (signals_ == nullptr) return;
  const std::lock_guard lock(signals_->mutex_);
  before_ = std::exchange(signals_->listener_, std::move(on_signal));
  number_before_ = std::exchange(signals_->number_, 0);
}

Interrupts::~Interrupts() {
  if (signals_ == nullptr) return;
  const std::lock_guard lock(signals_->mutex_);
  signals_->listener_ = std::move(before_);
  signals_->number_ = number_before_;
}

}  // namespace penstock::cli
