#include "connectors/http/client_credentials.h"

#include <chrono>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>

#include "connectors/http/client.h"

namespace penstock::http {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kLongestToken = std::size_t{64} * 1024;

bool is_header_text(const std::string& text) {
  return !text.empty() && text.size() <= kLongestToken && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

class ClientCredentials final : public Credential {
 public:
  ClientCredentials(std::shared_ptr<const Endpoint> endpoint, ClientLogin login)
      : endpoint_(std::move(endpoint)), login_(std::move(login)) {}

  Result<std::string> authorization() override {
    // Whoever wants a token while one is fetched waits for it.
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    if (!token_.empty() && (!renewed_at_ || now < *renewed_at_)) return "Bearer " + token_;
    Result<void> fetched = fetch();
    const bool still_holds = !token_.empty() && expires_at_ && now < *expires_at_;
    if (!fetched && !still_holds) return fail(fetched.error());
    return "Bearer " + token_;
  }

  bool renew(const std::string& refused) override {
    const std::lock_guard lock(mutex_);
    if (refused != "Bearer " + token_) return true;
    const std::string before = token_;
    token_.clear();
    return fetch().has_value() && token_ != before;
  }

 private:
  Result<void> fetch() {
    Client client(endpoint_, make_fixed(basic_authorization(percent_encoded(login_.id), percent_encoded(login_.secret))));
    Request request;
    request.method = "POST";
    request.path = endpoint_->url.path.empty() ? "/" : endpoint_->url.path;
    request.content_type = "application/x-www-form-urlencoded";
    request.headers = {{"Accept", "application/json"}};
    request.body = "grant_type=client_credentials";
    if (!login_.scope.empty()) request.body += "&scope=" + percent_encoded(login_.scope);
    const auto begun = Clock::now();
    const Result<Answer> answer = client.ask(request);
    if (!answer) return fail(answer.error());
    if (answer->status != 200) return fail(refusal(client, *answer));
    const Result<nlohmann::json> json = client.json_of(*answer);
    if (!json) return fail(json.error());
    const auto token = json->is_object() ? json->find("access_token") : json->end();
    if (token == json->end() || !token->is_string() || !is_header_text(token->get<std::string>())) {
      return fail(ErrorKind::permanent, "the token service at " + endpoint_->url.origin() + " gave no `access_token`",
                  "check `" + endpoint_->url_key + "`: is it the service's token endpoint?");
    }
    token_ = token->get<std::string>();
    renewed_at_.reset();
    expires_at_.reset();
    const auto life = json->find("expires_in");
    if (life != json->end() && life->is_number()) {
      const auto seconds = std::chrono::duration<double>(std::clamp(life->get<double>(), 0.0, 1e9));
      expires_at_ = begun + std::chrono::duration_cast<Clock::duration>(seconds);
      renewed_at_ = begun + std::chrono::duration_cast<Clock::duration>(seconds * 0.8);
    }
    return {};
  }

  Error refusal(const Client& client, const Answer& answer) const {
    Error error = client.refusal(answer);
    const nlohmann::json json = nlohmann::json::parse(answer.body, nullptr, false);
    const auto name = json.is_object() ? json.find("error") : json.end();
    const std::string code = json.is_object() && name != json.end() && name->is_string() ? name->get<std::string>() : std::string();
    if (answer.status == 401 || code == "invalid_client" || code == "unauthorized_client") {
      error.kind = ErrorKind::unauthenticated;
      error.hint = "check `client_id` and `client_secret` of the connection";
    } else if (code == "invalid_scope") {
      error.kind = ErrorKind::invalid_input;
      error.hint = "check `scope` of the connection";
    } else if (answer.status == 404 || answer.status == 405) {
      error.kind = ErrorKind::permanent;
      error.hint = "check `" + endpoint_->url_key + "`: is it the service's token endpoint?";
    }
    return error;
  }

  const std::shared_ptr<const Endpoint> endpoint_;
  const ClientLogin login_;
  std::mutex mutex_;  ///< Guards what follows.
  std::string token_;
  std::optional<Clock::time_point> renewed_at_;
  std::optional<Clock::time_point> expires_at_;
};

}  // namespace

std::shared_ptr<Credential> make_client_credentials(std::shared_ptr<const Endpoint> endpoint, ClientLogin login) {
  return std::make_shared<ClientCredentials>(std::move(endpoint), std::move(login));
}

}  // namespace penstock::http
