#include "daemon/api/gate.h"

#include <arpa/inet.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <sstream>

#include "pipelines/base/hash.h"

namespace penstock::api {
namespace {

std::string sha256_hex(std::string_view text) {
  ContentHash digest;
  EVP_Digest(text.data(), text.size(), digest.bytes.data(), nullptr, EVP_sha256(), nullptr);
  return to_hex(digest);
}

/// A host without its port: "[::1]:4780" is "::1".
std::string_view without_port(std::string_view host) {
  if (!host.empty() && host.front() == '[') return host.substr(1, host.find(']') - 1);
  return host.substr(0, host.find(':'));
}

/// A page of another site may not make a browser on this machine start or cancel runs.
bool is_same_origin(const Request& request) {
  const std::string_view origin = request.header("origin");
  if (origin.empty()) return true;
  const std::size_t scheme = origin.find("://");
  return scheme != std::string_view::npos && origin.substr(scheme + 3) == request.header("host");
}

}  // namespace

Result<std::vector<TokenRule>> parse_tokens(std::string_view text) {
  std::vector<TokenRule> rules;
  std::istringstream lines{std::string(text)};
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    std::istringstream words(line.substr(0, line.find('#')));
    TokenRule rule;
    std::string role;
    if (!(words >> rule.name)) continue;
    words >> role >> rule.sha256_hex;
    const bool hex = rule.sha256_hex.size() == 64 && rule.sha256_hex.find_first_not_of("0123456789abcdef") == std::string::npos;
    std::string further;
    if (!hex || (words >> further) || (role != "viewer" && role != "operator" && role != "admin")) {
      return fail(ErrorKind::invalid_input, "line " + std::to_string(number) + " of the token file is not \"NAME ROLE SHA256\"",
                  "the role is viewer, operator or admin; the hash is 64 lower-case hexadecimal digits, as sha256sum prints them");
    }
    rule.role = role == "viewer" ? Role::viewer : role == "operator" ? Role::operator_ : Role::admin;
    rules.push_back(std::move(rule));
  }
  return rules;
}

bool is_loopback(std::string_view host) {
  in_addr v4{};
  return host == "localhost" || host == "::1" || (host.rfind("127.", 0) == 0 && ::inet_pton(AF_INET, std::string(host).c_str(), &v4) == 1);
}

std::optional<Response> Gate::refusal_of_host(const Request& request) const {
  if (!tokens_.empty() || is_loopback(without_port(request.header("host")))) return std::nullopt;
  return problem(421, "foreign_host", "This daemon does not answer to that name",
                 "without tokens it answers only to localhost; a proxy before it must say Host: localhost, or the daemon needs --tokens",
                 request.path);
}

std::optional<Response> Gate::refusal(Request& request, bool is_open) const {
  if (auto foreign = refusal_of_host(request)) return foreign;
  const std::optional<Principal> principal = authenticate(request.header("authorization"));
  if (!principal && !is_open) {
    Response refused = problem(401, "unauthenticated", "A token is needed", "send Authorization: Bearer TOKEN", request.path);
    refused.headers.emplace_back("WWW-Authenticate", "Bearer");
    return refused;
  }
  if (principal) request.principal = *principal;
  if (request.method == "POST" && !is_same_origin(request)) {
    return problem(403, "foreign_origin", "The token may not do this", "the request comes from another site", request.path);
  }
  return std::nullopt;
}

std::optional<Principal> Gate::authenticate(std::string_view authorization) const {
  if (tokens_.empty()) return Principal{"local", Role::admin};
  constexpr std::string_view kBearer = "Bearer ";
  if (authorization.rfind(kBearer, 0) != 0) return std::nullopt;
  const std::string hash = sha256_hex(authorization.substr(kBearer.size()));
  for (const TokenRule& rule : tokens_) {
    if (CRYPTO_memcmp(hash.data(), rule.sha256_hex.data(), hash.size()) == 0) return Principal{rule.name, rule.role};
  }
  return std::nullopt;
}

}  // namespace penstock::api
