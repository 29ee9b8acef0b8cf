#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/components/fixture.h"

namespace penstock::components {
namespace {

using penstock::testing::Workshop;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const ir::Value kNull;
ir::Value number(std::int64_t value) { return value; }
ir::Value words(const char* value) { return std::string(value); }

class Checks : public ::testing::Test {
 protected:
  Checks() {
    shop_.table("flights", {"origin text", "delay int64"},
                {{words("SFO"), number(1)}, {words("SFO"), number(2)}, {kNull, number(3)}, {kNull, number(3)}, {words("JFK"), kNull}});
    shop_.table("airports", {"iata text", "origin text"}, {{words("SFO"), words("JFK")}, {kNull, words("SFO")}});
  }
  Workshop shop_;
};

TEST_F(Checks, NotNullFailsForRowsWithoutAValue) {
  EXPECT_THAT(shop_.failing("not_null: [origin]"), ElementsAre("NULL|3", "NULL|3"));
  EXPECT_THAT(shop_.failing("not_null: [origin, delay]"), ElementsAre("JFK|NULL", "NULL|3", "NULL|3"));
  EXPECT_THAT(shop_.failing("not_null: {columns: delay}"), ElementsAre("JFK|NULL"));
  EXPECT_THAT(shop_.failing("not_null: [orgin]"), ElementsAre(HasSubstr("did you mean \"origin\"?")));
}

TEST_F(Checks, UniqueFailsOncePerKeyAndLetsNullsPass) {
  EXPECT_THAT(shop_.failing("unique: [origin]"), ElementsAre("SFO|2"));
  EXPECT_THAT(shop_.failing("unique: [origin, delay]"), IsEmpty());
  EXPECT_THAT(shop_.failing("unique: delay"), ElementsAre("3|2"));
}

TEST_F(Checks, AcceptedValuesLetsNullPass) {
  EXPECT_THAT(shop_.failing("accepted_values: {column: origin, values: [SFO, LAX]}"), ElementsAre("JFK|NULL"));
  EXPECT_THAT(shop_.failing("accepted_values: {column: origin, values: [SFO, null, JFK]}"), IsEmpty());
  EXPECT_THAT(shop_.failing("accepted_values: {column: delay, values: [1, 2]}"), ElementsAre("NULL|3", "NULL|3"));
  EXPECT_THAT(shop_.failing("accepted_values: {column: delay, values: [1, two]}"),
              ElementsAre(HasSubstr("\"two\" is no value of type int64")));
}

TEST_F(Checks, RelationshipLetsNullPass) {
  EXPECT_THAT(shop_.failing("relationship: {column: origin, to: airports, field: iata}"), ElementsAre("JFK|NULL"));
  EXPECT_THAT(shop_.failing("relationship: {column: origin, to: airports}"), IsEmpty());
  EXPECT_THAT(shop_.failing("relationship: {column: origin, to: airprots}"), ElementsAre(HasSubstr("there is no table \"airprots\"")));
}

TEST_F(Checks, RelationshipNeedsComparableColumns) {
  EXPECT_THAT(shop_.failing("relationship: {column: delay, to: airports, field: iata}"), ElementsAre(HasSubstr("PEN3004")));
  shop_.diagnostics = {};
  EXPECT_THAT(shop_.failing("relationship: {column: [delay, origin], to: airports, field: iata}"),
              ElementsAre(HasSubstr("\"column\" has 2 columns and \"field\" has 1")));
}

TEST_F(Checks, RowCountFailsWithTheCount) {
  EXPECT_THAT(shop_.failing("row_count: {min: 6}"), ElementsAre("5"));
  EXPECT_THAT(shop_.failing("row_count: {max: 4}"), ElementsAre("5"));
  EXPECT_THAT(shop_.failing("row_count: {min: 5, max: 5}"), IsEmpty());
  EXPECT_THAT(shop_.failing("row_count: {min: 6, max: 5}"), ElementsAre(HasSubstr("\"max\" is less than \"min\"")));
  shop_.diagnostics = {};
  EXPECT_THAT(shop_.failing("row_count: {}"), ElementsAre(HasSubstr("needs \"min\", \"max\" or both")));
}

TEST_F(Checks, ExpressionFailsOnlyWhereItIsFalse) {
  EXPECT_THAT(shop_.failing("expression: delay > 1"), ElementsAre("SFO|1"));
  EXPECT_THAT(shop_.failing("expression: delay is not null and delay > 1"), ElementsAre("JFK|NULL", "SFO|1"));
  EXPECT_THAT(shop_.failing("expression: delay"), ElementsAre(HasSubstr("PEN3004")));
}

}  // namespace
}  // namespace penstock::components
