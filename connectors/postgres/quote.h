#pragma once

#include <string>

namespace penstock::postgres {

inline std::string quoted(const std::string& text, char quote) {
  std::string quoted(1, quote);
  for (const char c : text) quoted += c == quote ? std::string(2, c) : std::string(1, c);
  return quoted + quote;
}

/// As a string literal; the session has standard_conforming_strings.
inline std::string quoted_text(const std::string& text) { return quoted(text, '\''); }

/// As an identifier.
inline std::string quoted_name(const std::string& name) { return quoted(name, '"'); }

}  // namespace penstock::postgres
