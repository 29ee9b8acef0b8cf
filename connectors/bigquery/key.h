#pragma once

#include <map>
#include <string>
#include <variant>

#include "pipelines/base/result.h"

namespace penstock::bigquery {

/// A service account's key file. Source: the file that Google Cloud gives; google-auth-library-python, read 2026-11-30.
struct ServiceAccountKey {
  std::string email;
  std::string key_id;
  std::string private_key;  ///< PEM. Secret.
  std::string token_uri;    ///< Where the grant is made.
};

/// A workload identity federation file ("external_account"): the token of another identity is exchanged for Google's. Its kinds with a file
/// and with an URL; AWS's signed requests and programs are refused. Source: google-auth-library-python, read 2026-11-30.
struct Federation {
  std::string audience;
  std::string subject_token_type;
  std::string token_url;          ///< The token exchange (STS).
  std::string impersonation_url;  ///< Of a service account to become; empty: none.
  std::string file;               ///< Where the other token stands; this or `url`.
  std::string url;
  std::map<std::string, std::string> headers;  ///< For `url`.
  std::string json_field;                      ///< In a JSON text, the field that holds it; empty: the text itself is the token.
};

using Key = std::variant<ServiceAccountKey, Federation>;

/// Reads the text behind `credentials`. Error invalid_input with what is wrong as a predicate ("is no JSON"), and never a part of the text.
Result<Key> parse_key(const std::string& text);

}  // namespace penstock::bigquery
