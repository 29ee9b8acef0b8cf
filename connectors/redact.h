#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "connectors/settings.h"

namespace penstock::connectors {

/// Makes foreign text fit to be shown: every text that comes from an engine, a driver or a server passes through it before it enters an
/// Error. Masked are the connection's own secrets, in plain, URL-encoded and Base64 form, and everything that looks like a credential:
/// `password=...`, `"token": "..."`, `Authorization: ...`, `scheme://user:password@host`, access keys, private keys. Control
/// characters but line feeds and tabs become spaces, and what exceeds 4,000 bytes is cut. May be called from any thread.
class Redactor {
 public:
  Redactor() = default;
  explicit Redactor(const Settings& settings);

  std::string operator()(std::string_view foreign) const;

 private:
  std::vector<std::string> secrets_;  ///< With their encodings, the longest first.
};

/// What stands in the place of a secret.
inline constexpr std::string_view kMask = "***";

}  // namespace penstock::connectors
