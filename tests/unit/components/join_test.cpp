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

class Joins : public ::testing::Test {
 protected:
  Joins() {
    shop_.table("flights", {"origin text", "id int64", "state text"},
                {{words("SFO"), number(1), words("x")}, {words("JFK"), number(2), words("y")}, {kNull, number(3), words("z")}});
    shop_.table("airports", {"iata text", "city text"},
                {{words("SFO"), words("San Francisco")}, {kNull, words("none")}, {words("LAX"), words("Los Angeles")}});
    shop_.table("details", {"id int64", "state text"}, {{number(1), words("on")}, {number(9), words("off")}});
  }
  Workshop shop_;
};

TEST_F(Joins, InnerLeftRightFullSemiAntiCross) {
  const auto join = [this](const std::string& type) {
    return shop_.rows({"drop: [state]", "join: {with: airports, type: " + type + ", on: origin = airports.iata}"});
  };
  EXPECT_THAT(join("inner"), ElementsAre("SFO|1|SFO|San Francisco"));
  EXPECT_THAT(join("left"), ElementsAre("JFK|2|NULL|NULL", "NULL|3|NULL|NULL", "SFO|1|SFO|San Francisco"));
  EXPECT_THAT(join("right"), ElementsAre("NULL|NULL|LAX|Los Angeles", "NULL|NULL|NULL|none", "SFO|1|SFO|San Francisco"));
  EXPECT_EQ(join("full").size(), 5U);
  EXPECT_THAT(join("semi"), ElementsAre("SFO|1"));
  EXPECT_THAT(join("anti"), ElementsAre("JFK|2", "NULL|3"));
  EXPECT_EQ(shop_.rows({"join: {with: airports, type: cross}"}).size(), 9U);
}

TEST_F(Joins, TheConditionIsWrittenDown) {
  EXPECT_THAT(shop_.rows({"join: {with: airports, type: inner}"}),
              ElementsAre(HasSubstr("a join of type inner needs \"on\"; on: left_column = right_table.column; to pair everything")));
}

TEST_F(Joins, AnEqualKeyOfTheSameNameIsGivenOnce) {
  EXPECT_THAT(names_of(shop_.chain({"drop: [state]", "join: {with: details, type: left, on: flights.id = details.id}"})->columns),
              ElementsAre("origin", "id", "state"));
  EXPECT_THAT(shop_.rows({"drop: [state]", "join: {with: details, type: full, on: [id]}"}),
              ElementsAre("JFK|2|NULL", "NULL|3|NULL", "NULL|9|off", "SFO|1|on"));
  EXPECT_THAT(shop_.rows({"drop: [state]", "join: {with: details, type: right, on: [id]}"}), ElementsAre("NULL|9|off", "SFO|1|on"));
}

TEST_F(Joins, EveryOtherClashOfNamesIsSettledByThePerson) {
  EXPECT_THAT(shop_.rows({"join: {with: details, type: left, on: [id]}"}),
              ElementsAre(AllOf(HasSubstr("PEN2009 at 9: both sides of the join have a column \"state\""),
                                HasSubstr("{details_state: state}"), HasSubstr("prefix: details_"))));
  for (const std::string& way : {std::string("prefix: details_"), std::string("columns: [{details_state: state}]")}) {
    Workshop other = shop_;
    other.diagnostics = {};
    EXPECT_THAT(names_of(other.chain({"join: {with: details, type: left, on: [id], " + way + "}"})->columns),
                ElementsAre("origin", "id", "state", "details_state"));
  }
}

TEST_F(Joins, ColumnsNamesWhatIsTaken) {
  EXPECT_THAT(names_of(shop_.chain({"join: {with: airports, type: left, on: origin = iata, columns: [city]}"})->columns),
              ElementsAre("origin", "id", "state", "city"));
  EXPECT_THAT(shop_.rows({"join: {with: airports, type: left, on: origin = iata, columns: [town]}"}),
              ElementsAre(HasSubstr("there is no column \"town\" in \"airports\"")));
}

TEST_F(Joins, ATableIsJoinedWithItselfUnderAnotherName) {
  EXPECT_THAT(shop_.rows({"join: {with: flights, type: inner, on: [id]}"}), ElementsAre(HasSubstr("such as `as: other`")));
  Workshop other = shop_;
  other.diagnostics = {};
  EXPECT_THAT(other.rows({"join: {with: flights, as: next, type: inner, on: flights.id + 1 = next.id, columns: [{after: id}]}"}),
              ElementsAre("JFK|2|y|3", "SFO|1|x|2"));
}

TEST_F(Joins, ExpectationsBecomeAudits) {
  const std::string join = "join: {with: airports, type: left, on: origin = airports.iata, expect: ";
  shop_.chain({join + "at_most_one}"});
  ASSERT_EQ(shop_.implied.size(), 1U);
  EXPECT_EQ(shop_.implied[0].name, "join_airports_at_most_one");
  EXPECT_THAT(shop_.implied_failing(0), IsEmpty());
  auto& rows = shop_.target.tables.at({{}, {}, Identifier::exact("airports")}).rows;
  rows.push_back({words("LAX"), words("twice, and nobody asks")});
  EXPECT_THAT(shop_.implied_failing(0), IsEmpty());
  rows.push_back({words("SFO"), words("twice")});
  EXPECT_THAT(shop_.implied_failing(0), ElementsAre("SFO|2"));
  shop_.chain({join + "exactly_one}"});
  ASSERT_EQ(shop_.implied.size(), 3U);
  EXPECT_EQ(shop_.implied[1].name, "join_airports_at_most_one_2");
  EXPECT_EQ(shop_.implied[2].name, "join_airports_at_least_one");
  EXPECT_THAT(shop_.implied_failing(2), ElementsAre("JFK", "NULL"));
}

TEST_F(Joins, ExpectationsHoldForRangesToo) {
  shop_.table("bands", {"low int64", "high int64"}, {{number(1), number(2)}, {number(2), number(3)}});
  shop_.chain({"join: {with: bands, type: inner, on: id >= low and id <= high, expect: at_most_one}"});
  EXPECT_THAT(shop_.implied_failing(0), ElementsAre("2|2"));
}

TEST_F(Joins, KeysWithoutMeaningAreRefused) {
  EXPECT_THAT(shop_.rows({"join: {with: airports, type: semi, on: origin = iata, prefix: a_}"}),
              ElementsAre(HasSubstr("\"prefix\" has no meaning in a join of type semi")));
  Workshop other = shop_;
  other.diagnostics = {};
  EXPECT_THAT(other.rows({"join: {with: airports, type: cross, on: origin = iata}"}),
              ElementsAre(HasSubstr("a cross join has no condition")));
  other.diagnostics = {};
  EXPECT_THAT(other.rows({"join: {with: airports, type: outer, on: origin = iata}"}),
              ElementsAre(HasSubstr("\"outer\" is not allowed here")));
  other.diagnostics = {};
  EXPECT_THAT(other.rows({"join: {with: details, type: inner, on: [state, origin]}"}),
              ElementsAre(HasSubstr("there is no column \"origin\" in \"details\"")));
}

TEST_F(Joins, LookupNeverMakesMoreRows) {
  EXPECT_THAT(shop_.rows({"lookup: {in: airports, on: origin = airports.iata, columns: [{origin_city: city}]}"}),
              ElementsAre("JFK|2|y|NULL", "NULL|3|z|NULL", "SFO|1|x|San Francisco"));
  ASSERT_EQ(shop_.implied.size(), 1U);
  EXPECT_EQ(shop_.implied[0].name, "join_airports_at_most_one");
}

}  // namespace
}  // namespace penstock::components
