#include "daemon/run/dependants.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/run/project_folder.h"
#include "pipelines/compiler/meaning.h"

namespace penstock::run {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kProject =
    "project: sample\nconnections:\n  db: { type: postgres, url: \"postgresql://x@localhost/d\" }\n  far: { type: postgres, url: "
    "\"postgresql://x@localhost/e\" }\nenvironments:\n  test: { target: db }\n";
constexpr const char* kBase = R"(pipeline: base
schema: mart
parameters: { least: { type: int32, default: 0 } }
sources: { src: { table: raw.src, columns: { a: int32, b: text } } }
steps:
  - name: t
    sql: select a, b from src
  - name: plain
    sql: select a from t
    publish: view
  - name: valued
    sql: select a from t where a > :least
    publish: view
  - name: kept
    sql: select a from t
    publish: table
)";
constexpr const char* kOver = R"(pipeline: over
schema: mart
parameters: { least: { type: int32, default: 0 } }
sources: { t: { table: mart.t, columns: { a: int32, b: text } } }
steps:
  - name: other
    sql: select b from t
    publish: view
  - name: other_valued
    sql: select a from t where a > :least
    publish: view
)";
constexpr const char* kFar = R"(pipeline: away
target: far
schema: mart
sources: { t: { table: mart.t, columns: { a: int32, b: text } } }
steps:
  - name: far_view
    sql: select b from t
    publish: view
)";

class DependantsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    project_ = compile_files(
        {}, {{"penstock.yaml", kProject}, {"pipelines/base.yaml", kBase}, {"pipelines/over.yaml", kOver}, {"pipelines/away.yaml", kFar}},
        "");
    ASSERT_FALSE(project_->diagnostics.has_errors());
  }

  /// A view that the target shows, and that the step has published there.
  void add(const std::string& view, const std::string& step) {
    found_.all.push_back({"view", "mart." + view, "me", true, "mart", view, "select 'its own words'", {{"grant " + view}}});
    if (!step.empty()) found_.publishers.emplace("mart", step);
  }

  publish::Dependants sorted(std::set<std::string> steps = {}) {
    const compiler::CompiledStep& step = *project_->find("base.t");
    const ir::ParameterValues values = compiler::example_values(*step.pipeline);
    return sort_dependants(*project_, step, {values, std::move(steps)}, found_);
  }

  static bool keeps_its_words(const publish::DependentView& view) { return std::holds_alternative<ir::Native>(view.query->node); }

  ProjectPtr project_;
  connectors::Dependants found_;
};

TEST_F(DependantsTest, ViewsThatTheProjectPublishedAreItsOwn) {
  add("plain", "base.plain");
  add("other", "over.other");
  add("far_view", "away.far_view");  // By another connection, but it is there.
  const auto own = sorted();
  ASSERT_EQ(own.views.size(), 3U);
  EXPECT_THAT(own.others, IsEmpty());
  EXPECT_EQ(to_string(own.views[1].name), "mart.other");
  EXPECT_FALSE(keeps_its_words(own.views[0]));
  EXPECT_FALSE(keeps_its_words(own.views[1]));
  EXPECT_EQ(own.views[0].restoring[0].statement, "grant plain");
}

TEST_F(DependantsTest, WhatIsNotIsNamed) {
  add("plain", "");          // A step of the project publishes it, but has never done so.
  add("kept", "base.kept");  // A step publishes it as a table.
  add("stranger", "elsewhere.stranger");
  found_.all.push_back({"view", "mart.valued", "somebody", false, {}, {}, {}, {}});
  found_.publishers.emplace("mart", "base.valued");
  found_.all.push_back({"rule", "r on mart.x", "", false, {}, {}, {}, {}});
  const auto own = sorted();
  EXPECT_THAT(own.views, IsEmpty());
  EXPECT_THAT(own.others, ElementsAre("view mart.plain (owner me)", "view mart.kept (owner me)", "view mart.stranger (owner me)",
                                      "view mart.valued (owner somebody)", "rule r on mart.x"));
}

TEST_F(DependantsTest, TheValuesOfAnotherRunStay) {
  add("valued", "base.valued");
  add("other_valued", "over.other_valued");
  const auto whole_run = sorted();
  EXPECT_FALSE(keeps_its_words(whole_run.views.at(0)));
  EXPECT_TRUE(keeps_its_words(whole_run.views.at(1)));
  EXPECT_TRUE(keeps_its_words(sorted({"t"}).views.at(0)));
  EXPECT_FALSE(keeps_its_words(sorted({"t", "valued"}).views.at(0)));
}

TEST_F(DependantsTest, AViewThatIsBeingCheckedIsWaitedFor) {
  add("plain", "base.plain");
  EXPECT_TRUE(check_staged_views(*project_->find("base.t"), found_));
  add("penstock_staged_abcdefghijkl_plain", "");
  const auto checked = check_staged_views(*project_->find("base.t"), found_);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().kind, ErrorKind::transient);
}

}  // namespace
}  // namespace penstock::run
