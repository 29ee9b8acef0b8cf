#include "connectors/http/fetched_token.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace penstock::http {

namespace {

constexpr std::size_t kLongestToken = std::size_t{64} * 1024;
constexpr double kLongestLife = 1e9;
constexpr double kUsedOfItsLife = 0.8;

}  // namespace

Result<std::string> FetchedToken::authorization() {
  const std::lock_guard lock(mutex_);
  const auto now = Clock::now();
  if (!token_.empty() && (!renewed_at_ || now < *renewed_at_)) return "Bearer " + token_;
  const Result<void> taken = take();
  const bool still_holds = !token_.empty() && expires_at_ && now < *expires_at_;
  if (!taken && !still_holds) return fail(taken.error());
  return "Bearer " + token_;
}

bool FetchedToken::renew(const std::string& refused) {
  const std::lock_guard lock(mutex_);
  if (refused != "Bearer " + token_) return true;
  const std::string before = token_;
  token_.clear();
  return take().has_value() && token_ != before;
}

Result<void> FetchedToken::take() {
  const auto begun = Clock::now();
  Result<GivenToken> given = fetch();
  if (!given) return fail(given.error());
  token_ = std::move(given->text);
  renewed_at_.reset();
  expires_at_.reset();
  if (!given->life) return {};
  const auto life = std::chrono::duration<double>(std::clamp(given->life->count(), 0.0, kLongestLife));
  expires_at_ = begun + std::chrono::duration_cast<Clock::duration>(life);
  renewed_at_ = begun + std::chrono::duration_cast<Clock::duration>(life * kUsedOfItsLife);
  return {};
}

std::optional<GivenToken> token_of(const nlohmann::json& answer) {
  const auto token = answer.is_object() ? answer.find("access_token") : answer.end();
  if (token == answer.end() || !token->is_string() || !is_header_text(token->get<std::string>())) return std::nullopt;
  GivenToken given{token->get<std::string>()};
  const auto life = answer.find("expires_in");
  if (life != answer.end() && life->is_number()) given.life = std::chrono::duration<double>(life->get<double>());
  return given;
}

bool is_header_text(const std::string& text) {
  return !text.empty() && text.size() <= kLongestToken && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace penstock::http
