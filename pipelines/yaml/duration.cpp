#include "pipelines/yaml/duration.h"

#include <array>
#include <charconv>
#include <cstdint>

namespace penstock::yaml {
namespace {

using std::chrono::milliseconds;

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};

constexpr std::int64_t kSecond = 1000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kLongest = 3660 * kDay;

// "ms" stands before "m", which is its start.
constexpr std::array kUnits = {Unit{"ms", 1},    Unit{"w", 7 * kDay}, Unit{"d", kDay},
                               Unit{"h", kHour}, Unit{"m", kMinute},  Unit{"s", kSecond}};
constexpr std::array kIsoDayUnits = {Unit{"W", 7 * kDay}, Unit{"D", kDay}};
constexpr std::array kIsoTimeUnits = {Unit{"H", kHour}, Unit{"M", kMinute}, Unit{"S", kSecond}};

// Adds numbers with units up to the end or a "T". Each unit comes once, the larger ones first.
template <std::size_t N>
bool add_parts(std::string_view& text, const std::array<Unit, N>& units, std::int64_t& total) {
  std::int64_t before = INT64_MAX;
  while (!text.empty() && text[0] != 'T') {
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc() || text[0] == '-') return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const Unit* unit = nullptr;
    for (const Unit& candidate : units) {
      if (unit == nullptr && text.substr(0, candidate.name.size()) == candidate.name) unit = &candidate;
    }
    if (unit == nullptr || unit->milliseconds >= before || count > kLongest / unit->milliseconds) return false;
    text.remove_prefix(unit->name.size());
    before = unit->milliseconds;
    total += count * unit->milliseconds;
  }
  return true;
}

}  // namespace

std::optional<milliseconds> parse_duration(std::string_view text) {
  std::int64_t total = 0;
  if (text.empty()) return std::nullopt;
  if (text[0] == 'P') {
    text.remove_prefix(1);
    const std::size_t length = text.size();
    if (!add_parts(text, kIsoDayUnits, total)) return std::nullopt;
    if (!text.empty()) {
      text.remove_prefix(1);
      if (text.empty() || !add_parts(text, kIsoTimeUnits, total)) return std::nullopt;
    }
    if (length == 0 || !text.empty()) return std::nullopt;
  } else if (!add_parts(text, kUnits, total) || !text.empty()) {
    return std::nullopt;
  }
  if (total > kLongest) return std::nullopt;
  return milliseconds(total);
}

}  // namespace penstock::yaml
