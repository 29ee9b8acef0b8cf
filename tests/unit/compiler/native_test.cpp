#include <gtest/gtest.h>

#include <string>

#include "pipelines/compiler/compiled.h"
#include "pipelines/components/vocabulary.h"
#include "pipelines/dialects/dialect.h"
#include "pipelines/yaml/load.h"

// native_sql goes into other statements: whatever the dialect, it is one statement, or nothing is made of it.

namespace penstock::compiler {
namespace {

std::string said(std::string_view dialect, const std::string& native) {
  yaml::Files files;
  files.project =
      yaml::File{"penstock.yaml",
                 "project: test\nconnections:\n  there: { type: " + std::string(dialect) + " }\nenvironments:\n  dev: { target: there }\n",
                 {}};
  files.pipelines.push_back(yaml::File{
      "pipelines/p.yaml", "pipeline: p\nsteps:\n  - name: s\n    native_sql: |\n      " + native + "\n    columns: { x: int32 }\n", {}});
  yaml::Loader loader(yaml::LoadOptions{components::vocabulary(), {}});
  const yaml::Loaded loaded = loader.load(files);
  const CompiledProject compiled = compile(loaded.project, Options());
  std::string all;
  for (const Diagnostic& each : compiled.diagnostics.sorted()) {
    all +=
        std::to_string(each.where.line) + ":" + std::to_string(each.where.column) + " " + to_string(each.code) + " " + each.message + "\n";
  }
  return all;
}

TEST(Native, IsOneStatementInEveryDialect) {
  for (const dialects::Dialect* dialect : dialects::dialect_table()) {
    const std::string name(dialect->name());
    EXPECT_EQ(said(name, "select 1 as x; -- so it ends"), "") << name;
    EXPECT_EQ(said(name, "select 1 as x; commit; drop table t"), "5:22 PEN3002 a second statement begins here\n") << name;
    EXPECT_EQ(said(name, "select 1) as q cross join (select 2 as x"), "5:15 PEN3001 this bracket closes none\n") << name;
    EXPECT_EQ(said(name, "select 1 as x /* and"), "5:21 PEN3001 the comment that begins here has no end\n") << name;
  }
}

/// Texts in which a semicolon is hidden for some targets only.
TEST(Native, IsReadAsItsTargetReadsIt) {
  struct Case {
    const char* text;
    std::string_view hidden_for;
  };
  for (const Case& each :
       {Case{R"(select E'\'; drop table t; --' as x)", "bigquery databricks duckdb postgres snowflake"},
        Case{"select $$ ; drop $$ as x", "duckdb postgres snowflake trino"}, Case{"select 1 as [x;y]", "synapse"},
        Case{"select 1 as `x;y`", "bigquery databricks"}, Case{"select 1 as x // ; drop table t", "snowflake"},
        Case{"select 1 as x /* /* */ ; drop table t -- */ */", "databricks duckdb postgres synapse"}}) {
    for (const dialects::Dialect* dialect : dialects::dialect_table()) {
      const bool is_hidden = each.hidden_for.find(dialect->name()) != std::string_view::npos;
      EXPECT_EQ(said(dialect->name(), each.text).find("PEN300") == std::string::npos, is_hidden) << dialect->name() << ": " << each.text;
    }
  }
}

TEST(Native, InTSqlAStatementNeedsNoSemicolonBeforeIt) {
  EXPECT_EQ(said("synapse", "select 1 as x drop table t"), "5:21 PEN3002 a second statement begins here\n");
}

}  // namespace
}  // namespace penstock::compiler
