#include "daemon/cli/folder_watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <memory>

namespace penstock::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kQuietMilliseconds = 200;
constexpr std::uint32_t kChanges = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO;

}  // namespace

Result<std::unique_ptr<FolderWatch>> FolderWatch::open(const std::string& root) {
  const int inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  const int stop = eventfd(0, EFD_CLOEXEC);
  if (inotify < 0 || stop < 0 || inotify_add_watch(inotify, root.c_str(), kChanges) < 0) {
    if (inotify >= 0) ::close(inotify);
    if (stop >= 0) ::close(stop);
    return fail(ErrorKind::resource, "changes of " + root + " cannot be watched", "reload by SIGHUP, or raise fs.inotify.max_user_watches");
  }
  return std::unique_ptr<FolderWatch>(new FolderWatch(root, inotify, stop));
}

FolderWatch::FolderWatch(std::string root, int inotify, int stop) : root_(std::move(root)), inotify_(inotify), stop_(stop) {
  add_folders();
}

void FolderWatch::start(std::function<void()> on_change) {
  on_change_ = std::move(on_change);
  thread_ = std::thread([this] { watch(); });
}

FolderWatch::~FolderWatch() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t told = ::write(stop_, &one, sizeof one);
  if (thread_.joinable()) thread_.join();
  ::close(inotify_);
  ::close(stop_);
}

void FolderWatch::add_folders() {
  std::error_code failed;
  const fs::path pipelines = fs::path(root_) / "pipelines";
  inotify_add_watch(inotify_, pipelines.c_str(), kChanges);
  for (auto entry = fs::recursive_directory_iterator(pipelines, failed); !failed && entry != fs::recursive_directory_iterator();
       entry.increment(failed)) {
    if (entry->is_directory(failed)) inotify_add_watch(inotify_, entry->path().c_str(), kChanges);
  }
}

void FolderWatch::watch() {
  alignas(inotify_event) std::array<char, 16384> events{};
  bool changed = false;
  while (true) {
    std::array<pollfd, 2> wait{{{inotify_, POLLIN, 0}, {stop_, POLLIN, 0}}};
    const int ready = ::poll(wait.data(), wait.size(), changed ? kQuietMilliseconds : -1);
    if (wait[1].revents != 0) return;
    if (ready == 0 && changed) {
      changed = false;
      add_folders();
      on_change_();
      continue;
    }
    ssize_t count = 0;
    while ((count = ::read(inotify_, events.data(), events.size())) > 0) {
      for (ssize_t at = 0; at < count;) {
        const auto* event = reinterpret_cast<const inotify_event*>(events.data() + at);
        const std::string_view name = event->len > 0 ? event->name : "";
        // The store and the engines' files change all the time; only what the loader reads matters.
        const bool is_folder = (event->mask & IN_ISDIR) != 0 && name != ".penstock";
        changed = changed || name.ends_with(".yaml") || name.ends_with(".yml") || is_folder;
        at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
      }
    }
  }
}

}  // namespace penstock::cli
