#include "connectors/secret.h"

#include <cstdlib>
#include <fstream>

#include "connectors/command.h"

namespace penstock::connectors {

namespace {

constexpr std::string_view kEnvironment = "env:";
constexpr std::string_view kFile = "file:";
constexpr std::string_view kCommand = "cmd:";
constexpr std::size_t kLongestSecret = 64 * 1024;

bool starts_with(std::string_view text, std::string_view prefix) { return text.substr(0, prefix.size()) == prefix; }

Result<std::string> from_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') {
    return fail(ErrorKind::invalid_input, "the environment variable " + name + " is not set",
                "a connection takes a secret from it; set it where Penstock starts");
  }
  return std::string(value);
}

Result<std::string> from_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return fail(ErrorKind::invalid_input, "the secret file " + path + " cannot be read",
                "it must exist and be readable by Penstock's user");
  }
  std::string text(kLongestSecret + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kLongestSecret) return fail(ErrorKind::invalid_input, "the secret file " + path + " holds more than 64 KB");
  return text;
}

}  // namespace

bool is_reference(std::string_view text) {
  return starts_with(text, kEnvironment) || starts_with(text, kFile) || starts_with(text, kCommand);
}

Result<std::string> read_secret(std::string_view reference, std::chrono::milliseconds patience) {
  Result<std::string> secret = fail(ErrorKind::invalid_input, "a secret is written as env:NAME, file:PATH or cmd:COMMAND");
  if (starts_with(reference, kEnvironment)) secret = from_environment(std::string(reference.substr(kEnvironment.size())));
  if (starts_with(reference, kFile)) secret = from_file(std::string(reference.substr(kFile.size())));
  if (starts_with(reference, kCommand)) secret = output_of(std::string(reference.substr(kCommand.size())), patience, kLongestSecret);
  if (!secret) return secret;
  if (!secret->empty() && secret->back() == '\n') secret->pop_back();
  if (!secret->empty() && secret->back() == '\r') secret->pop_back();
  if (secret->empty()) {
    const std::string what =
        starts_with(reference, kCommand) ? "the command printed nothing" : "nothing is behind " + std::string(reference);
    return fail(ErrorKind::invalid_input, what);
  }
  return secret;
}

Result<std::string> Secrets::read(const std::string& reference, Clock::duration freshness) {
  std::shared_ptr<Entry> entry;
  {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<Entry>& place = entries_[reference];
    if (place == nullptr) place = std::make_shared<Entry>();
    entry = place;
  }
  // Reading may take long; others that want the same one wait for it, and nobody else does.
  const std::lock_guard reading(entry->mutex);
  const Clock::duration most = entry->secret && *entry->secret ? freshness : pause_;
  const bool is_outdated = entry->generation != generation_ || Clock::now() - entry->read_at >= most;
  if (!entry->secret || is_outdated) {
    entry->generation = generation_;
    entry->secret = read_secret(reference);
    entry->read_at = Clock::now();
  }
  return *entry->secret;
}

Result<std::string> Secrets::get(const std::string& reference) { return read(reference, Clock::duration::max()); }

Result<std::string> Secrets::get_anew(const std::string& reference) { return read(reference, pause_); }

Result<Settings> resolve(Settings settings, const std::function<Result<std::string>(const std::string& reference)>& read) {
  for (auto& [key, value] : settings.values) {
    if (!is_reference(value)) {
      if (!is_secret_key(key) || value.empty()) continue;
      return fail(ErrorKind::invalid_input, "connection \"" + settings.name + "\": \"" + key + "\" holds a plain value",
                  "write a reference instead: env:NAME, file:PATH or cmd:COMMAND");
    }
    Result<std::string> secret = read(value);
    if (!secret) {
      Error error = secret.error();
      error.message = "connection \"" + settings.name + "\", setting \"" + key + "\": " + error.message;
      return fail(std::move(error));
    }
    value = *std::move(secret);
    settings.secrets.push_back(value);
  }
  return settings;
}

}  // namespace penstock::connectors
