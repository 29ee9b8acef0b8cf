#pragma once

#include <functional>
#include <string>
#include <thread>

#include "pipelines/base/result.h"

namespace penstock::cli {

/// Tells when something in the project's folder has changed and then stayed as it is for a moment. The kernel tells (inotify); nothing is
/// polled.
class FolderWatch {
 public:
  /// Notes changes from here on: call it before the project is read, so that none falls between. Errors: resource when the system has no
  /// watch left; then SIGHUP still reloads.
  static Result<std::unique_ptr<FolderWatch>> open(const std::string& root);
  /// Calls `on_change`, on a thread of its own, for every change since `open`. Once.
  void start(std::function<void()> on_change);
  ~FolderWatch();
  FolderWatch(const FolderWatch&) = delete;
  FolderWatch& operator=(const FolderWatch&) = delete;

 private:
  FolderWatch(std::string root, int inotify, int stop);
  void watch();
  void add_folders();

  std::string root_;
  std::function<void()> on_change_;
  int inotify_;
  int stop_;
  std::thread thread_;
};

}  // namespace penstock::cli
