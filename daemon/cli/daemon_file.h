#pragma once

#include <optional>
#include <string>

namespace penstock::cli {

/// While it lives, ROOT/.penstock/daemon.json says where the daemon that owns the project's store is served, so that the command line
/// finds it by itself.
class DaemonFile {
 public:
  DaemonFile(const std::string& root, const std::string& url);
  ~DaemonFile();
  DaemonFile(const DaemonFile&) = delete;
  DaemonFile& operator=(const DaemonFile&) = delete;

 private:
  std::string path_;
};

/// The address in that file, where there is one. The daemon may have died without taking it away.
std::optional<std::string> served_at(const std::string& root);

}  // namespace penstock::cli
