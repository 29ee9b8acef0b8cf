#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "daemon/api/router.h"
#include "tests/unit/api/sample_context.h"

namespace penstock::api {
namespace {

using testing::HasSubstr;

std::string header(const Response& response, std::string_view name) {
  for (const auto& [given, value] : response.headers) {
    if (given == name) return value;
  }
  return {};
}

class Dispatch : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(sample_.ok()); }

  Response call(std::string method, std::string path, Role role = Role::admin, std::string if_none_match = {}) {
    Request request;
    request.method = std::move(method);
    request.path = std::move(path);
    request.principal = Principal{"somebody", role};
    if (!if_none_match.empty()) request.headers["if-none-match"] = std::move(if_none_match);
    return dispatch(sample_.get(), std::move(request));
  }

  SampleContext sample_;
};

TEST_F(Dispatch, AnUnknownPathIsAProblem404) {
  const Response response = call("GET", "/api/v1/nothing");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.media_type, "application/problem+json");
  const auto body = nlohmann::json::parse(response.body);
  EXPECT_EQ(body.at("code"), "not_found");
  EXPECT_EQ(body.at("status"), 404);
  EXPECT_EQ(body.at("instance"), "/api/v1/nothing");
}

TEST_F(Dispatch, APlaceholderNeedsAValue) { EXPECT_EQ(call("GET", "/api/v1/runs//steps/x").status, 404); }

