#pragma once

#include <functional>
#include <string>
#include <vector>

namespace penstock::connectors {

/// The addresses of a host in numbers, in the order in which they are tried; none where it has none. Blocks as long as the resolver takes.
using LookUp = std::function<std::vector<std::string>(const std::string& host)>;

/// The system's own, which reads every spelling of a number ("127.1", "0x7f000001", "2130706433") as connect does.
std::vector<std::string> look_up(const std::string& host);

/// Whether there are addresses and all of them are this machine's: a loopback address, one of its interfaces', or "any". What is sent there
/// reaches nobody else. Names are no addresses: of them nothing is known before they are looked up.
bool are_here(const std::vector<std::string>& addresses);

/// "127.0.0.1" of "http://127.0.0.1:4780", "::1" of "https://[::1]:4780"; empty where there is none.
std::string host_of(const std::string& url);

}  // namespace penstock::connectors
