#include <gtest/gtest.h>

#include "pipelines/model/language.h"
#include "pipelines/yaml/check.h"
#include "pipelines/yaml/parse.h"
#include "pipelines/yaml/reader.h"
#include "tests/unit/yaml/vocabulary.h"

namespace penstock::yaml {
namespace {

using model::KeySpec;
using model::ObjectSpec;
using model::Shape;

std::set<std::string> keys_of(const ObjectSpec& object) {
  std::set<std::string> keys;
  for (const KeySpec& key : object.keys) keys.emplace(key.name);
  return keys;
}

// One document in which every mapping of the language stands, so that each is read.
ReadLog read_everything() {
  const model::Vocabulary vocabulary = test_vocabulary();
  Diagnostics diagnostics;
  ReadLog log;
  const ReadContext context{vocabulary, diagnostics, &log};
  const auto pipeline = parse(
      "pipeline: p\nschedule: { cron: '@daily' }\nparameters: { a: { type: text } }\nsources: { s: { table: t, columns: { a: text } } }\n"
      "steps: [{ name: x, sql: select 1, publish: { as: table }, retry: { attempts: 2 }, layout: { sort: a }, compute: c, checks: [{ "
      "not_null: a, severity: warn }] }]\n",
      0, diagnostics);
  std::string connections = "project: p\nenvironments: { dev: { target: postgres } }\nconnections:\n";
  for (const model::ConnectionType& type : model::connection_types()) {
    connections += "  " + std::string(type.type) + ": { type: " + std::string(type.type) + ", compute: { large: {} } }\n";
  }
  const auto project = parse(connections, 0, diagnostics);
  EXPECT_TRUE(read_pipeline(*pipeline, 0, context).has_value());
  model::Project result;
  read_project(*project, result, context);
  return log;
}

TEST(Reading, EveryKeyOfTheTablesIsReadAndEveryReadKeyIsInTheTables) {
  std::map<std::string, std::set<std::string>> read;
  for (const auto& [object, key] : read_everything()) read[object].insert(key);
  std::set<std::string> known;
  for (const ObjectSpec* object : model::language_objects()) {
    EXPECT_EQ(read[std::string(object->name)], keys_of(*object)) << object->name;
    known.emplace(object->name);
  }
  for (const model::ConnectionType& type : model::connection_types()) {
    std::set<std::string> own = keys_of(*type.object);
    for (const KeySpec& key : model::connection_spec().keys) own.erase(std::string(key.name));
    EXPECT_EQ(read[std::string(type.object->name)], own) << type.type;
    known.emplace(type.object->name);
    const ObjectSpec* compute = model::find_compute_spec(type.type);
    if (compute == nullptr) continue;
    EXPECT_EQ(read[std::string(compute->name)], keys_of(*compute)) << type.type;
    known.emplace(compute->name);
  }
  for (const auto& [object, keys] : read) EXPECT_EQ(known.count(object), 1U) << object << " is read, but is no mapping of the language";
}

// The examples of the tables are shown to people in messages, help and the schema, so they have to be right.
TEST(Reading, EveryExampleOfTheTablesIsAccepted) {
  const model::Vocabulary vocabulary = test_vocabulary();
  std::vector<const ObjectSpec*> objects(model::language_objects().begin(), model::language_objects().end());
  for (const model::ConnectionType& type : model::connection_types()) {
    objects.push_back(type.object);
    if (const ObjectSpec* compute = model::find_compute_spec(type.type)) objects.push_back(compute);
  }
  for (const ObjectSpec* object : objects) {
    for (const KeySpec& key : object->keys) {
      const std::string text = std::string(key.name) + ": " + std::string(key.example) + "\n";
      Diagnostics diagnostics;
      const auto node = parse(text, 0, diagnostics);
      SourceMap sources;
      sources.add(std::string(object->name), text);
      ASSERT_TRUE(node.has_value()) << render(diagnostics.sorted(), sources);
      const ObjectSpec alone{object->name, object->doc, std::span(&key, 1)};
      Checker(vocabulary, diagnostics).check_object(*node, alone);
      EXPECT_TRUE(diagnostics.empty()) << render(diagnostics.sorted(), sources);
    }
  }
}

}  // namespace
}  // namespace penstock::yaml
