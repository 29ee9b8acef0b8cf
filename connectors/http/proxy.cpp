#include "connectors/http/proxy.h"

#include <arpa/inet.h>
#include <openssl/evp.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <sstream>

namespace penstock::http {

namespace {

/// Four or sixteen bytes in the order of the network; none where the text is no address.
std::string bytes_of(const std::string& address) {
  std::string bytes(16, '\0');
  if (inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1) return bytes;
  bytes.resize(4);
  return inet_pton(AF_INET, address.c_str(), bytes.data()) == 1 ? bytes : std::string();
}

bool is_in_range(const std::string& host, const std::string& range) {
  const std::size_t slash = range.find('/');
  const std::string address = bytes_of(host);
  const std::string network = bytes_of(range.substr(0, slash));
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(range.data() + slash + 1, range.data() + range.size(), bits);
  if (address.empty() || address.size() != network.size() || error != std::errc() || bits > 8 * address.size()) return false;
  const std::size_t whole = bits / 8;
  if (address.compare(0, whole, network, 0, whole) != 0) return false;
  if (bits % 8 == 0) return true;
  const auto mask = static_cast<unsigned char>(0xFFU << (8 - bits % 8));
  return (static_cast<unsigned char>(address[whole]) & mask) == (static_cast<unsigned char>(network[whole]) & mask);
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

bool is_left_out(const Url& server, const std::string& list) {
  std::istringstream entries(list);
  for (std::string entry; std::getline(entries, entry, ',');) {
    const std::size_t first = entry.find_first_not_of(" \t");
    if (first == std::string::npos) continue;
    entry = lower(entry.substr(first, entry.find_last_not_of(" \t") - first + 1));
    if (entry == "*") return true;
    if (entry.find('/') != std::string::npos) {
      if (is_in_range(server.host, entry)) return true;
      continue;
    }
    // The port, where what stands before it is no IPv6 address without brackets.
    const std::size_t colon = entry.rfind(':');
    const bool has_port = colon != std::string::npos && (entry.find(':') == colon || entry[colon - 1] == ']');
    if (has_port && entry.substr(colon + 1) != std::to_string(server.port)) continue;
    if (has_port) entry.resize(colon);
    if (entry.size() > 2 && entry.front() == '[' && entry.back() == ']') entry = entry.substr(1, entry.size() - 2);
    if (entry.rfind("*.", 0) == 0) entry.erase(0, 1);
    const std::string below = entry.front() == '.' ? entry : "." + entry;
    if (server.host == below.substr(1)) return true;
    if (server.host.size() > below.size() && server.host.compare(server.host.size() - below.size(), std::string::npos, below) == 0) {
      return true;
    }
  }
  return false;
}

std::string percent_decoded(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    const bool is_escape =
        text[i] == '%' && i + 2 < text.size() && std::from_chars(&text[i + 1], &text[i + 1] + 2, byte, 16).ptr == &text[i + 1] + 2;
    out += is_escape ? static_cast<char>(byte) : text[i];
    if (is_escape) i += 2;
  }
  return out;
}

}  // namespace

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

std::string basic_authorization(const std::string& user, const std::string& password) {
  const std::string text = user + ":" + password;
  std::string out(4 * ((text.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  out.resize(static_cast<std::size_t>(length));
  return "Basic " + out;
}

bool is_loopback(const std::string& host) {
  constexpr std::string_view kLocal = "localhost";
  if (host == kLocal ||
      (host.size() > kLocal.size() && host.compare(host.size() - kLocal.size() - 1, std::string::npos, ".localhost") == 0)) {
    return true;
  }
  const std::string bytes = bytes_of(host);
  if (bytes.size() == 4) return bytes[0] == 127;
  return bytes.size() == 16 && bytes == bytes_of("::1");
}

Result<Proxy> parse_proxy(const std::string& text) {
  std::string plain = text.find("://") == std::string::npos ? "http://" + text : text;
  const std::size_t begin = plain.find("://") + 3;
  const std::size_t at = plain.substr(0, plain.find_first_of("/?#", begin)).rfind('@');
  std::string login;
  if (at != std::string::npos && at >= begin) {
    login = plain.substr(begin, at - begin);
    plain.erase(begin, at + 1 - begin);
  }
  const Result<Url> url = parse_url(plain);
  if (!url) return fail(url.error());
  if (url->is_secure) return fail(ErrorKind::invalid_input, "names a proxy that is itself spoken to by TLS, which is not supported");
  if (url->path.size() > 1) return fail(ErrorKind::invalid_input, "has more than a host and a port");
  Proxy proxy;
  proxy.host = url->host;
  proxy.port = url->port;
  if (!login.empty()) {
    const std::size_t colon = login.find(':');
    proxy.password = colon == std::string::npos ? std::string() : percent_decoded(login.substr(colon + 1));
    proxy.authorization = basic_authorization(percent_decoded(login.substr(0, colon)), proxy.password);
  }
  return proxy;
}

Result<std::optional<Proxy>> proxy_of_environment(const Url& server, const Environment& environment) {
  if (is_loopback(server.host)) return std::optional<Proxy>();
  const std::string lower_case = environment("no_proxy");
  if (is_left_out(server, lower_case.empty() ? environment("NO_PROXY") : lower_case)) return std::optional<Proxy>();
  const std::array<const char*, 2> names =
      server.is_secure ? std::array{"https_proxy", "HTTPS_PROXY"} : std::array{"http_proxy", "HTTP_PROXY"};
  for (const char* name : names) {
    const std::string text = environment(name);
    if (text.empty()) continue;
    Result<Proxy> proxy = parse_proxy(text);
    if (!proxy) {
      return fail(ErrorKind::invalid_input, std::string("the environment variable ") + name + " " + proxy.error().message,
                  std::string("expected http://host:port; `proxy: none` of the connection leaves ") + name + " alone");
    }
    proxy->named_by = std::string("the environment variable ") + name;
    return std::optional<Proxy>(*std::move(proxy));
  }
  return std::optional<Proxy>();
}

}  // namespace penstock::http
