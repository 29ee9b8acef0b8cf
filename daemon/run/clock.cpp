#include "daemon/run/clock.h"

#include <ctime>

namespace penstock::run {
namespace {

std::chrono::microseconds read(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_nsec / 1000);
}

}  // namespace

store::Time SystemClock::now() { return store::Time(read(CLOCK_REALTIME)); }
std::chrono::microseconds SystemClock::since_boot() { return read(CLOCK_BOOTTIME); }

}  // namespace penstock::run
