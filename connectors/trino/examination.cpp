#include "connectors/trino/examination.h"

#include "connectors/http/examination.h"
#include "connectors/trino/client.h"

namespace penstock::trino {

namespace {

using connectors::Observation;

Observation firewall(const Target& target) {
  std::string list = "tcp " + http::destination(*target.endpoint);
  if (target.token_service != nullptr && http::destination(*target.token_service) != http::destination(*target.endpoint)) {
    list += ", tcp " + http::destination(*target.token_service);
  }
  return {"firewall", list, std::nullopt};
}

}  // namespace

std::vector<Observation> examine(const Target& target) {
  std::vector<Observation> observations{firewall(target)};
  if (!http::append(observations, http::examine_way(target.endpoint, "/v1/info"))) return observations;
  if (target.token_service != nullptr) {
    if (!http::append(observations, http::examine_way(target.token_service, target.token_service->url.path), "token service "))
      return observations;
    const auto token = target.credential->authorization();
    observations.push_back({"token", "the token service gives one", token ? std::optional<Error>() : token.error()});
    if (!token) return observations;
  }
  // The server looks at the login when a statement comes, and at the role when its first page is asked for.
  Client client(target);
  const auto page = client.post("select current_user", nullptr, std::chrono::milliseconds(0));
  observations.push_back({"login", target.user + " by " + target.login, page ? std::optional<Error>() : page.error()});
  if (!page) return observations;
  QueryError refusal;
  const auto user = client.ask("select current_user", &refusal);
  observations.push_back(
      {"role", target.roles.empty() ? "none is asked for" : "the server takes `role`", user ? std::optional<Error>() : user.error()});
  return observations;
}

}  // namespace penstock::trino
