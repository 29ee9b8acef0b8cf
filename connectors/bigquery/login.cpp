#include "connectors/bigquery/login.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "connectors/bigquery/signing.h"
#include "connectors/http/client.h"
#include "connectors/http/fetched_token.h"

namespace penstock::bigquery {

namespace {

using http::Endpoint;
using http::GivenToken;
using Json = nlohmann::json;

constexpr std::size_t kLongestSubjectToken = std::size_t{64} * 1024;
constexpr const char* kLife = "3600s";

std::string path_of(const Endpoint& endpoint) { return endpoint.url.path.empty() ? "/" : endpoint.url.path; }

// RFC 6749 section 5.2; Google's services say so of a key that was removed, a signature that does not fit and a clock that is wrong.
bool is_refused_login(const Json& json) {
  const auto name = json.is_object() ? json.find("error") : json.end();
  if (name == json.end() || !name->is_string()) return false;
  const std::string code = name->get<std::string>();
  return code == "invalid_grant" || code == "invalid_client" || code == "unauthorized_client" || code == "access_denied";
}

Result<Json> ask(const std::shared_ptr<const Endpoint>& endpoint, const http::Request& request, const std::string& authorization = {}) {
  http::Client client(endpoint, http::make_fixed(authorization));
  const Result<http::Answer> answer = client.ask(request);
  if (!answer) return fail(answer.error());
  if (answer->status == 200) return client.json_of(*answer);
  Error error = client.refusal(*answer);
  const bool is_of_login = answer->status == 400 || answer->status == 401 || answer->status == 403;
  if (is_of_login && (answer->status != 400 || is_refused_login(Json::parse(answer->body, nullptr, false)))) {
    error.kind = ErrorKind::unauthenticated;
    error.hint = "check `credentials` of the connection, and this machine's clock: the key may have been removed";
  }
  return fail(std::move(error));
}

http::Request form(const Endpoint& endpoint, const std::string& body) {
  http::Request request;
  request.method = "POST";
  request.path = path_of(endpoint);
  request.content_type = "application/x-www-form-urlencoded";
  request.body = body;
  return request;
}

Failure no_token(const Endpoint& endpoint) {
  return fail(ErrorKind::permanent, endpoint.name + " at " + endpoint.url.origin() + " gave no token",
              "check `credentials` of the connection");
}

class ServiceAccount final : public http::FetchedToken {
 public:
  ServiceAccount(std::shared_ptr<const Endpoint> service, ServiceAccountKey key) : service_(std::move(service)), key_(std::move(key)) {}

 private:
  Result<GivenToken> fetch() override {
    const Result<std::string> assertion = signed_assertion(key_, std::chrono::system_clock::now());
    if (!assertion) return fail(assertion.error());
    const Result<Json> json =
        ask(service_, form(*service_, "grant_type=" + http::percent_encoded("urn:ietf:params:oauth:grant-type:jwt-bearer") +
                                          "&assertion=" + http::percent_encoded(*assertion)));
    if (!json) return fail(json.error());
    std::optional<GivenToken> token = http::token_of(*json);
    return token ? Result<GivenToken>(*std::move(token)) : no_token(*service_);
  }

  const std::shared_ptr<const Endpoint> service_;
  const ServiceAccountKey key_;
};

class Federated final : public http::FetchedToken {
 public:
  Federated(FederationWay way, Federation key) : way_(std::move(way)), key_(std::move(key)) {}

 private:
  Result<GivenToken> fetch() override {
    const Result<std::string> subject = subject_token();
    if (!subject) return fail(subject.error());
    const std::vector<std::pair<const char*, std::string>> fields = {
        {"grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"},
        {"audience", key_.audience},
        {"scope", way_.impersonation == nullptr ? std::string(kScope) : "https://www.googleapis.com/auth/cloud-platform"},
        {"requested_token_type", "urn:ietf:params:oauth:token-type:access_token"},
        {"subject_token", *subject},
        {"subject_token_type", key_.subject_token_type}};
    std::string body;
    for (const auto& [name, value] : fields) body += (body.empty() ? "" : "&") + std::string(name) + "=" + http::percent_encoded(value);
    const Result<Json> json = ask(way_.exchange, form(*way_.exchange, body));
    if (!json) return fail(json.error());
    std::optional<GivenToken> token = http::token_of(*json);
    if (!token) return no_token(*way_.exchange);
    return way_.impersonation == nullptr ? Result<GivenToken>(*std::move(token)) : impersonate(token->text);
  }

