#include "daemon/cli/answer.h"

namespace penstock::cli {
namespace {

constexpr std::size_t kDateLength = 10;     // 2026-03-01
constexpr std::size_t kSecondsLength = 19;  // 2026-03-01T02:15:00

const Json* value_in(const Json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

}  // namespace

std::string text_in(const Json& object, const char* key, std::string_view otherwise) {
  const Json* value = value_in(object, key);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string(otherwise);
}

std::optional<long long> number_in(const Json& object, const char* key) {
  const Json* value = value_in(object, key);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return value->get<long long>();
}

std::string time_in(const Json& object, const char* key, std::string_view otherwise) {
  const std::string time = text_in(object, key);
  return time.empty() ? std::string(otherwise) : time.substr(0, kSecondsLength) + "Z";
}

std::string interval_text(const Json& interval) {
  const std::string start = text_in(interval, "local_start");
  const std::string end = text_in(interval, "local_end");
  if (start.empty()) return {};
  constexpr std::string_view kMidnight = "T00:00:00";
  const bool are_days = start.ends_with(kMidnight) && end.ends_with(kMidnight);
  const std::size_t length = are_days ? kDateLength : kDateLength + std::string_view("T00:00").size();
  return start.substr(0, length) + " to " + end.substr(0, length);
}

}  // namespace penstock::cli
