#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "connectors/settings.h"
#include "pipelines/base/result.h"

namespace penstock::connectors {

/// True for a text that names a secret instead of being one: env:NAME, file:PATH or cmd:COMMAND.
bool is_reference(std::string_view text);

/// The secret behind a reference. One final line break is cut. `cmd:` is run as command.h says and is stopped after `patience`. Errors are
/// invalid_input (an empty or missing variable or file, a command that fails) or timed_out; they name a variable or a file, never a
/// command, what it printed, or the secret. Blocks.
Result<std::string> read_secret(std::string_view reference, std::chrono::milliseconds patience = std::chrono::seconds(30));

/// The secrets of a process, each read when it is first wanted and then kept, so that no question to a target runs a command. What could
/// not be read is tried again after `pause`, and not before. Any thread.
class Secrets {
 public:
  explicit Secrets(std::chrono::seconds pause = std::chrono::seconds(5)) : pause_(pause) {}

  /// As `read_secret`.
  Result<std::string> get(const std::string& reference);
  /// The same, read again unless it was within `pause`: for a target that has refused the one that is kept.
  Result<std::string> get_anew(const std::string& reference);
  /// Each is read again when it is next wanted.
  void forget() { ++generation_; }
  /// Another number after each `forget`.
  std::uint64_t generation() const { return generation_; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Entry {
    std::mutex mutex;
    std::optional<Result<std::string>> secret;
    Clock::time_point read_at{};
    std::uint64_t generation = 0;
  };
  Result<std::string> read(const std::string& reference, Clock::duration freshness);

  const std::chrono::seconds pause_;
  std::atomic<std::uint64_t> generation_ = 0;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Entry>> entries_;
};

/// The settings with every reference replaced by what `read` gives, and all that is secret listed in `secrets`. A secret key that holds a
/// plain value is refused: what is in the file is in the repository. Blocks.
Result<Settings> resolve(Settings settings, const std::function<Result<std::string>(const std::string& reference)>& read);

}  // namespace penstock::connectors
