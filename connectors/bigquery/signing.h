#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "connectors/bigquery/key.h"

namespace penstock::bigquery {

/// What a token is to allow: the work of BigQuery, and nothing else of the project's.
inline constexpr std::string_view kScope = "https://www.googleapis.com/auth/bigquery";

/// The assertion of a service account (RFC 7523, RS256): a JWT with iss, scope, aud, iat and exp an hour later, and the key's id in its
/// header. Error invalid_input where the private key cannot be read or is not RSA. The result is a secret.
Result<std::string> signed_assertion(const ServiceAccountKey& key, std::chrono::system_clock::time_point now);

/// Base64 with "-" and "_" and without padding (RFC 4648 section 5).
std::string base64_url(std::string_view bytes);

}  // namespace penstock::bigquery
