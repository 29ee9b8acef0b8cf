#pragma once

#include <string>
#include <string_view>

namespace penstock::yaml {

/// The text with everything that looks like a secret in plain sight as asterisks, byte by byte, so that places stay: the values of keys
/// that are called like secrets (or nearly so) unless they are references, and passwords in addresses. Works on files that are no valid YAML too, for a
/// diagnostic shows the line that it is about.
std::string without_secrets(std::string_view text);

/// Where the value of a parameter begins that is called like a secret, as in "...?password=x" and "host=h password=x"; npos if none.
std::size_t find_secret_parameter(std::string_view text, std::size_t from = 0);

}  // namespace penstock::yaml
