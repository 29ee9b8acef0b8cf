#include "daemon/cli/daemon_file.h"

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "daemon/cli/loading.h"

namespace penstock::cli {
namespace {

std::string path_in(const std::string& root) { return state_folder(root) + "/daemon.json"; }

}  // namespace

DaemonFile::DaemonFile(const std::string& root, const std::string& url) : path_(path_in(root)) {
  const std::string draft = path_ + ".part";
  std::ofstream(draft) << nlohmann::json{{"url", url}, {"process", ::getpid()}}.dump() << '\n';
  std::rename(draft.c_str(), path_.c_str());
}

DaemonFile::~DaemonFile() { std::remove(path_.c_str()); }

std::optional<std::string> served_at(const std::string& root) {
  std::ifstream file(path_in(root));
  if (!file) return std::nullopt;
  const nlohmann::json content = nlohmann::json::parse(file, nullptr, false);
  if (!content.is_object() || !content.contains("url") || !content["url"].is_string()) return std::nullopt;
  return content["url"].get<std::string>();
}

}  // namespace penstock::cli
