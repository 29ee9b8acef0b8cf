#include "connectors/http/client_credentials.h"

#include <nlohmann/json.hpp>

#include "connectors/http/client.h"
#include "connectors/http/fetched_token.h"

namespace penstock::http {

namespace {

class ClientCredentials final : public FetchedToken {
 public:
  ClientCredentials(std::shared_ptr<const Endpoint> endpoint, ClientLogin login)
      : endpoint_(std::move(endpoint)), login_(std::move(login)) {}

 private:
  Result<GivenToken> fetch() override {
    Client client(endpoint_, make_fixed(basic_authorization(percent_encoded(login_.id), percent_encoded(login_.secret))));
    Request request;
    request.method = "POST";
    request.path = endpoint_->url.path.empty() ? "/" : endpoint_->url.path;
    request.content_type = "application/x-www-form-urlencoded";
    request.headers = {{"Accept", "application/json"}};
    request.body = "grant_type=client_credentials";
    if (!login_.scope.empty()) request.body += "&scope=" + percent_encoded(login_.scope);
    const Result<Answer> answer = client.ask(request);
    if (!answer) return fail(answer.error());
    if (answer->status != 200) return fail(refusal(client, *answer));
    const Result<nlohmann::json> json = client.json_of(*answer);
    if (!json) return fail(json.error());
    std::optional<GivenToken> token = token_of(*json);
    if (token) return *std::move(token);
    return fail(ErrorKind::permanent, "the token service at " + endpoint_->url.origin() + " gave no `access_token`",
                "check `" + endpoint_->url_key + "`: is it the service's token endpoint?");
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
};

}  // namespace

std::shared_ptr<Credential> make_client_credentials(std::shared_ptr<const Endpoint> endpoint, ClientLogin login) {
  return std::make_shared<ClientCredentials>(std::move(endpoint), std::move(login));
}

}  // namespace penstock::http
