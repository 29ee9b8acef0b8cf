#include "daemon/store/ownership.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

namespace penstock::store {
namespace {

/// Whoever only looks who owns it holds the lock for an instant, too.
constexpr int kTries = 10;
constexpr std::chrono::milliseconds kPause{5};

std::string name_in(int descriptor) {
  std::array<char, 256> holder{};
  const ssize_t length = ::pread(descriptor, holder.data(), holder.size() - 1, 0);
  return length > 0 ? std::string(holder.data(), static_cast<std::size_t>(length)) : "another process";
}

}  // namespace

std::optional<std::string> Ownership::holder(const std::string& store_path) {
  const Ownership looked(::open((store_path + ".lock").c_str(), O_RDONLY | O_CLOEXEC));
  if (looked.descriptor_ < 0 || ::flock(looked.descriptor_, LOCK_SH | LOCK_NB) == 0) return std::nullopt;
  return name_in(looked.descriptor_);
}

Result<Ownership> Ownership::take(const std::string& store_path, const std::string& owner) {
  const std::string path = store_path + ".lock";
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0) {
    return fail(ErrorKind::storage, "cannot make the lock file " + path + ": " + std::strerror(errno),
                "the folder of the store has to exist and to be writable");
  }
  Ownership ownership(descriptor);
  int tries = 1;
  while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (tries++ < kTries) {
      std::this_thread::sleep_for(kPause);
      continue;
    }
    return fail(ErrorKind::refused, "the store " + store_path + " is in use by " + name_in(descriptor),
                "stop that process, or talk to it instead of opening its store");
  }
  // A lock on a file that was removed meanwhile keeps nobody out.
  struct stat locked {};
  struct stat named {};
  const bool is_known = ::fstat(descriptor, &locked) == 0 && ::stat(path.c_str(), &named) == 0;
  if (!is_known || locked.st_dev != named.st_dev || locked.st_ino != named.st_ino) return take(store_path, owner);
  // Who owns it is only told to people; that it is owned is the kernel's knowledge, so a failed write here changes nothing.
  if (::ftruncate(descriptor, 0) == 0) {
    [[maybe_unused]] const ssize_t written = ::pwrite(descriptor, owner.data(), owner.size(), 0);
  }
  return ownership;
}

Ownership::~Ownership() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

OpenFiles::OpenFiles(std::vector<std::string> paths) {
  for (std::string& path : paths) {
    struct stat found {};
    if (::stat(path.c_str(), &found) == 0) files_.push_back({std::move(path), found.st_dev, found.st_ino});
  }
}

std::optional<std::string> OpenFiles::moved() const {
  for (const File& file : files_) {
    struct stat found {};
    const bool is_there = ::stat(file.path.c_str(), &found) == 0;
    if (is_there ? found.st_dev != file.device || found.st_ino != file.inode : errno == ENOENT || errno == ENOTDIR) return file.path;
  }
  return std::nullopt;
}

}  // namespace penstock::store
