#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "pipelines/model/language.h"
#include "pipelines/yaml/load.h"
#include "pipelines/yaml/schema.h"
#include "tests/golden/vocabulary.h"

namespace penstock {
namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

void expect_golden(const std::string& path, const std::string& text) {
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(path, std::ios::binary) << text;
  EXPECT_EQ(text, read_file(path)) << "UPDATE_GOLDEN=1 rewrites " << path;
}

TEST(Schemas, AreThoseThatArePublished) {
  expect_golden("schemas/pipeline.schema.json", yaml::pipeline_schema(whole_vocabulary()));
  expect_golden("schemas/project.schema.json", yaml::project_schema());
}

// Every reference leads somewhere, every mapping refuses unknown keys and every key is explained.
void expect_sound(const nlohmann::json& node, const nlohmann::json& root, const std::string& where) {
  if (node.is_array()) {
    for (const nlohmann::json& item : node) expect_sound(item, root, where);
    return;
  }
  if (!node.is_object()) return;
  if (node.contains("$ref")) {
    const std::string target = node["$ref"].get<std::string>().substr(1);
    EXPECT_TRUE(root.contains(nlohmann::json::json_pointer(target))) << where << ": " << target;
  }
  if (node.contains("properties") && node["properties"].is_object() && node.value("type", "") == "object") {
    EXPECT_EQ(node.value("additionalProperties", true), false) << where;
    for (const auto& [key, value] : node["properties"].items()) {
      EXPECT_TRUE(value.contains("description") || value.contains("$ref")) << where << "." << key;
    }
  }
  for (const auto& [key, value] : node.items()) {
    if (key != "examples" && key != "enum") expect_sound(value, root, where + "/" + key);
  }
}

TEST(Schemas, AreSound) {
  for (const std::string& text : {yaml::pipeline_schema(whole_vocabulary()), yaml::project_schema()}) {
    const nlohmann::json schema = nlohmann::json::parse(text);
    EXPECT_EQ(schema["$schema"], "http://json-schema.org/draft-07/schema#");
    expect_sound(schema, schema, "");
  }
}

// A connector refuses settings that it does not know, and the loader keys that are in no table: so what the one takes the other must too.
TEST(Schemas, TakeEverySettingOfTheConnectors) {
  int connectors = 0;
  for (const model::ConnectionType& type : model::connection_types()) {
    const std::filesystem::path folder = "connectors/" + std::string(type.type);
    if (!std::filesystem::exists(folder)) continue;
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
      const std::string text = read_file(file.path());
      // The keys stand in the call, or in a list of that name.
      const std::size_t own = text.find("kOwnSettings = {");
      const std::size_t call = own != std::string::npos ? own : text.find("check_keys(");
      if (call == std::string::npos) continue;
      ++connectors;
      EXPECT_NE(text.find("check_keys("), std::string::npos) << file.path();
      const std::size_t begin = text.find('{', call);
      const std::string list = text.substr(begin, text.find('}', begin) - begin);
      for (std::size_t quote = list.find('"'); quote != std::string::npos;) {
        const std::size_t close = list.find('"', quote + 1);
        const std::string key = list.substr(quote + 1, close - quote - 1);
        EXPECT_NE(model::find_key(*type.object, key), nullptr) << type.type << " connection: " << key;
        quote = list.find('"', close + 1);
      }
    }
  }
  EXPECT_GE(connectors, 5);
}

TEST(Schemas, OfOneMappingAreFoundByName) {
  for (const char* name : {"project", "connection", "step", "publish", "schedule", "join", "not_null"}) {
    EXPECT_TRUE(yaml::object_schema(name, whole_vocabulary()).has_value()) << name;
  }
  EXPECT_FALSE(yaml::object_schema("stpe", whole_vocabulary()).has_value());
}

TEST(Schemas, ExamplesInTheRepositoryLoadWithoutFault) {
  namespace fs = std::filesystem;
  int projects = 0;
  for (const fs::directory_entry& example : fs::directory_iterator("pipelines/examples")) {
    if (!fs::exists(example.path() / "penstock.yaml")) continue;
    ++projects;
    yaml::Files files{"", {"penstock.yaml", read_file(example.path() / "penstock.yaml"), ""}, {}};
    for (const fs::directory_entry& file : fs::recursive_directory_iterator(example.path() / "pipelines")) {
      if (file.path().extension() != ".yaml") continue;
      files.pipelines.push_back({fs::relative(file.path(), example.path()).string(), read_file(file.path()), ""});
    }
    const yaml::Loaded loaded = yaml::load(files, {whole_vocabulary(), {}});
    EXPECT_EQ(render(loaded.diagnostics.sorted(), loaded.project->sources), "") << example.path();
  }
  EXPECT_GT(projects, 0);
}

}  // namespace
}  // namespace penstock
