#pragma once

#include <sys/types.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace penstock::golden {

/// A program that is asked line by line: one JSON object to it, one from it. It ends when its input does.
class AskedProcess {
 public:
  explicit AskedProcess(const std::vector<std::string>& command);
  /// Waits for its end.
  ~AskedProcess();
  AskedProcess(const AskedProcess&) = delete;
  AskedProcess& operator=(const AskedProcess&) = delete;

  /// {"ok": false, "message": ...} where it does not answer.
  nlohmann::json ask(const nlohmann::json& request);

 private:
  pid_t child_ = -1;
  std::FILE* in_ = nullptr;
  std::FILE* out_ = nullptr;
};

}  // namespace penstock::golden
