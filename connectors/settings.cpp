#include "connectors/settings.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace penstock::connectors {

namespace {

constexpr std::array<std::string_view, 11> kSecretKeys = {"password",   "token",          "secret",      "passphrase",
                                                          "api_key",    "access_key",     "private_key", "client_secret",
                                                          "client_key", "proxy_password", "credentials"};

Failure bad_value(const Settings& settings, std::string_view key, std::string_view allowed) {
  // The value itself is left out: it may have come from a secret reference.
  return fail(ErrorKind::invalid_input, "connection \"" + settings.name + "\": the value of \"" + std::string(key) + "\" is not understood",
              "expected " + std::string(allowed));
}

}  // namespace

bool is_secret_key(std::string_view key) { return std::find(kSecretKeys.begin(), kSecretKeys.end(), key) != kSecretKeys.end(); }

std::string text_of(const Settings& settings, std::string_view key, std::string_view otherwise) {
  const auto found = settings.values.find(key);
  return found == settings.values.end() || found->second.empty() ? std::string(otherwise) : found->second;
}

Result<bool> flag_of(const Settings& settings, std::string_view key, bool otherwise) {
  const std::string text = text_of(settings, key);
  if (text.empty()) return otherwise;
  if (text == "true" || text == "yes" || text == "on" || text == "1") return true;
  if (text == "false" || text == "no" || text == "off" || text == "0") return false;
  return bad_value(settings, key, "true or false");
}

Result<std::chrono::milliseconds> duration_of(const Settings& settings, std::string_view key, std::chrono::milliseconds otherwise) {
  const std::string text = text_of(settings, key);
  if (text.empty()) return otherwise;
  constexpr std::int64_t kLongest = std::int64_t{1000} * 3600 * 24 * 365;
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  std::int64_t scale = 0;
  if (unit == "ms") scale = 1;
  if (unit.empty() || unit == "s") scale = 1000;
  if (unit == "m" || unit == "min") scale = 60 * 1000;
  if (unit == "h") scale = 3600 * 1000;
  if (error != std::errc() || scale == 0 || count < 0 || count > kLongest / scale) {
    return bad_value(settings, key, "a duration such as 250ms, 30s, 5m or 2h");
  }
  return std::chrono::milliseconds(count * scale);
}

Failure wrong(const Settings& settings, const std::string& what, std::string hint) {
  return fail(ErrorKind::invalid_input, "connection \"" + settings.name + "\": " + what, std::move(hint));
}

Result<void> check_keys(const Settings& settings, const std::vector<std::string_view>& known) {
  for (const auto& [key, value] : settings.values) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    std::string allowed;
    for (std::string_view name : known) allowed += (allowed.empty() ? "" : ", ") + std::string(name);
    return fail(ErrorKind::invalid_input,
                "connection \"" + settings.name + "\": a connection of type " + settings.type + " has no setting \"" + key + "\"",
                "its settings are " + allowed);
  }
  return {};
}

}  // namespace penstock::connectors
