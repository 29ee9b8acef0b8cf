#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "daemon/cli/command.h"
#include "daemon/cli/loading.h"
#include "daemon/run/project_folder.h"
#include "tests/unit/store/sample.h"

namespace penstock::cli {
namespace {

using store::at;
using testing::HasSubstr;
using testing::Not;

struct Ended {
  int code = -1;
  std::string out;
  std::string err;
};

/// A project with a store in which something lies, as the commands that only look see it.
class Left : public store::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    std::filesystem::create_directories(folder_ / "pipelines");
    std::ofstream(folder_ / "penstock.yaml") << "project: shop\nconnections:\n  local: { type: duckdb, path: shop.duckdb }\n"
                                                "environments:\n  dev: { target: local }\n  prod/eu: { target: local }\n";
    std::ofstream(folder_ / "pipelines" / "routes.yaml") << "pipeline: routes\nsteps:\n  - name: daily\n    sql: select 1 as n\n";
  }

  std::unique_ptr<store::Store> store_of(const std::string& environment) const {
    const auto project = run::load_project(folder_.string(), environment);
    EXPECT_TRUE(project);
    const std::string folder = state_folder(folder_.string(), **project);
    make_state_folder(folder);
    store::Options of_it = options();
    of_it.path = folder + "/store.db";
    return store::Store::open(of_it).value();
  }

  Ended call(std::vector<std::string> words) const {
    words.insert(words.begin(), {"penstock", "-C", folder_.string()});
    std::vector<const char*> arguments;
    for (const std::string& word : words) arguments.push_back(word.c_str());
    Assembly assembly;
    assembly.connect_from = [](const std::string&) { return run::Connect(); };
    Ended ended;
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    ended.code = run_application(static_cast<int>(arguments.size()), arguments.data(), assembly);
    ended.out = testing::internal::GetCapturedStdout();
    ended.err = testing::internal::GetCapturedStderr();
    return ended;
  }
};

TEST_F(Left, ASkippedStartSaysWhyWhereverItIsShown) {
  store::Run run = store::sample_run("r-1");
  run.state = store::RunState::skipped;
  run.finished = at(1000);
  run.reason = store::Reason{"overlap", "A run of the pipeline was still active."};
  ASSERT_TRUE(store_of("")->commit(store::transaction(store::InsertRun{run, {}})));
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"status", "routes"}, std::vector<std::string>{"status", "r-1"}, std::vector<std::string>{"logs", "r-1"}}) {
    const Ended ended = call(words);
    EXPECT_EQ(ended.code, kSuccess) << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("A run of the pipeline was still active.")) << words[0] << " " << words[1];
  }
  EXPECT_THAT(call({"status", "r-1"}).out, HasSubstr("r-1  shop, environment dev"));
}

TEST_F(Left, AFailedStepHasPublishedNothing) {
  store::Run run = store::sample_run("r-1");
  run.state = store::RunState::failed;
  run.started = run.finished = at(1000);
  store::StepRun step = store::sample_step("r-1", "daily", 0);
  step.state = store::StepState::failed;
  step.attempt = 1;
  step.started = step.finished = at(1000);
  step.publish_as = "table";
  step.publish_method = "one transaction with a ledger row";
  step.rows = 77;
  ASSERT_TRUE(store_of("")->commit(store::transaction(store::InsertRun{run, {step}})));
  const Ended table = call({"status", "r-1"});
  EXPECT_THAT(table.out, HasSubstr("daily"));
  EXPECT_THAT(table.out, Not(HasSubstr("table")));
  EXPECT_THAT(table.out, Not(HasSubstr("77")));
  const Ended json = call({"status", "r-1", "-o", "json"});
  EXPECT_THAT(json.out, HasSubstr("\"rows\": null"));
  EXPECT_THAT(json.out, HasSubstr("\"publish_method\": null"));
  EXPECT_THAT(json.out, Not(HasSubstr("77")));
}

TEST_F(Left, WhatLiesThereIsSaidWhileNobodyWorksOnIt) {
  auto store = store_of("");
  store::Run run = store::sample_run("r-1");
  ASSERT_TRUE(store->commit(store::transaction(store::InsertRun{run, {store::sample_step("r-1", "daily", 0)}})));
  EXPECT_EQ(call({"status"}).err, "");
  store.reset();
  const Ended status = call({"status"});
  EXPECT_EQ(status.code, kSuccess);
  EXPECT_THAT(status.err, HasSubstr("r-1 (routes) lies here since its process ended"));
  EXPECT_THAT(status.err, HasSubstr("penstock cancel RUN ends it"));
  EXPECT_EQ(call({"status", "--quiet"}).err, "");
}

TEST_F(Left, EveryEnvironmentHasAStoreOfItsOwn) {
  ASSERT_TRUE(store_of("prod/eu")->commit(store::transaction(store::InsertRun{store::sample_run("r-1"), {}})));
  EXPECT_TRUE(std::filesystem::exists(folder_ / ".penstock" / "env" / "prod%2Feu" / "store.db"));
  EXPECT_THAT(environments_in(folder_.string()), testing::ElementsAre("prod/eu"));
  EXPECT_THAT(call({"status", "routes"}).err, HasSubstr("no run of routes so far"));
  EXPECT_THAT(call({"status", "routes", "--env", "prod/eu"}).out, HasSubstr("r-1"));
  EXPECT_EQ(about_shared_store(folder_.string(), **run::load_project(folder_.string(), "prod/eu")), "");
  EXPECT_EQ(state_folder("/p", ".."), "/p/.penstock/env/%2E.");
  const Ended unknown = call({"status", "--env", "prod"});
  EXPECT_EQ(unknown.code, kInvalid);
  EXPECT_THAT(unknown.err, HasSubstr("there is no environment \"prod\""));
}

TEST_F(Left, AnEnvironmentWhoseRunsAreInTheSharedStoreSaysHowToKeepThem) {
  const auto prod = run::load_project(folder_.string(), "prod/eu").value();
  EXPECT_EQ(about_shared_store(folder_.string(), *prod), "");
  store::Run run = store::sample_run("r-1");
  run.environment = "prod/eu";
  ASSERT_TRUE(store_of("")->commit(store::transaction(store::InsertRun{run, {}})));
  EXPECT_THAT(about_shared_store(folder_.string(), *prod),
              HasSubstr("move it to " + folder_.string() + "/.penstock/env/prod%2Feu/store.db"));
  EXPECT_EQ(about_shared_store(folder_.string(), *run::load_project(folder_.string(), "dev").value()), "");
  static_cast<void>(store_of("prod/eu"));
  EXPECT_EQ(about_shared_store(folder_.string(), *prod), "");
}

}  // namespace
}  // namespace penstock::cli
