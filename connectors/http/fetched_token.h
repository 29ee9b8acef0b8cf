#pragma once

#include <chrono>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "connectors/http/credential.h"

namespace penstock::http {

/// A bearer token that a service gave.
struct GivenToken {
  std::string text;                                     ///< Secret.
  std::optional<std::chrono::duration<double>> life{};  ///< Nothing: it holds until it is refused.
};

/// Bearer tokens of a service, kept until a fifth of their life is left, fetched again then, and once where a server refuses one. A token
/// that still holds is used on while the service does not answer. Whoever wants a token while one is fetched waits for it.
class FetchedToken : public Credential {
 public:
  Result<std::string> authorization() final;
  bool renew(const std::string& refused) final;

 protected:
  /// Asks the service. One thread at a time.
  virtual Result<GivenToken> fetch() = 0;

 private:
  using Clock = std::chrono::steady_clock;
  Result<void> take();

  std::mutex mutex_;  ///< Guards what follows.
  std::string token_;
  std::optional<Clock::time_point> renewed_at_;
  std::optional<Clock::time_point> expires_at_;
};

/// `access_token` and `expires_in` of a token service's answer; nothing where there is no token that a header could carry.
std::optional<GivenToken> token_of(const nlohmann::json& answer);

/// Whether a header can carry it: printable, without spaces, not empty and of bounded length.
bool is_header_text(const std::string& text);

}  // namespace penstock::http
