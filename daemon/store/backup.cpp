#include "daemon/store/backup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "daemon/store/connection.h"

namespace penstock::store {
namespace {

Error file_error(const std::string& file) {
  const int code = errno;
  Error error;
  error.kind = code == EEXIST ? ErrorKind::conflict : ErrorKind::storage;
  error.message = code == EEXIST ? "the file " + file + " exists" : "cannot write " + file + ": " + std::strerror(code);
  error.hint = code == EEXIST ? "name a new one; a backup overwrites nothing" : "its folder has to exist, to be writable and to have room";
  return error;
}

/// A file under construction, gone unless it is kept.
class Draft {
 public:
  explicit Draft(std::string path) : path_(std::move(path)), file_(::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {}
  ~Draft() {
    if (file_ < 0) return;
    ::close(file_);
    ::unlink(path_.c_str());
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  bool is_open() const { return file_ >= 0; }
  const std::string& path() const { return path_; }

  /// Durably under another name, which nobody has; false with errno otherwise.
  bool keep_as(const std::string& name) const {
    const std::filesystem::path folder = std::filesystem::absolute(name).parent_path();
    if (::fsync(file_) != 0 || ::link(path_.c_str(), name.c_str()) != 0) return false;
    const int parent = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool is_durable = parent >= 0 && ::fsync(parent) == 0;
    if (parent >= 0) ::close(parent);
    return is_durable;
  }

  std::int64_t size() const {
    struct stat found {};
    return ::fstat(file_, &found) == 0 ? found.st_size : 0;
  }

 private:
  std::string path_;
  int file_;
};

}  // namespace

Result<std::int64_t> back_up(const std::string& store_path, const std::string& file) {
  if (::access(store_path.c_str(), F_OK) != 0)
    return fail(ErrorKind::not_found, "there is no store at " + store_path, "run a pipeline first");
  if (::access(file.c_str(), F_OK) == 0) {
    errno = EEXIST;
    return tl::unexpected(file_error(file));
  }
  const Draft draft(file + ".part-" + std::to_string(::getpid()));
  if (!draft.is_open()) return tl::unexpected(file_error(file));
  try {
    Connection connection(store_path, SQLite::OPEN_READONLY);
    if (auto ours = check_is_store(connection, store_path); !ours) return tl::unexpected(ours.error());
    Query(connection.prepare("VACUUM INTO ?")).in(draft.path()).run();
  } catch (const SQLite::Exception& exception) {
    return fail(storage_error(exception, store_path));
  }
  if (!draft.keep_as(file)) return tl::unexpected(file_error(file));
  return draft.size();
}

}  // namespace penstock::store
