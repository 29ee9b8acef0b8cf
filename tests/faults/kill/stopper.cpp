// Preloaded into the program under test, which knows nothing of it. It counts the instants at which the world outside the process changes -
// a durable write, a message to an engine - and kills the process right before the one that PENSTOCK_STOP_AT names. So a test chooses where
// a process dies without a clock. PENSTOCK_STOP_BEFORE names the place instead: a text of the message.
//
// While the file that PENSTOCK_DISK_IS_FULL names exists, its first line is part of the names of files that have no room: writing to them
// fails with ENOSPC. Where its second line is "read-only", they lie on a file system that the kernel has made so, and fail with EROFS;
// where it is "hangs", on a network drive whose server is gone, and wait. So a disk is full and has room again when the test says so, and
// nobody needs to be root.
//
// What was written is safe from SIGKILL without reaching the disk, so no write is forced to it.

#include <dlfcn.h>
#include <signal.h>
#include <sys/types.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

namespace {

std::atomic<int> instants{0};

int chosen() {
  const char* text = std::getenv("PENSTOCK_STOP_AT");
  return text == nullptr ? 0 : std::atoi(text);
}

void reach() {
  static const int last = chosen();
  if (++instants == last) kill(getpid(), SIGKILL);
}

/// A query in PostgreSQL's protocol, or a request about a statement to Trino, Databricks or BigQuery.
bool is_message_to_an_engine(std::string_view text) {
  if (text.rfind("Q", 0) == 0) return true;
  for (const std::string_view part : {" /v1/statement", " /api/2.0/sql/statements", "/jobs"}) {
    if (text.find(part) != std::string_view::npos) return true;
  }
  return false;
}

void send_to_an_engine(std::string_view text) {
  static const char* const last = std::getenv("PENSTOCK_STOP_BEFORE");
  if (last != nullptr && text.find(last) != std::string_view::npos) kill(getpid(), SIGKILL);
  reach();
}

/// What the disk under the file says to whoever writes; 0: it takes everything.
int refusal_at(std::string_view path) {
  static const char* const marker = std::getenv("PENSTOCK_DISK_IS_FULL");
  if (marker == nullptr) return 0;
  std::ifstream text(marker);
  std::string part;
  std::string kind;
  if (!std::getline(text, part) || path.find(part) == std::string_view::npos) return 0;
  std::getline(text, kind);
  if (kind != "hangs") return kind == "read-only" ? EROFS : ENOSPC;
  while (::access(marker, F_OK) == 0) ::usleep(10000);
  return 0;
}

int refusal(int file) {
  static const char* const marker = std::getenv("PENSTOCK_DISK_IS_FULL");
  if (marker == nullptr) return 0;
  std::array<char, 4096> name{};
  const ssize_t length = readlink(("/proc/self/fd/" + std::to_string(file)).c_str(), name.data(), name.size());
  return length < 0 ? 0 : refusal_at(std::string_view(name.data(), static_cast<std::size_t>(length)));
}

ssize_t write_at(const char* function, int file, const void* bytes, size_t size, off_t offset) {
  using Write = ssize_t (*)(int, const void*, size_t, off_t);
  static const auto real = reinterpret_cast<Write>(dlsym(RTLD_NEXT, function));
  const int error = refusal(file);
  if (error == 0) return real(file, bytes, size, offset);
  errno = error;
  return -1;
}

}  // namespace

extern "C" {

ssize_t write(int file, const void* bytes, size_t size) {
  using Write = ssize_t (*)(int, const void*, size_t);
  static const auto real = reinterpret_cast<Write>(dlsym(RTLD_NEXT, "write"));
  const int error = refusal(file);
  if (error == 0) return real(file, bytes, size);
  errno = error;
  return -1;
}

ssize_t pwrite(int file, const void* bytes, size_t size, off_t offset) { return write_at("pwrite", file, bytes, size, offset); }

ssize_t pwrite64(int file, const void* bytes, size_t size, off_t offset) { return write_at("pwrite64", file, bytes, size, offset); }

int access(const char* path, int wanted) {
  using Access = int (*)(const char*, int);
  static const auto real = reinterpret_cast<Access>(dlsym(RTLD_NEXT, "access"));
  if ((wanted & W_OK) == 0 || refusal_at(path) != EROFS) return real(path, wanted);
  errno = EROFS;
  return -1;
}

int fdatasync(int) {
  reach();
  return 0;
}

int fsync(int) {
  reach();
  return 0;
}

ssize_t send(int socket, const void* bytes, size_t size, int flags) {
  using Send = ssize_t (*)(int, const void*, size_t, int);
  static const auto real = reinterpret_cast<Send>(dlsym(RTLD_NEXT, "send"));
  const std::string_view text(static_cast<const char*>(bytes), size);
  if (is_message_to_an_engine(text)) send_to_an_engine(text);
  return real(socket, bytes, size, flags);
}
}
