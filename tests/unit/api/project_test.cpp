#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "daemon/api/router.h"
#include "tests/unit/api/sample_context.h"

namespace penstock::api {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

SampleContext::Files project(const std::vector<std::string>& pipelines) {
  SampleContext::Files files = {{"penstock.yaml",
                                 "project: sample\nconnections:\n  local: { type: duckdb, path: sample.duckdb }\n"
                                 "environments:\n  dev: { target: local }\n"}};
  for (const std::string& name : pipelines) {
    files.push_back({"pipelines/" + name + ".yaml", "pipeline: " + name + "\nsteps:\n  - name: " + name +
                                                        "_a\n    sql: select 1 as id\n"
                                                        "  - name: " +
                                                        name + "_b\n    from: " + name + "_a\n    do:\n      - filter: id > 0\n"});
  }
  return files;
}

/// Routes over five pipelines; runs are written straight into the store.
class Project : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(sample_.ok()); }

  Response get(const std::string& path, std::multimap<std::string, std::string, std::less<>> query = {}) {
    Request request;
    request.method = "GET";
    request.path = path;
    request.query = std::move(query);
    request.principal = Principal{"somebody", Role::viewer};
    return dispatch(sample_.get(), std::move(request));
  }

  void add_run(const std::string& id, const std::string& pipeline, store::RunState state, int second) {
    const store::Time at{std::chrono::seconds(1000 + second)};
    store::Run run;
    run.id = id;
    run.pipeline = pipeline;
    run.state = state;
    run.created = at;
    run.started = at;
    run.finished = at + std::chrono::seconds(2);
    std::vector<store::StepRun> steps;
    for (const std::string name : {"_a", "_b"}) {
      store::StepRun& step = steps.emplace_back();
      step.run_id = id;
      step.pipeline = pipeline;
      step.name = pipeline + name;
      step.ordinal = static_cast<int>(steps.size()) - 1;
      step.state = state == store::RunState::succeeded ? store::StepState::succeeded : store::StepState::failed;
      step.attempt = 2;
      step.started = at;
      step.finished = at + std::chrono::milliseconds(1500);
      step.rows = 7;
      step.checks.warned = 1;
    }
    store::Transaction transaction;
    transaction.at = at;
    transaction.changes.emplace_back(store::InsertRun{run, steps});
    ASSERT_TRUE(sample_.store().commit(std::move(transaction)));
  }

  static std::vector<std::string> names(const json& items, const char* key = "name") {
    std::vector<std::string> names;
    for (const json& item : items) names.push_back(item.at(key));
    return names;
  }

  SampleContext sample_{project({"delta", "alpha", "echo", "bravo", "charlie"})};
};

TEST_F(Project, PagesOfPipelinesAreCompleteAndInOrder) {
  std::vector<std::string> seen;
  std::string cursor;
  do {
    const Response response = get("/api/v1/pipelines", {{"limit", "2"}, {"cursor", cursor}});
    ASSERT_EQ(response.status, 200) << response.body;
    const json page = json::parse(response.body);
    for (const std::string& name : names(page.at("items"))) seen.push_back(name);
    cursor = page.at("next_cursor").is_null() ? "" : page.at("next_cursor").get<std::string>();
    const bool linked = std::any_of(response.headers.begin(), response.headers.end(), [](const auto& one) { return one.first == "Link"; });
    EXPECT_EQ(linked, !cursor.empty());
  } while (!cursor.empty());
  EXPECT_THAT(seen, ElementsAre("alpha", "bravo", "charlie", "delta", "echo"));
}

TEST_F(Project, PipelinesAreFoundByNameOwnerDescriptionAndTagWithoutRegardToCase) {
  std::vector<store::ProjectVersion::File> files = project({"alpha", "bravo", "charlie", "delta"});
  files[1].text += "owner: Flight-Operations\n";
  files[2].text += "tags: [Finance, daily]\n";
  files[3].text += "description: Counts of the flight schedule\n";
  sample_.reload(files);
  const auto found = [&](const char* text) { return names(json::parse(get("/api/v1/pipelines", {{"q", text}}).body).at("items")); };
  EXPECT_THAT(found("flight"), ElementsAre("alpha", "charlie"));
  EXPECT_THAT(found("FLIGHT-op"), ElementsAre("alpha"));
  EXPECT_THAT(found("finance"), ElementsAre("bravo"));
  EXPECT_THAT(found("ELT"), ElementsAre("delta"));
  EXPECT_THAT(found("finance daily"), ElementsAre());
  EXPECT_EQ(found("").size(), 4U);
}