TEST_F(Dispatch, AnotherMethodIs405AndNamesThoseAllowed) {
  const Response runs = call("DELETE", "/api/v1/runs");
  EXPECT_EQ(runs.status, 405);
  EXPECT_EQ(header(runs, "Allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(header(call("PUT", "/api/v1/backfills"), "Allow"), "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(header(call("GET", "/api/v1/plan"), "Allow"), "POST, OPTIONS");
  const Response asked = call("OPTIONS", "/api/v1/runs");
  EXPECT_EQ(asked.status, 204);
  EXPECT_EQ(header(asked, "Allow"), "GET, HEAD, OPTIONS");
}

TEST_F(Dispatch, EveryRouteRefusesASmallerRole) {
  int refused = 0;
  for (const Route& route : route_table()) {
    if (route.open || route.needs == Role::viewer) continue;
    const Response response = call(std::string(route.method), std::string(route.path), Role::viewer);
    EXPECT_EQ(response.status, 403) << route.path;
    EXPECT_EQ(nlohmann::json::parse(response.body).at("code"), "permission");
    ++refused;
  }
  EXPECT_GT(refused, 0);
}

TEST_F(Dispatch, WithoutAnEngineNothingIsChanged) {
  for (const Route& route : route_table()) {
    // What it drops is at the target, and no run of the store uses it.
    const bool needs_none = route.path == "/api/v1/orphans/drop";
    if (route.method != "POST" || route.needs != Role::operator_ || needs_none) continue;
    const Response response = call("POST", std::string(route.path));
    EXPECT_EQ(response.status, 503) << route.path;
  }
}

TEST_F(Dispatch, EveryGetOfAResourceHasATagAndAnEventAndAnswers304) {
  for (const char* path : {"/api/v1/server", "/api/v1/openapi.json", "/api/v1/pipelines", "/api/v1/runs", "/api/v1/steps",
                           "/api/v1/backfills", "/api/v1/lineage", "/api/v1/lineage/nodes", "/api/v1/connections"}) {
    const Response first = call("GET", path);
    EXPECT_EQ(first.status, 200) << path << first.body;
    const std::string tag = header(first, "ETag");
    ASSERT_GT(tag.size(), 2U) << path;
    EXPECT_EQ(header(first, "Cache-Control"), "no-cache") << path;
    EXPECT_FALSE(header(first, "Penstock-Event-Id").empty()) << path;
    const Response held = call("GET", path, Role::admin, "\"other\", W/" + tag);
    EXPECT_EQ(held.status, 304) << path;
    EXPECT_EQ(held.body, "") << path;
    EXPECT_EQ(header(held, "ETag"), tag) << path;
    EXPECT_EQ(call("GET", path, Role::admin, "\"other\"").status, 200) << path;
  }
}

TEST_F(Dispatch, TheProbesSayHowTheProcessIs) {
  EXPECT_EQ(call("GET", "/livez").status, 200);
  const Response ready = call("GET", "/readyz");
  EXPECT_EQ(ready.status, 503);
  EXPECT_THAT(ready.body, HasSubstr("scheduler"));
}

TEST_F(Dispatch, SoManyPlansAtOnceAndOfViewersFewer) {
  PlanSlots& plans = sample_.get().plans;
  std::vector<std::shared_ptr<void>> slots;
  for (int i = 0; i < PlanSlots::kMostOfViewers; ++i) slots.push_back(plans.take(Role::viewer));
  const Response refused = call("POST", "/api/v1/plan", Role::viewer);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(header(refused, "Retry-After"), "2");
  EXPECT_EQ(call("POST", "/api/v1/plan", Role::operator_).status, 200);
  while (slots.size() < PlanSlots::kMost) slots.push_back(plans.take(Role::operator_));
  EXPECT_EQ(call("POST", "/api/v1/plan", Role::admin).status, 429);
  slots.clear();
  EXPECT_EQ(call("POST", "/api/v1/plan", Role::viewer).status, 200);
}

TEST_F(Dispatch, APlanOfFilesThatAreNotUtf8IsStillAnswered) {
  sample_.reload({{"penstock.yaml", "project: sample\n"}, {"pipelines/tw\xe9.yaml", "pipeline: tw\xe9\nsteps: 1\n"}});
  EXPECT_EQ(call("POST", "/api/v1/plan").status, 200);
}

TEST_F(Dispatch, APlanThatIsDueIsGivenUp) {
  sample_.reload({{"penstock.yaml",
                   "project: sample\nconnections: { local: { type: duckdb, path: x.duckdb } }\nenvironments: { dev: { target: local } }\n"},
                  {"pipelines/one.yaml", "pipeline: one\nsteps:\n  - { name: first, sql: select 1 as x }\n"}});
  Request request;
  request.method = "POST";
  request.path = "/api/v1/plan";
  request.principal = Principal{"somebody", Role::viewer};
  EXPECT_EQ(dispatch(sample_.get(), request).status, 200);
  request.due = std::chrono::steady_clock::now() - std::chrono::seconds(1);
  const Response late = dispatch(sample_.get(), request);
  EXPECT_EQ(late.status, 504);
  EXPECT_THAT(late.body, HasSubstr("include_sql"));
}

TEST_F(Dispatch, TheVerboseProbeSaysSinceWhen) {
  const auto look = [this](const std::string& verbose) {
    Request request;
    request.method = "GET";
    request.path = "/readyz";
    if (!verbose.empty()) request.query.emplace("verbose", verbose == "empty" ? "" : verbose);
    return nlohmann::json::parse(dispatch(sample_.get(), std::move(request)).body);
  };
  const auto brief = look("");
  EXPECT_EQ(brief.at("checks").size(), 2U);
  EXPECT_FALSE(brief.at("checks")[0].contains("since"));
  EXPECT_EQ(look("false"), brief);
  const auto first = look("empty");
  ASSERT_EQ(first.at("checks").size(), 3U) << first;
  EXPECT_EQ(first.at("checks")[0].at("name"), "store");
  EXPECT_EQ(first.at("checks")[1].at("name"), "scheduler");
  EXPECT_EQ(first.at("checks")[1].at("state"), "failed");
  EXPECT_EQ(first.at("checks")[2].at("name"), "project");
  EXPECT_EQ(first.at("checks")[2].at("state"), "degraded");
  EXPECT_EQ(look("true"), first) << "the moment of a state stays";

  // Faults of the folder leave the version before in force: whoever looks learns of them, and nobody takes the daemon out of service.
  sample_.get().load_report = [] {
    LoadReport report;
    report.failure = Error{ErrorKind::invalid_input, "unreadable", {}, {}, {}, -1};
    return report;
  };
  const auto faulty = look("true");
  EXPECT_EQ(faulty.at("checks")[2].at("state"), "degraded");
  EXPECT_GE(faulty.at("checks")[2].at("since"), first.at("checks")[2].at("since"));
  EXPECT_EQ(faulty.at("checks")[1], first.at("checks")[1]);
  EXPECT_THAT(faulty.dump(), testing::Not(HasSubstr("unreadable"))) << "probes have no token";
}

TEST(Readiness, KeepsTheMomentOfAStateUntilItChanges) {
  using State = ReadyCheck::State;
  Readiness readiness;
  const auto since = [&](State state, int seconds) {
    std::vector<ReadyCheck> checks{{"store", state, {}, true, {}}};
    readiness.note(checks, store::Time(std::chrono::seconds(seconds)));
    return checks[0].since.time_since_epoch() / std::chrono::seconds(1);
  };
  EXPECT_EQ(since(State::ok, 1), 1);
  EXPECT_EQ(since(State::ok, 2), 1);
  EXPECT_EQ(since(State::failed, 3), 3);
  EXPECT_EQ(since(State::failed, 4), 3);
  EXPECT_EQ(since(State::ok, 5), 5);
}

TEST(Readiness, HangsOnWhatDecides) {
  using State = ReadyCheck::State;
  EXPECT_TRUE(is_ready({{"store", State::ok, {}, true, {}}, {"project", State::degraded, {}, false, {}}}));
  EXPECT_FALSE(is_ready({{"store", State::failed, {}, true, {}}}));
}

TEST_F(Dispatch, EveryRouteRefusesAParameterThatItDoesNotKnow) {
  for (const Route& route : route_table()) {
    Request request;
    request.method = route.method;
    request.path = route.path;
    request.principal = Principal{"somebody", Role::admin};
    request.query.emplace("stat", "failed");
    request.query.emplace("", "");
    const Response response = dispatch(sample_.get(), std::move(request));
    ASSERT_EQ(response.status, 400) << route.path << response.body;
    EXPECT_EQ(response.media_type, "application/problem+json");
    const auto body = nlohmann::json::parse(response.body);
    EXPECT_EQ(body.at("code"), "unknown_parameter");
    EXPECT_EQ(body.at("errors").size(), 2U);
    EXPECT_EQ(body.at("errors")[1].at("pointer"), "stat");
    for (const QueryParameter& known : route.query) EXPECT_THAT(body.at("detail").get<std::string>(), HasSubstr(std::string(known.name)));
  }
}

TEST_F(Dispatch, AMisspeltParameterIsSuggestedAndASecondOneRefused) {
  Request request;
  request.method = "GET";
  request.path = "/api/v1/runs";
  request.principal = Principal{"somebody", Role::viewer};
  request.query.emplace("stat", "failed");
  EXPECT_THAT(dispatch(sample_.get(), request).body, HasSubstr("did you mean \\\"state\\\""));
  request.query.clear();
  request.query.emplace("limit", "1");
  request.query.emplace("limit", "2");
  const Response twice = dispatch(sample_.get(), request);
  EXPECT_EQ(twice.status, 400);
  EXPECT_THAT(twice.body, HasSubstr("repeated_parameter"));
  request.query.clear();
  request.query.emplace("state", "failed");
  request.query.emplace("state", "running");
  EXPECT_EQ(dispatch(sample_.get(), request).status, 200);
  request.path = "/api/v1/runs/r-1";
  request.query.clear();
  request.query.emplace("include", "atempts");
  EXPECT_EQ(dispatch(sample_.get(), request).status, 422);
}

TEST_F(Dispatch, AFaultyParameterIsNamed) {
  Request request;
  request.method = "GET";
  request.path = "/api/v1/runs";
  request.principal = Principal{"somebody", Role::viewer};
  request.query.emplace("limit", "0");
  request.query.emplace("state", "succeeded,asleep");
  request.query.emplace("since", "yesterday");
  const Response response = dispatch(sample_.get(), std::move(request));
  EXPECT_EQ(response.status, 422);
  EXPECT_THAT(response.body, HasSubstr("\"limit\""));
  EXPECT_THAT(response.body, HasSubstr("asleep"));
  EXPECT_THAT(response.body, HasSubstr("\"since\""));
}

}  // namespace
}  // namespace penstock::api
