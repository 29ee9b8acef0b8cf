#include "connectors/locality.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>

namespace penstock::connectors {

namespace {

/// An address of either family; of the older one as the newer writes it (::ffff:127.0.0.1), because both are one to the system.
std::optional<in6_addr> address_of(const sockaddr* address) {
  if (address == nullptr) return std::nullopt;
  if (address->sa_family == AF_INET6) return reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
  if (address->sa_family != AF_INET) return std::nullopt;
  in6_addr mapped{};
  mapped.s6_addr[10] = mapped.s6_addr[11] = 0xff;
  std::memcpy(&mapped.s6_addr[12], &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, sizeof(in_addr));
  return mapped;
}

struct AddressesDeleter {
  void operator()(addrinfo* first) const { freeaddrinfo(first); }
};
using Addresses = std::unique_ptr<addrinfo, AddressesDeleter>;

Addresses resolve(const std::string& host, int flags) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  addrinfo* first = nullptr;
  return Addresses(!host.empty() && getaddrinfo(host.c_str(), nullptr, &hints, &first) == 0 ? first : nullptr);
}

bool is_any_or_loopback(const in6_addr& address) {
  if (IN6_IS_ADDR_UNSPECIFIED(&address) || IN6_IS_ADDR_LOOPBACK(&address)) return true;
  if (!IN6_IS_ADDR_V4MAPPED(&address)) return false;
  in_addr older{};
  std::memcpy(&older, &address.s6_addr[12], sizeof(older));
  return older.s_addr == INADDR_ANY || address.s6_addr[12] == IN_LOOPBACKNET;
}

bool is_own_interface(const in6_addr& address) {
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) return false;
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> interfaces(first, freeifaddrs);
  for (const ifaddrs* each = first; each != nullptr; each = each->ifa_next) {
    const std::optional<in6_addr> own = address_of(each->ifa_addr);
    if (own && IN6_ARE_ADDR_EQUAL(&*own, &address)) return true;
  }
  return false;
}

bool is_here(const std::string& address) {
  const Addresses found = resolve(address, AI_NUMERICHOST);
  const std::optional<in6_addr> number = address_of(found == nullptr ? nullptr : found->ai_addr);
  return number && (is_any_or_loopback(*number) || is_own_interface(*number));
}

}  // namespace

std::vector<std::string> look_up(const std::string& host) {
  std::vector<std::string> addresses;
  const Addresses found = resolve(host, 0);
  for (const addrinfo* each = found.get(); each != nullptr; each = each->ai_next) {
    char text[NI_MAXHOST];
    if (getnameinfo(each->ai_addr, each->ai_addrlen, text, sizeof(text), nullptr, 0, NI_NUMERICHOST) != 0) continue;
    if (std::find(addresses.begin(), addresses.end(), text) == addresses.end()) addresses.emplace_back(text);
  }
  return addresses;
}

bool are_here(const std::vector<std::string>& addresses) {
  return !addresses.empty() && std::all_of(addresses.begin(), addresses.end(), is_here);
}

std::string host_of(const std::string& url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string::npos) return {};
  const std::string rest = url.substr(scheme + 3, url.find('/', scheme + 3) - scheme - 3);
  if (rest.rfind('[', 0) == 0) return rest.substr(1, rest.find(']') - 1);
  return rest.substr(0, rest.find(':'));
}

}  // namespace penstock::connectors
