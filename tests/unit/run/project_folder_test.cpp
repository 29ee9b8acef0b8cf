#include "daemon/run/project_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "daemon/run/source_columns.h"

namespace penstock::run {
namespace {

namespace fs = std::filesystem;

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

/// A project in a folder, beside a folder that is none of it.
class LinkedFolder : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "penstock_links_XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    top_ = name;
    write("project/penstock.yaml", "project: p\n");
    write("project/pipelines/a.yaml", "pipeline: a\n");
    write("secret/other.yaml", "root:x:0:0\n");
  }
  void TearDown() override { fs::remove_all(top_); }

  void write(const std::string& path, const std::string& text) {
    fs::create_directories((top_ / path).parent_path());
    std::ofstream(top_ / path) << text;
  }
  void link(const std::string& path, const fs::path& to) { fs::create_symlink(to, top_ / "project" / path); }
  auto read() const { return read_project((top_ / "project").string()); }

  void expect_refused(const std::string& link) {
    const auto files = read();
    ASSERT_FALSE(files);
    EXPECT_EQ(files.error().kind, ErrorKind::invalid_input);
    EXPECT_THAT(files.error().message, testing::StartsWith(link + " leads to "));
    EXPECT_THAT(files.error().message, testing::Not(testing::HasSubstr("root:x")));
  }

  fs::path top_;
};

TEST_F(LinkedFolder, ALinkThatLeavesTheProjectIsNamedAndNotFollowed) {
  link("pipelines/b.yaml", "../../secret/other.yaml");
  expect_refused("pipelines/b.yaml");
}

TEST_F(LinkedFolder, NeitherIsALinkedFolderOrAnotherFileOfTheProject) {
  link("pipelines/more", top_ / "secret");
  expect_refused("pipelines/more");
  fs::remove(top_ / "project/pipelines/more");
  link("penstock.sources.yaml", top_ / "secret/other.yaml");
  expect_refused("penstock.sources.yaml");
  fs::remove(top_ / "project/penstock.sources.yaml");
  fs::remove(top_ / "project/penstock.yaml");
  link("penstock.yaml", top_ / "secret/other.yaml");
  expect_refused("penstock.yaml");
}

TEST_F(LinkedFolder, NorAFolderOfPipelinesElsewhere) {
  fs::remove_all(top_ / "project/pipelines");
  link("pipelines", top_ / "secret");
  expect_refused("pipelines/other.yaml");
}

TEST_F(LinkedFolder, ANameThatIsNotUtf8IsShownAsSuch) {
  write("project/pipelines/tw\xe9.yaml", "pipeline: two\n");
  const auto files = read();
  ASSERT_TRUE(files) << files.error().message;
  EXPECT_EQ(files->back().path, "pipelines/tw\xef\xbf\xbd.yaml");
}

TEST_F(LinkedFolder, ALinkWithinTheProjectIsFollowedAlsoWhereTheProjectIsOne) {
  write("project/..data/c.yaml", "pipeline: c\n");
  link("pipelines/c.yaml", "../..data/c.yaml");
  link("pipelines/gone.yaml", "nowhere.yaml");  // Editors lock files so.
  fs::create_symlink(top_ / "project", top_ / "linked");
  const auto files = read_project((top_ / "linked").string());
  ASSERT_TRUE(files) << files.error().message;
  ASSERT_EQ(files->size(), 3U);
  EXPECT_EQ((*files)[2].path, "pipelines/c.yaml");
  EXPECT_EQ((*files)[2].text, "pipeline: c\n");
}

}  // namespace
}  // namespace penstock::run
