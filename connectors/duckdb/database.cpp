#include "connectors/duckdb/database.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "connectors/duckdb/errors.h"

namespace penstock::duckdb {

namespace {

namespace fs = std::filesystem;

constexpr const char* kMemory = ":memory:";

/// The process that holds a lock on the file, or 0. DuckDB's own locks are POSIX record locks, so the kernel knows.
pid_t holder_of(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) return 0;
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  const bool asked = fcntl(file, F_GETLK, &lock) == 0;
  // Closing releases every lock that this process has on the file: only called when it has none, because its own open has failed.
  ::close(file);
  return asked && lock.l_type != F_UNLCK ? lock.l_pid : 0;
}

/// Bytes 8 to 11 of every DuckDB file.
bool has_magic(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::array<char, 12> head{};
  file.read(head.data(), head.size());
  return file.gcount() == static_cast<std::streamsize>(head.size()) && std::string_view(head.data() + 8, 4) == "DUCK";
}

Error why_not_opened(const std::string& path, const std::string& folder, std::string_view message, const connectors::Redactor& redact) {
  constexpr int kIo = 28;
  Error error = to_error(kIo, message, folder, redact);
  if (error.kind == ErrorKind::resource) return error;
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) {
    error.kind = ErrorKind::invalid_input;
    error.hint = "there is no folder " + folder;
    return error;
  }
  if (!fs::exists(path, ignored)) {
    error.kind = access(folder.c_str(), W_OK) == 0 ? ErrorKind::invalid_input : ErrorKind::permission;
    error.hint = error.kind == ErrorKind::permission ? "the folder " + folder + " may not be written by this user" : "";
    return error;
  }
  if (access(path.c_str(), R_OK | W_OK) != 0) {
    error.kind = ErrorKind::permission;
    error.hint = path + " may not be read and written by this user";
    return error;
  }
  if (const pid_t holder = holder_of(path); holder != 0) {
    error.kind = ErrorKind::throttled;
    error.message = "process " + std::to_string(holder) + " has " + path + " open, and DuckDB lets one process in at a time";
    error.hint = "wait until it has ended, or stop it; a second Penstock on the same file goes through the first (--server)";
    return error;
  }
  error.kind = ErrorKind::invalid_input;
  error.hint =
      has_magic(path) ? path + " is damaged, or was written by a newer DuckDB; restore it from a copy" : path + " is no DuckDB file";
  return error;
}

struct Config {
  explicit Config(const Api& used) : api(used) { api.create_config(&handle); }
  ~Config() { api.destroy_config(&handle); }
  Config(const Config&) = delete;
  Config& operator=(const Config&) = delete;

  const Api& api;
  ConfigHandle* handle = nullptr;
};

/// Every open file of the process, because the lock that DuckDB takes is the process's.
struct Registry {
  std::mutex mutex;
  std::map<std::string, std::weak_ptr<Database>> open;
};

Registry& registry() {
  static Registry instance;
  return instance;
}

}  // namespace

Database::Database(std::shared_ptr<const Api> api, DatabaseHandle* handle, std::string folder)
    : api_(std::move(api)), handle_(handle), folder_(std::move(folder)) {}

Database::~Database() { api_->close(&handle_); }

Result<std::shared_ptr<Database>> Database::open(std::shared_ptr<const Api> api, const DatabaseOptions& options,
                                                 const connectors::Redactor& redact) {
  const bool in_memory = options.path == kMemory;
  std::error_code ignored;
  const std::string path = in_memory ? options.path : fs::weakly_canonical(fs::absolute(options.path, ignored), ignored).string();
  const std::string folder = in_memory ? std::string() : fs::path(path).parent_path().string();
  const std::lock_guard lock(registry().mutex);
  std::weak_ptr<Database>& slot = registry().open[path];
  if (const std::shared_ptr<Database> shared = slot.lock(); shared && !in_memory) {
    if (!shared->poisoned()) return shared;
    return fail(ErrorKind::unavailable, "DuckDB gave up the database " + path + " after a fatal error",
                "it opens again when the statements that still use it have ended");
  }
  const Config config(*api);
  std::map<std::string, std::string> values = options.config;
  values["access_mode"] = options.read_only ? "READ_ONLY" : "AUTOMATIC";
  for (const auto& [name, value] : values) {
    if (api->set_config(config.handle, name.c_str(), value.c_str()) != 0) {
      return fail(ErrorKind::invalid_input, "DuckDB does not accept the setting " + name);
    }
  }
  DatabaseHandle* handle = nullptr;
  char* message = nullptr;
  if (api->open_ext(path.c_str(), &handle, config.handle, &message) != 0) {
    const std::string text = message == nullptr ? "the database cannot be opened" : message;
    api->free(message);
    if (in_memory) return fail(ErrorKind::invalid_input, redact(text));
    return fail(why_not_opened(path, folder, text, redact));
  }
  const std::shared_ptr<Database> database(new Database(std::move(api), handle, folder));
  if (!in_memory) slot = database;
  return database;
}

}  // namespace penstock::duckdb
