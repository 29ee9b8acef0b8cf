#include "daemon/run/project_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/run/source_columns.h"

namespace penstock::run {
namespace {

using Files = std::vector<store::ProjectVersion::File>;

Files project_with(const std::string& columns) {
  return {
      {"penstock.yaml", "project: p\nconnections:\n  local: { type: duckdb, path: x.duckdb }\nenvironments:\n  dev: { target: local }\n"},
      {"pipelines/a.yaml",
       "pipeline: a\nsources:\n  s: { table: raw.s }\nsteps:\n  - name: b\n    sql: select n from s\n    publish: table\n"},
      {std::string(kSourceColumnsFile), columns}};
}

std::string shown(const compiler::CompiledProject& project) { return render(project.diagnostics.sorted(), project.project->sources); }

TEST(ProjectFolder, TheColumnsOfSourcesAreTakenFromTheirFile) {
  const ProjectPtr project = compile_files({}, project_with("\"raw.s\":\n  \"n\": int64 not null\n"), "dev");
  EXPECT_TRUE(project->diagnostics.empty()) << shown(*project);
}

TEST(ProjectFolder, AnEmptyFileOfColumnsIsNoFault) {
  const ProjectPtr project = compile_files({}, project_with("# Columns of source tables\n"), "dev");
  EXPECT_FALSE(project->diagnostics.has_errors()) << shown(*project);
}

TEST(ProjectFolder, WhatIsWrongWithTheColumnsOfSourcesIsShownAtItsPlace) {
  const ProjectPtr project = compile_files({}, project_with("\"raw.s\":\n  \"n\": int63\n\"raw.t\": many\n"), "dev");
  EXPECT_TRUE(project->diagnostics.has_errors());
  EXPECT_THAT(shown(*project), testing::HasSubstr("penstock.sources.yaml:2:8"));
  EXPECT_THAT(shown(*project), testing::HasSubstr("\"int63\" is no type"));
  EXPECT_THAT(shown(*project), testing::HasSubstr("\"raw.t\" has no columns"));
}

TEST(ProjectFolder, AFileOfColumnsThatIsNoYamlIsShown) {
  const ProjectPtr project = compile_files({}, project_with("\"raw.s\": {\n"), "dev");
  EXPECT_TRUE(project->diagnostics.has_errors());
  EXPECT_THAT(shown(*project), testing::HasSubstr("penstock.sources.yaml:"));
}

TEST(ProjectFolder, ALoaderSeesThatTheColumnsOfSourcesWereMended) {
  ProjectLoader loader("dev");
  EXPECT_TRUE(loader.load({}, project_with("\"raw.s\": {\n"))->diagnostics.has_errors());
  const ProjectPtr mended = loader.load({}, project_with("\"raw.s\":\n  \"n\": int64\n"));
  EXPECT_FALSE(mended->diagnostics.has_errors()) << shown(*mended);
  EXPECT_EQ(loader.load({}, project_with("\"raw.s\":\n  \"n\": int64\n")), mended);
}

}  // namespace
}  // namespace penstock::run
