#include "connectors/duckdb/api.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <vector>

namespace penstock::duckdb {

namespace {

namespace fs = std::filesystem;

constexpr const char* kHowToGetIt =
    "`deploy/engines/duckdb path` fetches it; or set PENSTOCK_DUCKDB_LIBRARY to a libduckdb.so of version 1.1 or newer (the npm package "
    "@duckdb/node-bindings-linux-x64 holds one)";

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

std::vector<int> version_of(const std::string& text) {
  std::vector<int> numbers;
  int number = -1;
  for (char c : text + ".") {
    if (c >= '0' && c <= '9') {
      number = std::max(number, 0) * 10 + (c - '0');
    } else if (number >= 0) {
      numbers.push_back(number);
      number = -1;
    }
  }
  return numbers;
}

std::string newest_in_cache() {
  std::string cache = environment("XDG_CACHE_HOME");
  if (cache.empty()) cache = environment("HOME") + "/.cache";
  std::string newest;
  std::vector<int> newest_version;
  std::error_code error;
  for (fs::directory_iterator entry(cache + "/penstock", error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    const fs::path library = entry->path() / "libduckdb.so";
    if (name.rfind("duckdb-", 0) != 0 || !fs::exists(library, error)) continue;
    const std::vector<int> version = version_of(name);
    if (newest.empty() || version > newest_version) {
      newest = library.string();
      newest_version = version;
    }
  }
  return newest;
}

std::string find_library(const std::string& library) {
  if (!library.empty()) return library;
  const std::string named = environment("PENSTOCK_DUCKDB_LIBRARY");
  if (!named.empty()) return named;
  const std::string cached = newest_in_cache();
  return cached.empty() ? "libduckdb.so" : cached;
}

Result<std::shared_ptr<const Api>> load(const std::string& path) {
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* reason = dlerror();
    return fail(ErrorKind::invalid_input, "DuckDB's library cannot be loaded: " + std::string(reason == nullptr ? path : reason),
                kHowToGetIt);
  }
  auto api = std::make_shared<Api>();
  api->path = path;
  std::string missing;
#define PENSTOCK_DUCKDB_RESOLVE(name, result, parameters)                             \
  api->name = reinterpret_cast<decltype(api->name)>(dlsym(library, "duckdb_" #name)); \
  if (api->name == nullptr && missing.empty()) missing = "duckdb_" #name;
  PENSTOCK_DUCKDB_FUNCTIONS(PENSTOCK_DUCKDB_RESOLVE)
#undef PENSTOCK_DUCKDB_RESOLVE
  if (missing.empty() && version_of(api->library_version()) >= std::vector<int>{1, 1}) return std::shared_ptr<const Api>(api);
  const std::string version = api->library_version == nullptr ? "of unknown version" : api->library_version();
  return fail(ErrorKind::invalid_input,
              path + " is no DuckDB library that can be used: " + version + (missing.empty() ? "" : ", without " + missing), kHowToGetIt);
}

}  // namespace

Result<std::shared_ptr<const Api>> load_api(const std::string& library) {
  static std::mutex mutex;
  // Never unloaded: DuckDB's threads and thread-local destructors live in it.
  static std::map<std::string, std::shared_ptr<const Api>> loaded;
  const std::string path = find_library(library);
  const std::lock_guard lock(mutex);
  const auto found = loaded.find(path);
  if (found != loaded.end()) return found->second;
  Result<std::shared_ptr<const Api>> api = load(path);
  if (api) loaded.emplace(path, *api);
  return api;
}

}  // namespace penstock::duckdb
