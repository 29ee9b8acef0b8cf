#include "connectors/duckdb/errors.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <array>

namespace penstock::duckdb {

namespace {

constexpr int kIo = 28;
constexpr int kInterrupt = 29;
constexpr int kFatal = 30;
constexpr int kInternal = 31;

struct Kind {
  int type;
  std::string_view name;
  ErrorKind kind;
};

// duckdb_error_type of duckdb.h 1.4.4; what is not listed is permanent.
constexpr std::array<Kind, 26> kKinds = {{
    {1, "out_of_range", ErrorKind::permanent},   {2, "conversion", ErrorKind::permanent},
    {6, "divide_by_zero", ErrorKind::permanent}, {8, "invalid_type", ErrorKind::permanent},
    {10, "transaction", ErrorKind::conflict},   {11, "not_implemented", ErrorKind::permanent},
    {13, "catalog", ErrorKind::permanent},       {14, "parser", ErrorKind::permanent},
    {18, "constraint", ErrorKind::permanent},    {21, "connection", ErrorKind::transient},
    {22, "syntax", ErrorKind::permanent},        {23, "settings", ErrorKind::permanent},
    {24, "binder", ErrorKind::permanent},        {25, "network", ErrorKind::transient},
    {kIo, "io", ErrorKind::transient},           {kInterrupt, "interrupt", ErrorKind::cancelled},
    {kFatal, "fatal", ErrorKind::in_doubt},      {kInternal, "internal", ErrorKind::permanent},
    {32, "invalid_input", ErrorKind::permanent}, {33, "out_of_memory", ErrorKind::resource},
    {34, "permission", ErrorKind::permission},   {37, "dependency", ErrorKind::permanent},
    {38, "http", ErrorKind::transient},          {39, "missing_extension", ErrorKind::permanent},
    {40, "autoload", ErrorKind::permanent},      {41, "sequence", ErrorKind::permanent},
}};

bool is_full(const std::string& folder) {
  struct statvfs space {};
  constexpr std::uint64_t kFull = std::uint64_t{1} << 20U;
  return statvfs(folder.c_str(), &space) == 0 && std::uint64_t{space.f_bavail} * space.f_frsize < kFull;
}

}  // namespace

Error to_error(int error_type, std::string_view message, const std::string& folder, const connectors::Redactor& redact) {
  const auto found = std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& kind) { return kind.type == error_type; });
  Error error;
  error.kind = found == kKinds.end() ? ErrorKind::permanent : found->kind;
  error.message = redact(message);
  error.vendor_code = found == kKinds.end() ? std::to_string(error_type) : std::string(found->name);
  if (error_type == kIo && !folder.empty() && is_full(folder)) {
    error.kind = ErrorKind::resource;
    error.hint = "the disk that holds " + folder + " is full";
  }
  if (error.kind == ErrorKind::resource && error.hint.empty()) {
    error.hint = "raise `memory_limit` of the connection, or set `temp_directory` to a folder with room to spill";
  }
  return error;
}

bool poisons_database(int error_type) { return error_type == kFatal || error_type == kInternal; }

bool is_interrupt(int error_type) { return error_type == kInterrupt; }

}  // namespace penstock::duckdb
