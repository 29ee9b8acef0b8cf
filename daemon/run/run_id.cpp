#include "daemon/run/run_id.h"

#include <string_view>

namespace penstock::run {
namespace {

constexpr std::string_view kDigits = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::size_t kTimeDigits = 9;
constexpr int kRandomDigits = 10;
/// Far more than clocks differ by.
constexpr std::chrono::days kClocksDiffer(30);

}  // namespace

std::string id_at(char kind, store::Time moment) {
  auto time = static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(moment.time_since_epoch()).count());
  std::string digits(kTimeDigits, kDigits[0]);
  for (std::size_t i = digits.size(); i > 0; --i, time /= kDigits.size()) digits[i - 1] = kDigits[time % kDigits.size()];
  return std::string(1, kind) + "-" + digits;
}

std::string make_id(char kind, store::Time moment, std::uint64_t random) {
  std::string id = id_at(kind, moment);
  for (int i = 0; i < kRandomDigits; ++i, random /= kDigits.size()) id += kDigits[random % kDigits.size()];
  return id;
}

bool may_be_forgotten(store::Time created, store::Time now) { return now - created > kLedgerKept - kClocksDiffer; }

}  // namespace penstock::run