TEST_F(Project, PipelinesByTheStateOfTheirLastRunAreFoundBeyondOnePage) {
  add_run("r-1", "bravo", store::RunState::failed, 1);
  add_run("r-2", "bravo", store::RunState::succeeded, 2);
  add_run("r-3", "echo", store::RunState::failed, 3);
  add_run("r-4", "delta", store::RunState::failed, 4);
  const json first = json::parse(get("/api/v1/pipelines", {{"state", "failed"}, {"limit", "1"}}).body);
  EXPECT_THAT(names(first.at("items")), ElementsAre("delta"));
  const json second = json::parse(
      get("/api/v1/pipelines", {{"state", "failed"}, {"limit", "1"}, {"cursor", first.at("next_cursor").get<std::string>()}}).body);
  EXPECT_THAT(names(second.at("items")), ElementsAre("echo"));
  EXPECT_TRUE(second.at("next_cursor").is_null());
}

TEST_F(Project, TheHistoryOfAPipelineCarriesItsStepsSmall) {
  add_run("r-1", "alpha", store::RunState::succeeded, 1);
  add_run("r-2", "bravo", store::RunState::succeeded, 2);
  add_run("r-3", "alpha", store::RunState::failed, 3);
  const json page = json::parse(get("/api/v1/pipelines/alpha/history", {{"limit", "1"}}).body);
  ASSERT_EQ(page.at("items").size(), 1U);
  EXPECT_EQ(page.at("items")[0].at("run").at("id"), "r-3");
  EXPECT_THAT(names(page.at("items")[0].at("steps")), ElementsAre("alpha_a", "alpha_b"));
  const json& step = page.at("items")[0].at("steps")[0];
  EXPECT_EQ(step.at("state"), "failed");
  EXPECT_EQ(step.at("attempt"), 2);
  EXPECT_EQ(step.at("duration_ms"), 1500);
  EXPECT_TRUE(step.at("rows").is_null()) << "what failed has published nothing";
  EXPECT_EQ(step.at("checks").at("warned"), 1);
  const json rest = json::parse(get("/api/v1/pipelines/alpha/history", {{"cursor", page.at("next_cursor").get<std::string>()}}).body);
  ASSERT_EQ(rest.at("items").size(), 1U);
  EXPECT_EQ(rest.at("items")[0].at("run").at("id"), "r-1");
  EXPECT_TRUE(rest.at("next_cursor").is_null());
}

TEST_F(Project, ThereIsNoHistoryOfNobody) {
  EXPECT_EQ(get("/api/v1/pipelines/nobody/history").status, 404);
  EXPECT_THAT(json::parse(get("/api/v1/pipelines/alpha/history").body).at("items"), IsEmpty());
}

TEST_F(Project, TheIndexIsMadeOncePerVersion) {
  const IndexPtr first = sample_.get().index();
  EXPECT_EQ(sample_.get().index(), first);
  EXPECT_EQ(first->graph().nodes().size(), 10U);
  ASSERT_NE(first->pipeline("alpha"), nullptr);
  EXPECT_EQ(first->pipeline("alpha")->name, "alpha");
  ASSERT_NE(first->step("alpha", "alpha_b"), nullptr);
  EXPECT_EQ(first->step("alpha", "bravo_a"), nullptr);
  sample_.reload(project({"foxtrot"}));
  const IndexPtr second = sample_.get().index();
  EXPECT_EQ(second->pipeline("alpha"), nullptr);
  EXPECT_NE(second->pipeline("foxtrot"), nullptr);
  EXPECT_NE(first->pipeline("alpha"), nullptr);  // Whoever still holds the old version may go on with it.
  EXPECT_EQ(get("/api/v1/pipelines/alpha").status, 404);
  EXPECT_EQ(get("/api/v1/pipelines/foxtrot").status, 200);
}

