#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "pipelines/compiler/compiled.h"
#include "pipelines/components/vocabulary.h"
#include "pipelines/yaml/load.h"

namespace penstock {
namespace {

// Every engine that there is SQL for, for documents that show pipelines and no penstock.yaml.
constexpr const char* kEveryTarget =
    "project: documents\n"
    "connections:\n"
    "  duckdb: { type: duckdb, path: documents.duckdb }\n"
    "  postgres: { type: postgres, host: localhost }\n"
    "  trino: { type: trino, url: \"http://localhost:8080\" }\n"
    "  bigquery: { type: bigquery, project: documents, schema: documents }\n"
    "  databricks: { type: databricks, host: acme.cloud.databricks.com, warehouse: w, schema: documents }\n"
    "  synapse: { type: synapse, host: localhost, database: documents }\n"
    "  snowflake: { type: snowflake, account: acme-documents, user: ETL, warehouse: ETL_WH }\n"
    "environments:\n"
    "  duckdb: { target: duckdb }\n"
    "  postgres: { target: postgres }\n"
    "  trino: { target: trino }\n"
    "  bigquery: { target: bigquery }\n"
    "  databricks: { target: databricks }\n"
    "  snowflake: { target: snowflake }\n"
    "  synapse: { target: synapse }\n";

// The blocks that a document marks as YAML.
std::vector<std::string> yaml_blocks(const std::string& path) {
  std::ifstream stream(path);
  std::vector<std::string> blocks;
  bool inside = false;
  for (std::string line; std::getline(stream, line);) {
    if (line == "```yaml") {
      blocks.emplace_back();
      inside = true;
    } else if (line == "```") {
      inside = false;
    } else if (inside) {
      blocks.back() += line + '\n';
    }
  }
  return blocks;
}

// What a reader would be told who types a document's files, for every target.
std::string diagnose(const std::string& project, const std::vector<std::string>& pipelines) {
  const yaml::LoadOptions options{components::vocabulary(), {}};
  yaml::Files files{"", {"penstock.yaml", project, ""}, {}};
  for (const std::string& text : pipelines) files.pipelines.push_back({"pipelines/" + std::to_string(files.pipelines.size()) + ".yaml", text, ""});
  const yaml::Loaded loaded = yaml::load(files, options);
  std::string shown = render(loaded.diagnostics.sorted(), loaded.project->sources);
  for (const auto& environment : loaded.project->environments) {
    compiler::Options target;
    target.environment = environment.name;
    const compiler::CompiledProject compiled = compiler::compile(loaded.project, target);
    EXPECT_FALSE(compiled.steps.empty());
    shown += render(compiled.diagnostics.sorted(), loaded.project->sources);
  }
  return shown;
}

TEST(Documents, TheLanguageGuideHasNoFault) {
  const std::vector<std::string> blocks = yaml_blocks("pipelines/README.md");
  ASSERT_EQ(blocks.size(), 2U);
  EXPECT_EQ(diagnose(blocks[0], {blocks[1]}), "");
  EXPECT_EQ(diagnose(kEveryTarget, {blocks[1]}), "");
}

TEST(Documents, TheFirstPipelineOfTheReadmeHasNoFault) {
  const std::vector<std::string> blocks = yaml_blocks("README.md");
  ASSERT_EQ(blocks.size(), 1U);
  EXPECT_EQ(diagnose(kEveryTarget, blocks), "");
}

}  // namespace
}  // namespace penstock
