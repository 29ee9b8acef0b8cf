#pragma once

#include <array>
#include <string_view>

#include "pipelines/model/spec.h"

namespace penstock::yaml {

/// A small language of components and checks: one of each way in which they may be written.
inline model::Vocabulary test_vocabulary() {
  using model::KeySpec;
  using model::ObjectSpec;
  using model::Shape;
  using model::TaggedSpec;
  static constexpr std::array<std::string_view, 2> kTypes = {"inner", "left"};
  static constexpr std::array kJoinKeys = {
      KeySpec{"with", Shape::given_name, true, "What to join.", "airports"},
      KeySpec{"type", Shape::choice, true, "How.", "left", kTypes},
      KeySpec{"on", Shape::expression, false, "Where.", "a = b", {}, nullptr, Shape::names, true},
  };
  static constexpr std::array kAggregateKeys = {
      KeySpec{"by", Shape::names, false, "The keys.", "[a]"},
      KeySpec{"columns", Shape::aggregate_map, true, "The columns.", "{ n: count(*) }"},
  };
  static constexpr std::array kDistinctKeys = {KeySpec{"keep", Shape::text, false, "Which.", "first"}};
  static constexpr std::array kRankKeys = {KeySpec{"order", Shape::order, true, "By what.", "[a desc]"}};
  static constexpr std::array kRowCountKeys = {KeySpec{"min", Shape::integer, false, "At least.", "1"}};
  static constexpr std::array kRelationKeys = {KeySpec{"column", Shape::name, true, "The column.", "a"}};
  static constexpr ObjectSpec kFilter{"filter", "Keeps rows.", {}};
  static constexpr ObjectSpec kJoin{"join", "Joins.", kJoinKeys};
  static constexpr ObjectSpec kAggregate{"aggregate", "Groups.", kAggregateKeys};
  static constexpr ObjectSpec kDistinct{"distinct", "Each row once.", kDistinctKeys};
  static constexpr ObjectSpec kCalculate{"calculate", "Adds columns.", {}};
  static constexpr ObjectSpec kRank{"rank", "Ranks.", kRankKeys};
  static constexpr ObjectSpec kNotNull{"not_null", "No NULL.", {}};
  static constexpr ObjectSpec kRowCount{"row_count", "So many rows.", kRowCountKeys};
  static constexpr ObjectSpec kRelation{"relationship", "Is there.", kRelationKeys};
  static constexpr ObjectSpec kExpression{"expression", "Holds.", {}};
  static constexpr std::array kComponents = {
      TaggedSpec{&kAggregate, Shape::object, "aggregate: { columns: { n: count(*) } }"},
      TaggedSpec{&kCalculate, Shape::expression_map, "calculate: { b: a + 1 }"},
      TaggedSpec{&kDistinct, Shape::object, "distinct: {}"},
      TaggedSpec{&kFilter, Shape::expression, "filter: a > 1"},
      TaggedSpec{&kJoin, Shape::object, "join: { with: b, type: left, on: a = b.a }"},
      TaggedSpec{&kRank, Shape::object, "rank: { order: [a] }"},
  };
  static constexpr std::array kChecks = {
      TaggedSpec{&kExpression, Shape::expression, "expression: a > 0"},
      TaggedSpec{&kNotNull, Shape::names, "not_null: [a]"},
      TaggedSpec{&kRelation, Shape::object, "relationship: { column: a }"},
      TaggedSpec{&kRowCount, Shape::object, "row_count: { min: 1 }"},
  };
  return model::Vocabulary{kComponents, kChecks};
}

}  // namespace penstock::yaml
