#include "daemon/cli/daemon_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "connectors/locality.h"

namespace penstock::cli {
namespace {

std::string path_in(const std::string& folder) { return folder + "/daemon.json"; }

nlohmann::json read(const std::string& path) {
  std::ifstream file(path);
  return nlohmann::json::parse(file, nullptr, false);
}

std::string text_in(const nlohmann::json& content, const char* name) {
  return content.is_object() && content.contains(name) && content[name].is_string() ? content[name].get<std::string>() : std::string();
}

}  // namespace

DaemonFile::DaemonFile(const std::string& folder, const std::string& url, const std::string& key) : path_(path_in(folder)), key_(key) {
  const std::string draft = path_ + ".part";
  const std::string text = nlohmann::json{{"url", url}, {"process", ::getpid()}, {"key", key}}.dump() + '\n';
  std::remove(draft.c_str());
  const int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return;
  const bool whole = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(file);
  if (whole) std::rename(draft.c_str(), path_.c_str());
}

/// Where the folder was replaced meanwhile, the file is another daemon's.
DaemonFile::~DaemonFile() {
  if (text_in(read(path_), "key") == key_) std::remove(path_.c_str());
}

std::optional<ServedAt> served_at(const std::string& folder) {
  const nlohmann::json content = read(path_in(folder));
  ServedAt served{text_in(content, "url"), text_in(content, "key")};
  if (served.key.empty() || !connectors::are_here(connectors::look_up(connectors::host_of(served.url)))) return std::nullopt;
  return served;
}

}  // namespace penstock::cli
