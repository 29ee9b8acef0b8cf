#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipelines/base/result.h"

namespace penstock::connectors {

/// How to reach a target: the settings of a connection. `resolve` in secret.h replaces the secret references; connectors get the result.
struct Settings {
  std::string name;  ///< As the project calls the connection.
  std::string type;
  std::map<std::string, std::string, std::less<>> values;
  std::string catalog;  ///< Where names without one belong; empty for the target's default.
  std::string schema;   ///< The same for schemas.
  bool read_only = false;
  /// Values that no message may hold: what references were resolved to, and whatever stands under a secret key.
  std::vector<std::string> secrets;
};

/// True for the keys whose values are always secret, such as password and token.
bool is_secret_key(std::string_view key);

/// The value, or `otherwise` where the key is missing or empty.
std::string text_of(const Settings& settings, std::string_view key, std::string_view otherwise = {});

/// "true", "yes", "on", "1" and their opposites; invalid_input for anything else.
Result<bool> flag_of(const Settings& settings, std::string_view key, bool otherwise);

/// A duration such as "250ms", "30s", "5m", "2h"; a bare number counts seconds. invalid_input for anything else.
Result<std::chrono::milliseconds> duration_of(const Settings& settings, std::string_view key, std::chrono::milliseconds otherwise);

/// invalid_input for what is wrong with a connection: "connection \"name\": what".
Failure wrong(const Settings& settings, const std::string& what, std::string hint);

/// invalid_input with a suggestion when a key is none of `known`.
Result<void> check_keys(const Settings& settings, const std::vector<std::string_view>& known);

}  // namespace penstock::connectors
