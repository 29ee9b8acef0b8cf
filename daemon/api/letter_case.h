#pragma once

#include <string>
#include <string_view>

namespace penstock::api {

/// The text with A to Z in lower case; other letters stay as they are.
inline std::string lower(std::string_view text) {
  std::string made(text);
  for (char& c : made) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return made;
}

}  // namespace penstock::api
