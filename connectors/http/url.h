#pragma once

#include <string>

#include "pipelines/base/result.h"

namespace penstock::http {

/// "https://host:8443/path", in its parts.
struct Url {
  bool is_secure = false;
  std::string host;  ///< In lower case; an IPv6 address without its brackets.
  int port = 0;
  std::string path;  ///< From the first '/' on, the query included; empty where there is none.

  /// scheme://host:port, without the port where it is the scheme's own.
  std::string origin() const;
  /// host:port, always with the port.
  std::string authority() const;
};

/// invalid_input with what is wrong as a predicate ("names no host"): whoever asked knows which setting it stands in. The text itself is
/// left out, because it may hold a password.
Result<Url> parse_url(const std::string& text);

/// Text as a part of a path, a query or a form: everything but letters, digits and "-._~" in percents.
std::string percent_encoded(const std::string& text);

}  // namespace penstock::http
