#include "daemon/api/admission.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <string_view>

#include "daemon/api/server.h"

namespace penstock::api {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

std::string client_of(int socket) {
  constexpr std::size_t kNetworkBytes = 8;
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (::getpeername(socket, reinterpret_cast<sockaddr*>(&address), &length) != 0) return {};
  if (address.ss_family == AF_INET) {
    const in_addr& v4 = reinterpret_cast<const sockaddr_in*>(&address)->sin_addr;
    return {reinterpret_cast<const char*>(&v4), sizeof v4};
  }
  if (address.ss_family != AF_INET6) return {};
  const in6_addr& v6 = reinterpret_cast<const sockaddr_in6*>(&address)->sin6_addr;
  const auto* bytes = reinterpret_cast<const char*>(v6.s6_addr);
  if (IN6_IS_ADDR_V4MAPPED(&v6)) return {bytes + sizeof v6 - sizeof(in_addr), sizeof(in_addr)};
  return {bytes, kNetworkBytes};
}

template <typename Fits>
bool Admission::let_go(Fits fits) {
  auto oldest = places_.end();
  for (auto place = places_.begin(); place != places_.end(); ++place) {
    const Place& each = place->second;
    if (each.is_lost || !each.waits || !fits(each)) continue;
    if (oldest == places_.end() || each.waits_since < oldest->second.waits_since) oldest = place;
  }
  if (oldest == places_.end()) return false;
  oldest->second.is_lost = true;
  // Whoever has sent a request just now can still be told so.
  ::shutdown(oldest->first, SHUT_RD);
  return true;
}

std::string Admission::client_with_most_waiting() const {
  std::map<std::string_view, int> waiting;
  for (const auto& [socket, place] : places_) {
    if (!place.is_lost && place.waits && !place.is_reserve) ++waiting[place.client];
  }
  const auto most =
      std::max_element(waiting.begin(), waiting.end(), [](const auto& left, const auto& right) { return left.second < right.second; });
  return most == waiting.end() ? std::string() : std::string(most->first);
}

Admission::Entry Admission::enter(int socket) {
  Place place;
  place.client = client_of(socket);
  place.waits_since = Clock::now();
  const std::lock_guard lock(mutex_);
  if (closed_) return {};
  int all = 0;
  int of_client = 0;
  int in_reserve = 0;
  for (const auto& [number, each] : places_) {
    if (each.is_lost) continue;
    ++(each.is_reserve ? in_reserve : all);
    if (!each.is_reserve && each.client == place.client) ++of_client;
  }
  std::optional<Crowd> crowd;
  if (of_client >= limits_.connections_of_client) {
    if (!let_go([&](const Place& each) { return !each.is_reserve && each.client == place.client; })) crowd = Crowd::client;
  } else if (all >= limits_.connections) {
    const std::string client = client_with_most_waiting();
    if (!let_go([&](const Place& each) { return !each.is_reserve && each.client == client; })) crowd = Crowd::server;
  }
  if (crowd) {
    place.is_reserve = true;
    if (in_reserve >= limits_.reserve && !let_go([](const Place& each) { return each.is_reserve; })) return {false, crowd};
  }
  places_.insert_or_assign(socket, std::move(place));
  return {true, crowd};
}

bool Admission::begin(int socket) {
  const std::lock_guard lock(mutex_);
  const auto found = places_.find(socket);
  if (found == places_.end() || found->second.is_lost) return false;
  found->second.waits = false;
  return true;
}

bool Admission::wait(int socket) {
  const std::lock_guard lock(mutex_);
  const auto found = places_.find(socket);
  if (closed_ || found == places_.end() || found->second.is_lost || found->second.is_reserve) return false;
  found->second.streams = false;
  found->second.waits = true;
  found->second.waits_since = Clock::now();
  return true;
}

std::optional<Admission::Crowd> Admission::begin_stream(int socket) {
  const std::lock_guard lock(mutex_);
  const auto found = places_.find(socket);
  if (found == places_.end() || found->second.is_reserve) return Crowd::server;
  int all = 0;
  int of_client = 0;
  for (const auto& [number, each] : places_) {
    if (each.streams) ++all;
    if (each.streams && each.client == found->second.client) ++of_client;
  }
  if (of_client >= limits_.streams_of_client) return Crowd::client;
  if (all >= limits_.streams) return Crowd::server;
  found->second.streams = true;
  return std::nullopt;
}

void Admission::leave(int socket) {
  const std::lock_guard lock(mutex_);
  places_.erase(socket);
}

void Admission::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  for (const auto& [socket, place] : places_) ::shutdown(socket, SHUT_RDWR);
}

}  // namespace penstock::api