  Result<std::string> subject_token() const {
    std::string text;
    if (way_.source == nullptr) {
      std::ifstream file(key_.file, std::ios::binary);
      text.resize(kLongestSubjectToken + 1);
      file.read(text.data(), static_cast<std::streamsize>(text.size()));
      text.resize(file.good() || file.eof() ? static_cast<std::size_t>(file.gcount()) : 0);
    } else {
      http::Request request{"GET", path_of(*way_.source)};
      for (const auto& [name, value] : key_.headers) request.headers.emplace(name, value);
      http::Client client(way_.source, http::make_fixed(""));
      const Result<http::Answer> answer = client.ask(request);
      if (!answer) return fail(answer.error());
      if (answer->status != 200) return fail(client.refusal(*answer));
      text = answer->body;
    }
    if (!key_.json_field.empty()) {
      const Json json = Json::parse(text, nullptr, false);
      const auto field = json.is_object() ? json.find(key_.json_field) : json.end();
      text = field != json.end() && field->is_string() ? field->get<std::string>() : std::string();
    }
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    if (!text.empty() && text.size() <= kLongestSubjectToken) return text;
    return fail(ErrorKind::invalid_input,
                "there is no token " + (way_.source == nullptr ? "in " + key_.file : "at " + way_.source->url.origin()),
                "`credentials` says that it stands there; whoever writes it must have done so");
  }

  Result<GivenToken> impersonate(const std::string& token) const {
    http::Request request;
    request.method = "POST";
    request.path = path_of(*way_.impersonation);
    request.content_type = "application/json";
    request.body = Json{{"scope", {kScope}}, {"lifetime", kLife}}.dump();
    const Result<Json> json = ask(way_.impersonation, request, "Bearer " + token);
    if (!json) return fail(json.error());
    const auto access = json->is_object() ? json->find("accessToken") : json->end();
    if (access == json->end() || !access->is_string() || !http::is_header_text(access->get<std::string>()))
      return no_token(*way_.impersonation);
    // As long as was asked for: what a shorter `expireTime` costs is one refused request.
    return GivenToken{access->get<std::string>(), std::chrono::seconds(3600)};
  }

  const FederationWay way_;
  const Federation key_;
};

class OfMachine final : public http::FetchedToken {
 public:
  explicit OfMachine(std::shared_ptr<const Endpoint> server) : server_(std::move(server)) {}

 private:
  Result<GivenToken> fetch() override {
    http::Request request{
        "GET", "/computeMetadata/v1/instance/service-accounts/default/token?scopes=" + http::percent_encoded(std::string(kScope))};
    request.headers.emplace("Metadata-Flavor", "Google");
    const Result<Json> json = ask(server_, request);
    if (!json) {
      Error error = json.error();
      error.hint =
          "`credentials` of the connection is not set, so this machine's own account is asked for, which only machines of Google Cloud "
          "have";
      return fail(std::move(error));
    }
    std::optional<GivenToken> token = http::token_of(*json);
    return token ? Result<GivenToken>(*std::move(token)) : no_token(*server_);
  }

  const std::shared_ptr<const Endpoint> server_;
};

}  // namespace

std::shared_ptr<http::Credential> make_service_account(std::shared_ptr<const Endpoint> token_service, ServiceAccountKey key) {
  return std::make_shared<ServiceAccount>(std::move(token_service), std::move(key));
}

std::shared_ptr<http::Credential> make_federated(FederationWay way, Federation key) {
  return std::make_shared<Federated>(std::move(way), std::move(key));
}

std::shared_ptr<http::Credential> make_of_machine(std::shared_ptr<const Endpoint> metadata_server) {
  return std::make_shared<OfMachine>(std::move(metadata_server));
}

}  // namespace penstock::bigquery
