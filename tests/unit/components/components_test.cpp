#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/components/fixture.h"

namespace penstock::components {
namespace {

using penstock::testing::names_of;
using penstock::testing::Workshop;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const ir::Value kNull;
ir::Value number(std::int64_t value) { return value; }
ir::Value words(const char* value) { return std::string(value); }

class Components : public ::testing::Test {
 protected:
  Components() {
    shop_.table("flights", {"origin text", "month int64", "delay int64"},
                {{words("SFO"), number(1), number(10)},
                 {words("SFO"), number(2), number(30)},
                 {words("JFK"), number(1), kNull},
                 {words("SFO"), number(1), number(20)}});
    shop_.table("airports", {"iata text", "state text"}, {{words("SFO"), words("CA")}, {words("LAX"), words("CA")}});
  }
  std::vector<std::string> columns(const std::vector<std::string>& calls) {
    const auto relation = shop_.chain(calls);
    return relation ? names_of(relation->columns) : shop_.messages();
  }
  Workshop shop_;
};

TEST_F(Components, FilterKeepsWhatIsTrue) {
  EXPECT_THAT(shop_.rows({"filter: delay > 10"}), ElementsAre("SFO|1|20", "SFO|2|30"));
  EXPECT_THAT(shop_.rows({"filter: {condition: delay > 20}"}), ElementsAre("SFO|2|30"));
}

TEST_F(Components, SelectGivesColumnsAndExpressionsInOrder) {
  EXPECT_THAT(columns({"select: [delay, {late: delay > 15, twice: delay * 2}, origin]"}), ElementsAre("delay", "late", "twice", "origin"));
  EXPECT_THAT(shop_.rows({"select: [{late: delay > 15}]", "distinct: true"}), ElementsAre("NULL", "false", "true"));
  EXPECT_THAT(columns({"select: {columns: [month]}"}), ElementsAre("month"));
}

TEST_F(Components, SelectReportsEveryFaultWithItsPlace) {
  EXPECT_THAT(shop_.rows({"select: [delai, {late: delayed > 15}, month, month]"}),
              ElementsAre(HasSubstr("PEN2004 at 3: there is no column \"delai\" in the input; did you mean \"delay\"?"),
                          HasSubstr("PEN2004 at 17: there is no column \"delayed\""),
                          HasSubstr("PEN2009 at 39: there would be two columns named \"month\"")));
}

TEST_F(Components, CalculateReadsColumnsAsTheyCameIn) {
  EXPECT_THAT(shop_.rows({"filter: delay = 30", "calculate: {delay: delay + 1, before: delay}"}), ElementsAre("SFO|2|31|30"));
  EXPECT_THAT(columns({"calculate: {Late: delay > 15}"}), ElementsAre("origin", "month", "delay", "late"));
}

TEST_F(Components, RenameKeepsPlacesAndRefusesClashes) {
  EXPECT_THAT(columns({"rename: {origin: airport, month: \"\"\"Month\"}"}), ::testing::Contains(HasSubstr("PEN2001")));
  Workshop other = shop_;
  other.diagnostics = {};
  EXPECT_THAT(names_of(other.chain({"rename: {origin: delay, delay: origin}"})->columns), ElementsAre("delay", "month", "origin"));
  EXPECT_EQ(other.chain({"rename: {origin: delay}"}), nullptr);
  EXPECT_THAT(other.messages(), ElementsAre(HasSubstr("two columns named \"delay\"")));
}

TEST_F(Components, DropKeepsTheRest) {
  EXPECT_THAT(columns({"drop: [month]"}), ElementsAre("origin", "delay"));
  EXPECT_THAT(columns({"drop: [origin, month, delay]"}), ElementsAre(HasSubstr("would leave no column")));
}

TEST_F(Components, AggregateGivesOneRowPerKey) {
  EXPECT_THAT(shop_.rows({"aggregate: {by: [origin], columns: {flights: count(*), known: count(delay), total: sum(delay) + 1}}"}),
              ElementsAre("JFK|1|0|NULL", "SFO|3|3|61"));
  EXPECT_THAT(shop_.rows({"filter: delay > 99", "aggregate: {columns: {flights: count(*)}}"}), ElementsAre("0"));
  EXPECT_THAT(columns({"aggregate: {by: origin, columns: {origin: count(*)}}"}), ElementsAre(HasSubstr("two columns named \"origin\"")));
}

TEST_F(Components, RankNumbersInAnOrder) {
  EXPECT_THAT(shop_.rows({"rank: {by: [origin], order: [delay desc nulls last], as: place}"}),
              ElementsAre("JFK|1|NULL|1", "SFO|1|10|3", "SFO|1|20|2", "SFO|2|30|1"));
  EXPECT_THAT(shop_.rows({"rank: {order: [month], as: place, method: rank}"}),
              ElementsAre("JFK|1|NULL|1", "SFO|1|10|1", "SFO|1|20|1", "SFO|2|30|4"));
  EXPECT_THAT(shop_.rows({"rank: {order: [month], as: place, method: dense_rank}"}),
              ElementsAre("JFK|1|NULL|1", "SFO|1|10|1", "SFO|1|20|1", "SFO|2|30|2"));
}

TEST_F(Components, RankWarnsUnlessTheOrderIsTotal) {
  shop_.chain({"rank: {by: [origin], order: [delay], as: place}"});
  ASSERT_THAT(shop_.messages(), ElementsAre(HasSubstr("PEN4002 at 24: rows that tie")));
  EXPECT_FALSE(shop_.diagnostics.has_errors());
  for (const std::vector<std::string>& total : std::vector<std::vector<std::string>>{
           {"rank: {by: [origin], order: [delay, month], as: place}"},
           {"aggregate: {by: [origin, month], columns: {n: count(*)}}", "filter: n > 1",
            "rank: {by: [origin], order: [n, month], as: place}"},
           {"distinct: [origin, month]", "calculate: {n: month + 1}", "rank: {by: [origin], order: [month], as: place}"},
           {"deduplicate: {by: [origin], order: [delay, month]}", "rank: {order: [origin], as: place}"},
           {"rank: {order: [delay, month, origin], as: n}", "rank: {order: [n], as: place}"},
           {"aggregate: {by: [origin], columns: {n: count(*)}}", "union: {with: [u], distinct: true}",
            "rank: {order: [origin, n], as: place}"},
           {"rank: {order: [delay], as: place, method: rank}"},
       }) {
    Workshop other = shop_;
    other.diagnostics = {};
    other.table("u", {"origin text", "n int64"}, {});
    EXPECT_NE(other.chain(total), nullptr);
    EXPECT_THAT(other.messages(), IsEmpty()) << total.back();
  }
}

TEST_F(Components, AJoinKeepsKeysUniqueOnlyWhereTheOtherSideIsUnique) {
  const std::string left = "aggregate: {by: [origin], columns: {n: count(*)}}";
  const std::string rank = "rank: {order: [origin], as: place}";
  shop_.chain({left, "join: {with: airports, type: left, on: origin = airports.iata}", rank});
  EXPECT_THAT(shop_.messages(), ElementsAre(HasSubstr("PEN4002")));
  Workshop other = shop_;
  other.diagnostics = {};
  other.tables["airports"].relation = ir::distinct(
      ir::project(other.tables["airports"].relation, {{Identifier::exact("iata"), ir::column_of(*other.tables["airports"].relation, 0)}}));
  other.chain({left, "join: {with: airports, type: left, on: origin = airports.iata}", rank});
  EXPECT_THAT(other.messages(), IsEmpty());
}

TEST_F(Components, DistinctComparesRowsOrColumns) {
  EXPECT_THAT(shop_.rows({"distinct: [origin, month]"}), ElementsAre("JFK|1", "SFO|1", "SFO|2"));
  EXPECT_THAT(shop_.rows({"select: [origin]", "distinct: true"}), ElementsAre("JFK", "SFO"));
}

TEST_F(Components, DeduplicateKeepsOneWholeRowPerKey) {
  EXPECT_THAT(shop_.rows({"deduplicate: {by: [origin], order: [delay, month]}"}), ElementsAre("JFK|1|NULL", "SFO|1|10"));
  EXPECT_THAT(shop_.rows({"deduplicate: {by: origin, order: [month, delay nulls first], keep: last}"}),
              ElementsAre("JFK|1|NULL", "SFO|2|30"));
  EXPECT_THAT(shop_.messages(), IsEmpty());
  shop_.chain({"deduplicate: {by: [origin], order: [month], keep: lats}"});
  EXPECT_THAT(shop_.messages(), ElementsAre(HasSubstr("did you mean \"last\"?; allowed: \"first\" and \"last\"")));
}

TEST_F(Components, KeepLastIsTheMirrorOfKeepFirstAlsoForNull) {
  EXPECT_THAT(shop_.rows({"deduplicate: {by: [month], order: [delay, origin], keep: last}"}), ElementsAre("JFK|1|NULL", "SFO|2|30"));
}

TEST_F(Components, PivotMakesColumnsOfValues) {
  EXPECT_THAT(shop_.rows({"pivot: {by: [origin], column: month, values: {january: 1, february: 2}, aggregate: sum(delay)}"}),
              ElementsAre("JFK|NULL|NULL", "SFO|30|30"));
  EXPECT_THAT(columns({"pivot: {by: [origin], column: month, values: [1, 2, null], prefix: m_, aggregate: count(*)}"}),
              ElementsAre("origin", "m_1", "m_2", "m_null"));
  EXPECT_THAT(shop_.rows({"pivot: {by: [month], column: origin, values: [SFO, LAX], aggregate: count(*) * 10 + month}"}).size(), 2U);
}

TEST_F(Components, PivotReportsValuesOfAnotherType) {
  EXPECT_THAT(shop_.rows({"pivot: {by: [origin], column: month, values: [one, 2], aggregate: count(*)}"}),
              ElementsAre(HasSubstr("PEN3004 at 41: \"one\" is no value of type int64")));
}

TEST_F(Components, UnpivotMakesRowsOfColumns) {
  EXPECT_THAT(shop_.rows({"filter: delay = 30", "unpivot: {columns: [month, delay], name: what, value: amount}"}),
              ElementsAre("SFO|delay|30", "SFO|month|2"));
  EXPECT_THAT(shop_.rows({"unpivot: {columns: [month, origin], name: what, value: amount}"}),
              ElementsAre(HasSubstr("only columns with a common type")));
}

TEST_F(Components, TopKeepsTheFirstRows) {
  EXPECT_THAT(shop_.rows({"top: {count: 2, order: [delay desc nulls last, month, origin]}"}, true), ElementsAre("SFO|2|30", "SFO|1|20"));
  EXPECT_THAT(shop_.rows({"top: {count: 1, by: [origin], order: [delay, month]}"}), ElementsAre("JFK|1|NULL", "SFO|1|10"));
  EXPECT_THAT(shop_.rows({"top: {count: -1, order: [delay]}"}), ::testing::Contains(HasSubstr("not a whole number from 0 on")));
}

TEST_F(Components, UnionMatchesColumnsByName) {
  shop_.table("more", {"delay int32", "origin text", "month int64"}, {{number(5), words("LAX"), number(3)}});
  EXPECT_THAT(shop_.rows({"filter: delay = 30", "union: [more]"}), ElementsAre("LAX|3|5", "SFO|2|30"));
  EXPECT_EQ(shop_.chain({"union: more"})->columns[2].type.kind, ir::TypeKind::int64);
  EXPECT_THAT(shop_.rows({"union: [more, more]", "filter: delay = 5"}).size(), 2U);
  EXPECT_THAT(shop_.rows({"union: {with: [more, more], distinct: true}", "filter: delay = 5"}).size(), 1U);
  EXPECT_THAT(shop_.rows({"union: {with: [more], by: position}"}),
              ::testing::Contains(HasSubstr("\"month\" is int64 in \"flights\" and text in \"more\"")));
}

TEST_F(Components, UnionSaysWhichColumnsAreMissing) {
  shop_.table("more", {"delay int64", "origin text", "carrier text"}, {{number(5), words("LAX"), words("AA")}});
  EXPECT_THAT(shop_.rows({"union: [more]"}),
              ElementsAre(HasSubstr("\"flights\" has the column \"month\" and \"more\" has not; `columns: all` fills"),
                          HasSubstr("\"more\" has the column \"carrier\" and \"flights\" has not")));
  Workshop other = shop_;
  other.diagnostics = {};
  EXPECT_THAT(other.rows({"filter: delay = 30", "union: {with: [more], columns: all}"}), ElementsAre("LAX|NULL|5|AA", "SFO|2|30|NULL"));
  EXPECT_THAT(other.rows({"filter: delay = 30", "union: {with: [more], columns: common}"}), ElementsAre("LAX|5", "SFO|30"));
}

TEST_F(Components, ExceptAndIntersectCompareWholeRows) {
  shop_.table("known", {"iata text"}, {{words("SFO")}, {kNull}});
  const std::vector<std::string> origins{"select: [{iata: origin}]"};
  EXPECT_THAT(shop_.rows({"select: [{iata: origin}]", "except: [known]"}), ElementsAre("JFK"));
  EXPECT_THAT(shop_.rows({"select: [{iata: origin}]", "intersect: [known]"}), ElementsAre("SFO"));
}

TEST_F(Components, WhatIsNotKnownIsSaidSo) {
  shop_.tables["flights"].open = true;
  EXPECT_THAT(shop_.rows({"drop: [month]"}), ElementsAre(HasSubstr("PEN3010 at 2: the columns of \"flights\" are not known")));
}

TEST(ComponentTable, IsInOrderAndEveryRowIsWhole) {
  std::string before;
  for (const ComponentSpec& component : component_table()) {
    EXPECT_LT(before, component.parameters.name);
    before = component.parameters.name;
    EXPECT_EQ(find_component(component.parameters.name), &component);
    EXPECT_TRUE(component.example.starts_with(std::string(component.parameters.name) + ": ")) << component.example;
    EXPECT_TRUE(component.parameters.doc.ends_with('.')) << before;
    for (const model::KeySpec& key : component.parameters.keys) {
      EXPECT_FALSE(key.example.empty()) << before << "." << key.name;
      EXPECT_TRUE(key.doc.ends_with('.')) << before << "." << key.name;
    }
  }
  EXPECT_EQ(find_component("nothing"), nullptr);
  EXPECT_GE(component_table().size(), 11U);
}

TEST(ComponentTable, ChecksAreInOrderAndEveryRowIsWhole) {
  std::string before;
  for (const CheckSpec& check : check_table()) {
    EXPECT_LT(before, check.parameters.name);
    before = check.parameters.name;
    EXPECT_EQ(find_check(check.parameters.name), &check);
    EXPECT_TRUE(check.example.starts_with(std::string(check.parameters.name) + ": ")) << check.example;
  }
  EXPECT_EQ(check_table().size(), 6U);
}

}  // namespace
}  // namespace penstock::components
