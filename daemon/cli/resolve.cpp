#include "daemon/cli/resolve.h"

#include <algorithm>

#include "daemon/api/percent.h"
#include "daemon/cli/answer.h"
#include "pipelines/base/suggest.h"

namespace penstock::cli {
namespace {

Result<std::string> newest_run(Transport& transport, const std::string& pipeline) {
  const Result<Json> page = get(transport, "/api/v1/runs?limit=1&pipeline=" + api::percent_encoded(pipeline));
  if (!page) return tl::unexpected(page.error());
  if (!page->at("items").empty()) return text_in(page->at("items").front(), "id");
  const std::string what = pipeline.empty() ? "nothing has run here yet" : "the pipeline \"" + pipeline + "\" has not run yet";
  return fail(ErrorKind::not_found, what, pipeline.empty() ? "penstock run starts a pipeline" : "penstock run " + pipeline + " starts it");
}

std::string last_part(const std::string& name) { return name.substr(name.rfind('.') + 1); }

/// 2: the name in full. 1: the step's or the table's own name. 0: another.
int closeness(const Json& node, const std::string& named) {
  const std::string id = text_in(node, "id");
  const std::string table = text_in(node, "table");
  if (id == named || id.substr(id.find(':') + 1) == named || table == named) return 2;
  return text_in(node, "name") == named || last_part(table) == named ? 1 : 0;
}

Error no_such_node(Transport& transport, const std::string& named) {
  Error error;
  error.kind = ErrorKind::not_found;
  error.message = "there is no step and no table \"" + named + "\"";
  const Result<Json> all = all_items(transport, "/api/v1/lineage/nodes?limit=200");
  std::vector<std::string> names;
  for (const Json& node : all.value_or(Json::array())) {
    names.push_back(text_in(node, "name"));
    names.push_back(text_in(node, "id").substr(text_in(node, "id").find(':') + 1));
  }
  error.hint = did_you_mean(named, names);
  if (error.hint.empty()) error.hint = "penstock compile shows the steps, penstock sources list the tables";
  return error;
}

}  // namespace

Result<Json> all_items(Transport& transport, const std::string& path_and_query) {
  Json items = Json::array();
  std::string cursor;
  do {
    const Result<Json> page = get(transport, path_and_query + (cursor.empty() ? "" : "&cursor=" + api::percent_encoded(cursor)));
    if (!page) return tl::unexpected(page.error());
    for (const Json& item : page->at("items")) items.push_back(item);
    cursor = text_in(*page, "next_cursor");
  } while (!cursor.empty());
  return items;
}

Error no_such_run(Transport& transport, const std::string& named) {
  Error error;
  error.kind = ErrorKind::not_found;
  error.message = "there is no run and no pipeline \"" + named + "\"";
  const Result<Json> list = all_items(transport, "/api/v1/pipelines?recent=0");
  std::vector<std::string> names;
  for (const Json& pipeline : list.value_or(Json::array())) names.push_back(text_in(pipeline, "name"));
  error.hint = did_you_mean(named, names);
  if (error.hint.empty()) error.hint = "penstock status lists the pipelines, penstock status PIPELINE its runs";
  return error;
}

Result<void> check_steps(const Json& detail, const std::vector<std::string>& steps) {
  std::vector<std::string> names;
  std::string all;
  for (const Json& step : detail.at("steps")) {
    names.push_back(text_in(step, "name"));
    all += (all.empty() ? "there are: " : ", ") + names.back();
  }
  for (const std::string& step : steps) {
    if (std::find(names.begin(), names.end(), step) != names.end()) continue;
    const std::string meant = did_you_mean(step, names);
    return fail(ErrorKind::not_found, "the run has no step \"" + step + "\"", meant.empty() ? all : meant);
  }
  return {};
}

Result<std::string> find_run(Transport& transport, const std::string& named) {
  if (named.empty()) return newest_run(transport, {});
  const Result<Json> run = get(transport, "/api/v1/runs/" + api::percent_encoded(named));
  if (run) return named;
  if (run.error().kind != ErrorKind::not_found) return tl::unexpected(run.error());
  const Result<Json> pipeline = get(transport, "/api/v1/pipelines/" + api::percent_encoded(named));
  if (!pipeline) return fail(no_such_run(transport, named));
  return newest_run(transport, named);
}

Result<std::vector<Json>> steps_named(Transport& transport, const std::string& named) {
  const Result<Json> candidates = all_items(transport, "/api/v1/lineage/nodes?limit=200&q=" + api::percent_encoded(named));
  if (!candidates) return tl::unexpected(candidates.error());
  std::vector<Json> steps;
  for (const Json& node : *candidates) {
    if (text_in(node, "id") == "step:" + named || (text_in(node, "kind") == "step" && text_in(node, "name") == named))
      steps.push_back(node);
  }
  return steps;
}

Result<Json> find_node(Transport& transport, const std::string& named) {
  const Result<Json> candidates = all_items(transport, "/api/v1/lineage/nodes?limit=200&q=" + api::percent_encoded(named));
  if (!candidates) return tl::unexpected(candidates.error());
  std::vector<Json> near;
  for (const Json& node : *candidates) {
    const int close = closeness(node, named);
    if (close == 2) return node;
    if (close == 1) near.push_back(node);
  }
  if (near.empty()) return fail(no_such_node(transport, named));
  if (near.size() == 1) return near.front();
  std::string names;
  for (const Json& node : near) names += (names.empty() ? "" : ", ") + text_in(node, "id").substr(text_in(node, "id").find(':') + 1);
  return fail(ErrorKind::invalid_input, "several are named \"" + named + "\"", "write one of: " + names);
}

}  // namespace penstock::cli
