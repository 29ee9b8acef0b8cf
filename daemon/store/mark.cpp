#include "daemon/store/mark.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>

namespace penstock::store {
namespace {

/// Every mark has this length, so that one write in place replaces all of the one before.
constexpr std::size_t kLength = 128;

}  // namespace

Mark::Mark(const std::string& store_path) {
  const std::string path = std::filesystem::path(store_path).replace_extension(".mark").string();
  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
}

Mark::~Mark() {
  if (file_ >= 0) ::close(file_);
}

std::optional<Mark::Content> Mark::read() const {
  std::array<char, kLength> bytes{};
  if (file_ < 0 || ::pread(file_, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) return std::nullopt;
  const nlohmann::json text = nlohmann::json::parse(bytes.begin(), bytes.end(), nullptr, false);
  if (!text.is_object() || !text.contains("last_event") || !text.contains("decided_until_us")) return std::nullopt;
  const nlohmann::json& last_event = text["last_event"];
  const nlohmann::json& decided_until = text["decided_until_us"];
  if (!last_event.is_number_integer() || !decided_until.is_number_integer()) return std::nullopt;
  return Content{last_event.get<std::int64_t>(), Time(std::chrono::microseconds(decided_until.get<std::int64_t>()))};
}

void Mark::write(const Content& content, bool durably) {
  if (file_ < 0) return;
  std::string text =
      nlohmann::json{{"last_event", content.last_event}, {"decided_until_us", content.decided_until.time_since_epoch().count()}}.dump();
  text.resize(kLength - 1, ' ');
  text += '\n';
  if (::pwrite(file_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()) && durably) ::fdatasync(file_);
}

}  // namespace penstock::store
