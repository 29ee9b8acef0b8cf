#include "pipelines/sql/expressions.h"

#include <gtest/gtest.h>

#include "tests/unit/sql/fixture.h"

namespace penstock::sql {
namespace {

class ExpressionsTest : public testing::Test {
 protected:
  ExpressionsTest() {
    columns_ = {{Identifier::exact("state"), ir::Type::of(ir::TypeKind::text), true},
                {Identifier::exact("delay"), ir::Type::of(ir::TypeKind::int32), true},
                {Identifier::exact("day"), ir::Type::of(ir::TypeKind::date), false}};
    scope_ = {{{Identifier::exact("flown"), columns_, false}}};
  }

  std::string shown_or_errors(const ir::ExpressionPtr& expression, const ir::Columns& columns) {
    const std::string errors = shown(diagnostics_);
    diagnostics_ = {};
    return expression ? ir::describe(*expression, columns) + " " + to_string(expression->type) + errors : errors;
  }
  std::string scalar(const std::string& text) { return shown_or_errors(expressions_.scalar(block(text), scope_), columns_); }
  std::string predicate(const std::string& text) { return shown_or_errors(expressions_.predicate(block(text), scope_), columns_); }

  ir::Columns columns_;
  ir::Scope scope_;
  TestTables tables_;
  Parameters parameters_ = test_parameters();
  Diagnostics diagnostics_;
  Expressions expressions_{&tables_, parameters_, diagnostics_};
};

TEST_F(ExpressionsTest, Scalars) {
  EXPECT_EQ(scalar("delay + 1"), "(delay + 1) int32");
  EXPECT_EQ(scalar("flown.delay"), "delay int32");
  EXPECT_EQ(scalar("'x'"), "'x' text");
  EXPECT_EQ(scalar("null"), "null::text text");
  EXPECT_EQ(scalar("day >= :interval_start"), "(day >= :interval_start::date) boolean");
  EXPECT_EQ(scalar("delay -- a comment"), "delay int32");
}

TEST_F(ExpressionsTest, PlacesAreThoseOfTheExpression) {
  EXPECT_EQ(scalar("dely + 1"), "1:1+4 PEN2004 there is no column \"dely\" | did you mean \"delay\"? | there are state, delay, day\n");
  EXPECT_EQ(scalar("delay +\n  dya"), "2:3+3 PEN2004 there is no column \"dya\" | did you mean \"day\"? | there are state, delay, day\n");
  EXPECT_EQ(scalar("delay + )"), "1:9+1 PEN3001 syntax error at or near \")\"\n");
  EXPECT_EQ(scalar(":intervalstart"),
            "1:1+14 PEN2007 there is no parameter :intervalstart | did you mean \"interval_start\"? | there are :interval_end, "
            ":interval_start, :least, :run_id; others are declared under parameters:\n");
}

TEST_F(ExpressionsTest, OnlyOneExpressionIsTaken) {
  const std::string wanted = "1:1+5 PEN3001 one expression is wanted here, without an alias | a whole SELECT belongs under sql:\n";
  EXPECT_EQ(scalar("delay, day"), wanted);
  EXPECT_EQ(scalar("delay as d"), wanted);
  EXPECT_EQ(scalar("delay from orders"), wanted);
  EXPECT_EQ(scalar("delay where true"), wanted);
  EXPECT_EQ(scalar("delay order by day"), wanted);
  EXPECT_EQ(scalar("delay limit 1"), wanted);
  EXPECT_EQ(scalar("delay union select 1"), wanted);
  EXPECT_EQ(scalar("  "), "1:1+1 PEN3001 an expression is wanted here\n");
  EXPECT_EQ(scalar("delay; select 1"),
            "1:8+6 PEN3002 a step is one SELECT, and another statement follows here | make a second step of it\n");
  EXPECT_EQ(scalar("*"), "1:1+1 PEN3001 * stands only in the SELECT list and in count(*)\n");
}

TEST_F(ExpressionsTest, AggregatesAndWindowsAreRefusedInScalars) {
  EXPECT_EQ(scalar("sum(delay)"), "1:1+3 PEN3006 the aggregate sum() cannot stand in this expression\n");
  EXPECT_NE(scalar("rank() over (order by delay)").find("PEN3006 the window function rank() cannot stand in this expression"),
            std::string::npos);
  EXPECT_NE(predicate("count(*) > 1").find("PEN3006"), std::string::npos);
}

TEST_F(ExpressionsTest, Predicates) {
  EXPECT_EQ(predicate("delay is not null"), "is not null(delay) boolean");
  EXPECT_EQ(predicate("delay"), "1:1+5 PEN3004 this condition wants a boolean, and this is int32\n");
  EXPECT_EQ(predicate("state in (select state from airports)").substr(0, 11), "state in $1");
}

TEST_F(ExpressionsTest, SortKeys) {
  ir::SortKey key;
  ASSERT_TRUE(expressions_.sort_key(block("delay desc"), scope_, key));
  EXPECT_TRUE(key.descending);
  EXPECT_TRUE(key.nulls_first);
  ASSERT_TRUE(expressions_.sort_key(block("delay + 1 nulls first"), scope_, key));
  EXPECT_FALSE(key.descending);
  EXPECT_TRUE(key.nulls_first);
  EXPECT_FALSE(expressions_.sort_key(block("delay, day"), scope_, key));
  EXPECT_FALSE(expressions_.sort_key(block("1"), scope_, key));
  EXPECT_FALSE(expressions_.sort_key(block("delay limit 1"), scope_, key));
  EXPECT_FALSE(expressions_.sort_key(block("dely"), scope_, key));
  // The same fault at the same place is kept once.
  EXPECT_EQ(diagnostics_.error_count(), 3U);
}

TEST_F(ExpressionsTest, AggregatesReadKeysAndCalls) {
  const std::vector<ir::NamedExpression> keys{{Identifier::exact("state"), ir::column(0, columns_[0].type, true)}};
  std::vector<ir::Aggregate::NamedCall> calls;
  const auto aggregate = [&](const std::string& text) {
    const ir::ExpressionPtr expression = expressions_.aggregate(block(text), scope_, keys, calls);
    return shown_or_errors(expression, {});
  };
  EXPECT_EQ(aggregate("sum(delay)"), "#1 int64");
  EXPECT_EQ(aggregate("sum(delay) / count(*)"), "(#1 / #2) int64");
  EXPECT_EQ(aggregate("upper(state)"), "upper(#0) text");
  EXPECT_EQ(calls.size(), 2U);
  EXPECT_NE(aggregate("day").find("PEN3005 column \"day\" is neither grouped nor inside an aggregate"), std::string::npos);
  EXPECT_NE(aggregate("sum(max(delay))").find("PEN3006"), std::string::npos);
  EXPECT_EQ(calls.size(), 2U);
}

TEST_F(ExpressionsTest, OpenColumnsAreNotedAndComeAfterTheKnown) {
  scope_.items[0].open = true;
  const ir::ExpressionPtr expression = expressions_.scalar(block("weather || wind || weather"), scope_);
  ASSERT_TRUE(expression);
  EXPECT_EQ(ir::describe(*expression), "((#3 || #4) || #3)");
  ASSERT_EQ(expressions_.open_columns().size(), 2U);
  EXPECT_EQ(expressions_.open_columns()[0].item.text(), "flown");
  EXPECT_EQ(expressions_.open_columns()[1].column.text(), "wind");
}

}  // namespace
}  // namespace penstock::sql
