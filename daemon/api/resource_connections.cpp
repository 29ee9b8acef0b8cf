#include "daemon/api/resources.h"
#include "pipelines/compiler/placement.h"

namespace penstock::api {
namespace {

/// Where a connection leads, without user, password and query string; empty where the setting is a reference to a secret.
std::string address_of(const model::Connection& connection) {
  for (const char* key : {"path", "url", "host"}) {
    const auto found = connection.settings.find(key);
    if (found == connection.settings.end()) continue;
    std::string address = found->second.value;
    if (address.rfind("env:", 0) == 0 || address.rfind("file:", 0) == 0 || address.rfind("cmd:", 0) == 0) return {};
    address = address.substr(0, address.find('?'));
    const std::size_t scheme = address.find("://");
    const std::size_t at = address.find('@');
    if (scheme != std::string::npos && at != std::string::npos) address.erase(scheme + 3, at - scheme - 2);
    return address;
  }
  return {};
}

Json environments_json(const model::Project& project, const std::string& connection) {
  Json names = Json::array();
  for (const model::Environment& environment : project.environments) {
    if (environment.target.value == connection) names.push_back(environment.name);
  }
  return names;
}

Json connection_json(const model::Project& project, const model::Connection& connection, const run::ConnectionState* state) {
  return {{"name", connection.name},
          {"type", connection.type.value},
          {"state", state != nullptr ? state->state : "unknown"},
          {"address", text_or_null(address_of(connection))},
          {"engine", nullptr},
          {"read_only", connection.read_only},
          {"environments", environments_json(project, connection.name)},
          {"slots", connection.slots},
          {"slots_used", state != nullptr ? state->slots_used : 0},
          {"queued", state != nullptr ? state->queued : 0},
          {"checked_at", state != nullptr ? time_or_null(state->checked) : Json(nullptr)},
          {"latency_ms", state != nullptr ? count_or_null(state->latency_ms) : Json(nullptr)},
          {"retry_at", state != nullptr ? time_or_null(state->retry_at) : Json(nullptr)},
          {"error", state != nullptr ? error_json(state->error) : Json(nullptr)}};
}

}  // namespace

Response list_connections(Context& context, const Request& /*request*/) {
  const run::ProjectPtr project = context.project();
  const std::vector<run::ConnectionState> states =
      context.engine == nullptr ? std::vector<run::ConnectionState>() : context.engine->connections();
  Json items = Json::array();
  for (const model::Connection& connection : project->project->connections) {
    const run::ConnectionState* found = nullptr;
    for (const run::ConnectionState& state : states) {
      if (state.name == connection.name) found = &state;
    }
    items.push_back(connection_json(*project->project, connection, found));
  }
  return json({{"items", std::move(items)}});
}

}  // namespace penstock::api
