#include "daemon/cli/daemon_file.h"

#include <fcntl.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "daemon/cli/loading.h"

namespace penstock::cli {
namespace {

std::string path_in(const std::string& root) { return state_folder(root) + "/daemon.json"; }

/// The bytes of an address, without its port; empty for what is no address of the internet.
std::string bytes_of(const sockaddr* address) {
  const auto bytes = [](const auto& part) { return std::string(reinterpret_cast<const char*>(&part), sizeof(part)); };
  if (address == nullptr) return {};
  if (address->sa_family == AF_INET) return bytes(reinterpret_cast<const sockaddr_in*>(address)->sin_addr);
  if (address->sa_family == AF_INET6) return bytes(reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr);
  return {};
}

/// What a socket of this machine can be bound to: its interfaces, the loopback among them, and "any".
std::vector<std::string> own_addresses() {
  std::vector<std::string> own{std::string(sizeof(in_addr), '\0'), std::string(sizeof(in6_addr), '\0')};
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) return own;
  for (const ifaddrs* each = first; each != nullptr; each = each->ifa_next) own.push_back(bytes_of(each->ifa_addr));
  freeifaddrs(first);
  return own;
}

/// "127.0.0.1" of "http://127.0.0.1:4780", "::1" of "https://[::1]:4780".
std::string host_of(const std::string& url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string::npos) return {};
  const std::string rest = url.substr(scheme + 3, url.find('/', scheme + 3) - scheme - 3);
  if (rest.rfind('[', 0) == 0) return rest.substr(1, rest.find(']') - 1);
  return rest.substr(0, rest.find(':'));
}

/// Every address that the host has, so that no name with several of them slips through.
bool is_this_machine(const std::string& host) {
  if (host.empty()) return false;
  addrinfo* first = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, nullptr, &first) != 0) return false;
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> found(first, freeaddrinfo);
  const std::vector<std::string> own = own_addresses();
  for (const addrinfo* each = first; each != nullptr; each = each->ai_next) {
    if (std::find(own.begin(), own.end(), bytes_of(each->ai_addr)) == own.end()) return false;
  }
  return true;
}

}  // namespace

DaemonFile::DaemonFile(const std::string& root, const std::string& url, const std::string& key) : path_(path_in(root)) {
  const std::string draft = path_ + ".part";
  const std::string text = nlohmann::json{{"url", url}, {"process", ::getpid()}, {"key", key}}.dump() + '\n';
  std::remove(draft.c_str());
  const int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return;
  const bool whole = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(file);
  if (whole) std::rename(draft.c_str(), path_.c_str());
}

DaemonFile::~DaemonFile() { std::remove(path_.c_str()); }

std::optional<ServedAt> served_at(const std::string& root) {
  std::ifstream file(path_in(root));
  if (!file) return std::nullopt;
  const nlohmann::json content = nlohmann::json::parse(file, nullptr, false);
  const auto text = [&content](const char* name) {
    return content.is_object() && content.contains(name) && content[name].is_string() ? content[name].get<std::string>() : std::string();
  };
  ServedAt served{text("url"), text("key")};
  if (served.key.empty() || !is_this_machine(host_of(served.url))) return std::nullopt;
  return served;
}

}  // namespace penstock::cli