TEST_F(Project, LineageOfAStepWithAnErrorSaysSo) {
  SampleContext::Files files = project({"good"});
  files.push_back({"pipelines/bad.yaml",
                   "pipeline: bad\nsteps:\n  - name: sums\n    sql: select no_such as sum from bought\n"
                   "  - name: reader\n    sql: select sum from sums\n"
                   "sources:\n  bought: { table: raw.bought, columns: { id: int64 } }\n"});
  sample_.reload(files);
  const auto diagnostics = [this](const std::string& path, const std::string& node, const std::string& column = {}) {
    std::multimap<std::string, std::string, std::less<>> query{{"node", node}, {"direction", "upstream"}, {"depth", "5"}};
    if (!column.empty()) query.emplace("column", column);
    const Response answer = get(path, query);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return json::parse(answer.body).at("diagnostics");
  };
  for (const char* path : {"/api/v1/lineage", "/api/v1/lineage/columns"}) {
    EXPECT_THAT(diagnostics(path, "step:good.good_b"), IsEmpty()) << path;
    for (const char* node : {"step:bad.sums", "step:bad.reader"}) {
      const json told = diagnostics(path, node);
      ASSERT_EQ(told.size(), 1) << path << " " << node;
      EXPECT_EQ(told[0].at("code"), "PEN2004");
      EXPECT_EQ(told[0].at("position").at("line"), 4);
    }
  }
  EXPECT_EQ(diagnostics("/api/v1/lineage/columns", "step:bad.sums", "sum").size(), 1);
}

TEST_F(Project, DiagnosticsAreBoundedAndErrorsComeBeforeWarnings) {
  std::string steps;
  for (int i = 0; i < 70; ++i) {
    steps += "  - { name: w" + std::to_string(i) + ", sql: select id from many limit 1 }\n";
  }
  for (int i = 0; i < 20; ++i) {
    steps += "  - { name: e" + std::to_string(i) + ", sql: select no_such from many }\n";
  }
  SampleContext::Files files = project({});
  files.push_back({"pipelines/many.yaml",
                   "pipeline: many\nsteps:\n" + steps + "sources:\n  many: { table: raw.many, columns: { id: int64 } }\n"});
  sample_.reload(files);
  const auto hold = [](const json& told) {
    const json& list = told.at("diagnostics");
    EXPECT_EQ(list.size(), 50);
    EXPECT_EQ(told.at("diagnostics_left_out"), 40);
    EXPECT_EQ(std::count_if(list.begin(), list.end(), [](const json& one) { return one.at("severity") == "error"; }), 20);
  };
  hold(json::parse(get("/api/v1/server").body).at("load"));
  hold(json::parse(get("/api/v1/pipelines/many").body));
}

TEST_F(Project, TheSqlThatATargetRefusesComesWithEveryPlace) {
  SampleContext::Files files = project({});
  files.push_back({"pipelines/titles.yaml",
                   "pipeline: titles\nsteps:\n  - name: titles\n    sql: select name ~ 'a' as x, name ~ 'b' as y from shops\n"
                   "sources:\n  shops: { table: raw.shops, columns: { name: text } }\n"});
  sample_.reload(files);
  const std::string path = "/api/v1/pipelines/titles/steps/titles/sql";
  EXPECT_EQ(get(path, {{"dialect", "postgres"}}).status, 200);
  const Response refused = get(path, {{"dialect", "synapse"}});
  EXPECT_EQ(refused.media_type, "application/problem+json");
  const json told = json::parse(refused.body).at("diagnostics");
  ASSERT_EQ(told.size(), 2);
  EXPECT_EQ(told[0].at("position"), json({{"file", "pipelines/titles.yaml"}, {"line", 4}, {"column", 22}}));
  EXPECT_EQ(told[1].at("position").at("column"), 39);
}

}  // namespace
}  // namespace penstock::api
