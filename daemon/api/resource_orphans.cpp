#include <algorithm>
#include <map>
#include <set>

#include "daemon/api/request_reader.h"
#include "daemon/api/resources.h"
#include "daemon/run/orphans.h"
#include "pipelines/compiler/placement.h"
#include "pipelines/publish/plan.h"

namespace penstock::api {
namespace {

using run::Orphan;

std::string_view kind_of(const connectors::Trace& trace) {
  switch (trace.kind) {
    case connectors::Trace::Kind::table:
      return "table";
    case connectors::Trace::Kind::view:
      return "view";
    case connectors::Trace::Kind::session:
      break;
  }
  return "session";
}

struct Found {
  const model::Connection* connection = nullptr;
  Orphan orphan;
};

/// What is at the targets of the environment, one connector per connection.
class Targets {
 public:
  explicit Targets(Context& context) : context_(context), project_(context.project()) {
    std::set<std::string> used;
    for (const compiler::CompiledStep& step : project_->steps) used.insert(step.connection);
    for (const std::string& name : used) look(name);
  }

  const std::vector<Found>& found() const { return found_; }
  const Json& diagnostics() const { return diagnostics_; }

  Result<void> remove(const Found& one) {
    return run::remove_orphan(one.orphan.trace, *dialects::find_dialect(one.connection->type.value), *connectors_.at(one.connection->name));
  }

 private:
  void look(const std::string& name) {
    const model::Connection* connection = compiler::find_connection(*project_->project, name);
    if (connection == nullptr || dialects::find_dialect(connection->type.value) == nullptr || !context_.connect) return;
    auto connector = context_.connect(*connection);
    if (!connector) return note(name, connector.error());
    const auto orphans = run::find_orphans(*project_, *connection, **connector, context_.readers, publish::working_prefixes());
    if (!orphans) return note(name, orphans.error());
    for (const Orphan& orphan : *orphans) found_.push_back({connection, orphan});
    connectors_[name] = *std::move(connector);
  }

  void note(const std::string& connection, Error error) {
    error.message = "connection \"" + connection + "\" cannot be asked what is there: " + error.message;
    diagnostics_.push_back(diagnostic_json(error, Severity::warning));
  }

  Context& context_;
  const run::ProjectPtr project_;
  std::map<std::string, std::unique_ptr<connectors::Connector>> connectors_;
  std::vector<Found> found_;
  Json diagnostics_ = Json::array();
};

Json orphan_json(const Found& one) {
  return {{"connection", one.connection->name},      {"kind", kind_of(one.orphan.trace)},         {"name", run::name_of(one.orphan.trace)},
          {"state", run::name_of(one.orphan.state)}, {"run_id", text_or_null(one.orphan.run_id)}, {"step", text_or_null(one.orphan.step)}};
}

Json fault_json(const Error& error) { return error_json(store::fault_from(error, {})); }

/// The first name that is not there, or that somebody is at work with.
std::optional<Error> fault_of(const std::vector<Found>& found, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const auto one = std::find_if(found.begin(), found.end(), [&](const Found& each) { return run::name_of(each.orphan.trace) == name; });
    if (one == found.end()) {
      return Error{
          ErrorKind::not_found, "no working table, view or session is called \"" + name + "\"", "penstock orphans lists them", {}, {}, -1};
    }
    if (one->orphan.state == Orphan::State::in_use) {
      return Error{ErrorKind::refused,
                   "\"" + name + "\" is in use by run " + one->orphan.run_id,
                   "it goes with the run; cancel that first",
                   {},
                   {},
                   -1};
    }
  }
  return std::nullopt;
}

}  // namespace

Response list_orphans(Context& context, const Request&) {
  const Targets targets(context);
  Json items = Json::array();
  for (const Found& one : targets.found()) items.push_back(orphan_json(one));
  return json({{"items", std::move(items)}, {"diagnostics", targets.diagnostics()}});
}

Response drop_orphans(Context& context, const Request& request) {
  RequestReader reader(request);
  const Json body = reader.body({"names"});
  const std::vector<std::string> names = reader.body_names(body, "names");
  if (!reader.ok()) return reader.refusal();
  Targets targets(context);
  if (const auto fault = fault_of(targets.found(), names)) return problem(*fault, request.path);
  Json items = Json::array();
  for (const Found& one : targets.found()) {
    const bool is_named = std::find(names.begin(), names.end(), run::name_of(one.orphan.trace)) != names.end();
    if (names.empty() ? one.orphan.state != Orphan::State::left : !is_named) continue;
    const Result<void> removed = targets.remove(one);
    Json item = orphan_json(one);
    item["error"] = removed ? Json(nullptr) : fault_json(removed.error());
    items.push_back(std::move(item));
  }
  return json({{"items", std::move(items)}, {"diagnostics", targets.diagnostics()}});
}

}  // namespace penstock::api
