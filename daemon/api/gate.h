#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/api/message.h"
#include "pipelines/base/result.h"

namespace penstock::api {

/// A bearer token as the server knows it: never the token itself.
struct TokenRule {
  std::string name;
  Role role = Role::viewer;
  std::string sha256_hex;
};

/// Reads lines of "NAME ROLE SHA256", blank lines and # comments left out. invalid_input names the line.
Result<std::vector<TokenRule>> parse_tokens(std::string_view text);

/// Whether nobody but this machine can reach an address: localhost, or a loopback address by its number, since a name such as
/// 127.example.com may lead anywhere.
bool is_loopback(std::string_view host);

/// Decides who comes in, before any route is looked at.
class Gate {
 public:
  /// Without tokens everybody who can connect is an admin.
  explicit Gate(std::vector<TokenRule> tokens) : tokens_(std::move(tokens)) {}

  /// The answer for whoever must stay outside, or nothing; then `request.principal` says who asks.
  ///
  /// 421 without tokens for a Host that is not loopback: a page of another site whose name was made to lead to this machine (DNS
  /// rebinding) has the browser's trust for that name, and would be an admin here. 403 for a POST that comes from a page of another site.
  /// 401 for a missing or wrong token, except where `is_open`.
  std::optional<Response> refusal(Request& request, bool is_open) const;

  /// The answer for a Host that may not be asked here, or nothing; for files that need no token.
  std::optional<Response> refusal_of_host(const Request& request) const;

  /// Whether that value of the field Authorization lets somebody in; without tokens, any.
  bool knows(std::string_view authorization) const { return authenticate(authorization).has_value(); }

 private:
  std::optional<Principal> authenticate(std::string_view authorization) const;

  std::vector<TokenRule> tokens_;
};

}  // namespace penstock::api
