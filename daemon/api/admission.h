#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace penstock::api {

struct Limits;

/// Where a client comes from, as far as it can be told from others: its IPv4 address, or the first 64 bits of its IPv6 address, which is
/// what one client has at least. Empty where the socket is not connected.
std::string client_of(int socket);

/// Which connections there are, and which of them may stay. Nobody is locked out by connections that ask for nothing: one that waits for a
/// request of its client gives its place to a new one, of the same client where that has too many, else of the client that has the most.
/// Where every one is at work, a few more are let in, for a probe or a request with a token only. Any thread.
class Admission {
 public:
  /// Why a place is not to be had: the client has too many, or there are too many in all.
  enum class Crowd { client, server };

  explicit Admission(const Limits& limits) : limits_(limits) {}

  struct Entry {
    bool may_stay = false;
    /// Set where every place is taken: with `may_stay`, one of the reserve is given, for one request that has the right to it.
    std::optional<Crowd> crowd;
  };
  /// For a socket that was accepted just now.
  Entry enter(int socket);

  /// A request has been read, and the connection is at work. False where it has lost its place to another one before.
  bool begin(int socket);
  /// The connection waits for its client's next request. False where it has none to wait in.
  bool wait(int socket);
  /// The answer to the request is a stream that goes on and on. Says what is in the way, if anything is.
  std::optional<Crowd> begin_stream(int socket);
  void leave(int socket);

  /// Ends every connection; none may enter any more.
  void close();

 private:
  struct Place {
    std::string client;
    std::chrono::steady_clock::time_point waits_since;
    bool waits = true;
    bool streams = false;
    bool is_reserve = false;
    bool is_lost = false;  ///< Another one has it.
  };
  using Places = std::map<int, Place>;  ///< By socket.

  /// The one that has waited longest, of those that `fits` takes.
  template <typename Fits>
  bool let_go(Fits fits);
  std::string client_with_most_waiting() const;

  const Limits& limits_;
  std::mutex mutex_;
  bool closed_ = false;
  Places places_;
};

}  // namespace penstock::api
