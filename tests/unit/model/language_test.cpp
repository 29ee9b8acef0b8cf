#include "pipelines/model/language.h"

#include <gtest/gtest.h>

#include <set>

namespace penstock::model {
namespace {

std::vector<const ObjectSpec*> all_objects() {
  std::vector<const ObjectSpec*> all(language_objects().begin(), language_objects().end());
  for (const ConnectionType& type : connection_types()) all.push_back(type.object);
  return all;
}

TEST(Language, EveryKeyIsUniqueAndExplained) {
  for (const ObjectSpec* object : all_objects()) {
    EXPECT_FALSE(object->doc.empty()) << object->name;
    std::set<std::string_view> names;
    for (const KeySpec& key : object->keys) {
      EXPECT_TRUE(names.insert(key.name).second) << object->name << "." << key.name;
      EXPECT_FALSE(key.doc.empty()) << object->name << "." << key.name;
      EXPECT_FALSE(key.example.empty()) << object->name << "." << key.name;
      EXPECT_EQ(find_key(*object, key.name), &key);
    }
  }
  EXPECT_EQ(find_key(step_spec(), "publsh"), nullptr);
}

TEST(Language, ChoicesAndObjectsAreGivenWhereTheShapeNeedsThem) {
  for (const ObjectSpec* object : all_objects()) {
    for (const KeySpec& key : object->keys) {
      const bool is_choice = key.shape == Shape::choice || (key.has_shorthand && key.shorthand == Shape::choice);
      const bool is_object =
          key.shape == Shape::object || key.shape == Shape::object_list || key.shape == Shape::object_map || key.shape == Shape::tagged;
      EXPECT_EQ(is_choice, !key.choices.empty()) << object->name << "." << key.name;
      EXPECT_EQ(is_object, key.object != nullptr) << object->name << "." << key.name;
    }
  }
}

TEST(Language, WordsFollowTheEnumerations) {
  EXPECT_EQ(word_of(Publish::Mode::view), "view");
  EXPECT_EQ(word_of(Publish::Mode::table), "table");
  EXPECT_EQ(word_of(Publish::Mode::append), "append");
  EXPECT_EQ(word_of(Publish::Mode::merge), "merge");
  EXPECT_EQ(word_of(Publish::Mode::delete_insert), "delete_insert");
  EXPECT_EQ(word_of(Publish::Mode::scd2), "scd2");
  EXPECT_EQ(word_of(Publish::Drift::fail), "fail");
  EXPECT_EQ(word_of(Publish::Drift::sync), "sync");
  EXPECT_EQ(word_of(IntervalUnit::minute), "minute");
  EXPECT_EQ(word_of(IntervalUnit::year), "year");
  EXPECT_EQ(word_of(Check::Severity::warn), "warn");
}

TEST(Language, EveryConnectionTypeIsAChoice) {
  const KeySpec* type = find_key(connection_spec(), "type");
  ASSERT_NE(type, nullptr);
  ASSERT_EQ(type->choices.size(), connection_types().size());
  for (std::size_t i = 0; i < type->choices.size(); ++i) {
    EXPECT_EQ(type->choices[i], connection_types()[i].type);
    EXPECT_EQ(find_connection_type(type->choices[i]), connection_types()[i].object);
  }
  EXPECT_EQ(find_connection_type("oracle"), nullptr);
}

}  // namespace
}  // namespace penstock::model
