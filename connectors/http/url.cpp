#include "connectors/http/url.h"

#include <cctype>
#include <charconv>
#include <string_view>

namespace penstock::http {

namespace {

constexpr int kHttpPort = 80;
constexpr int kHttpsPort = 443;
constexpr int kHighestPort = 65535;

Failure wrong(const char* why) { return fail(ErrorKind::invalid_input, why); }

std::string bracketed(const std::string& host) { return host.find(':') == std::string::npos ? host : "[" + host + "]"; }

}  // namespace

std::string Url::authority() const { return bracketed(host) + ":" + std::to_string(port); }

std::string Url::origin() const {
  const bool is_own_port = port == (is_secure ? kHttpsPort : kHttpPort);
  return (is_secure ? "https://" : "http://") + (is_own_port ? bracketed(host) : authority());
}

Result<Url> parse_url(const std::string& text) {
  if (text.empty()) return wrong("is missing");
  Url url;
  url.is_secure = text.rfind("https://", 0) == 0;
  if (!url.is_secure && text.rfind("http://", 0) != 0) return wrong("has no http:// or https://");
  const std::size_t begin = text.find("://") + 3;
  const std::size_t end = std::min(text.find_first_of("/?#", begin), text.size());
  std::string authority = text.substr(begin, end - begin);
  url.path = text.substr(end);
  if (url.path.find('#') != std::string::npos) return wrong("has a fragment behind #");
  for (const char c : text) {
    if (c <= ' ' || c > '~') return wrong("has a character that no address has");
  }
  if (authority.find('@') != std::string::npos) return wrong("holds a user or a password; they have settings of their own");
  const std::size_t closing = authority.rfind(']');
  const std::size_t colon = authority.find(':', closing == std::string::npos ? 0 : closing);
  url.port = url.is_secure ? kHttpsPort : kHttpPort;
  if (colon != std::string::npos) {
    const std::string_view digits = std::string_view(authority).substr(colon + 1);
    const auto [last, error] = std::from_chars(digits.data(), digits.data() + digits.size(), url.port);
    if (error != std::errc() || last != digits.data() + digits.size() || url.port < 1 || url.port > kHighestPort) {
      return wrong("has a port that is no number from 1 to 65535");
    }
    authority.resize(colon);
  }
  if (authority.size() > 2 && authority.front() == '[' && authority.back() == ']') authority = authority.substr(1, authority.size() - 2);
  if (authority.empty()) return wrong("names no host");
  for (const char c : authority) url.host += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return url;
}

std::string percent_encoded(const std::string& text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || std::string_view("-._~").find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
    }
  }
  return out;
}

}  // namespace penstock::http
