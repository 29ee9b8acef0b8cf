#pragma once

#include <optional>
#include <string>

namespace penstock::cli {

/// While it lives, daemon.json beside the store says where the daemon that owns the store is served, so that the command line finds it by
/// itself, and a key by which that daemon proves that it wrote it. Only its user can read it.
class DaemonFile {
 public:
  DaemonFile(const std::string& folder, const std::string& url, const std::string& key);
  ~DaemonFile();
  DaemonFile(const DaemonFile&) = delete;
  DaemonFile& operator=(const DaemonFile&) = delete;

 private:
  std::string path_;
  std::string key_;
};

struct ServedAt {
  std::string url;
  std::string key;
};

/// What that file says, where there is one that names this machine: a folder may come from anywhere. The daemon may have died without
/// taking the file away, and something else may answer there now.
std::optional<ServedAt> served_at(const std::string& folder);

}  // namespace penstock::cli
