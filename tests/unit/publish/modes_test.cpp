#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/publish/fixture.h"

namespace penstock::publish {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Mode = model::Publish::Mode;
using penstock::testing::Bench;
using penstock::testing::date;
using penstock::testing::every_target;
using penstock::testing::Rows;

const ir::Value kNull;

ir::Value id(std::int64_t value) { return value; }
ir::Value name(const char* value) { return std::string(value); }

/// Each write mode on each kind of target.
class Modes : public ::testing::TestWithParam<int> {
 protected:
  Modes() { bench_.can = every_target()[static_cast<std::size_t>(GetParam())].second; }
  Bench bench_;
};

TEST_P(Modes, TableHoldsExactlyTheRowsOfTheLastRun) {
  bench_.mode(Mode::table);
  bench_.source({{id(1), name("a"), date(2001, 1, 1)}});
  bench_.run();
  EXPECT_THAT(bench_.published(), ElementsAre("1|a|2001-01-01"));
  bench_.run_id("run-2");
  bench_.source({{id(2), name("b"), kNull}, {id(2), name("b"), kNull}});
  bench_.run();
  EXPECT_THAT(bench_.published(), ElementsAre("2|b|NULL", "2|b|NULL"));
  EXPECT_THAT(bench_.working_tables(), IsEmpty());
}

TEST_P(Modes, AppendAddsTheRowsOfEveryRun) {
  bench_.mode(Mode::append);
  bench_.source({{id(1), name("a"), kNull}});
  bench_.run();
  bench_.run_id("run-2");
  bench_.run();
  EXPECT_THAT(bench_.published(), ElementsAre("1|a|NULL", "1|a|NULL"));
}

TEST_P(Modes, MergeUpdatesByKeyAndInsertsTheRest) {
  bench_.mode(Mode::merge, "id");
  bench_.source({{id(1), name("a"), kNull}, {id(2), name("b"), kNull}, {kNull, name("none"), kNull}});
  bench_.run();
  bench_.run_id("run-2");
  bench_.source({{id(2), name("B"), kNull}, {id(3), name("c"), kNull}, {kNull, name("None"), kNull}});
  bench_.run();
  EXPECT_THAT(bench_.published(), ElementsAre("1|a|NULL", "2|B|NULL", "3|c|NULL", "NULL|None|NULL"));
}

// NULL is compared by a stand-in and a flag: the stand-in's own value is another key.
TEST_P(Modes, AMissingKeyIsNotTheKeyThatStandsInForIt) {
  int runs = 0;
  for (const Mode mode : {Mode::merge, Mode::delete_insert}) {
    bench_.mode(mode, "id");
    bench_.run_id(std::to_string(++runs));
    bench_.source({{id(0), name("zero"), kNull}});
    bench_.run();
    bench_.run_id(std::to_string(++runs));
    bench_.source({{kNull, name("none"), kNull}});
    bench_.run();
    EXPECT_THAT(bench_.published(), ElementsAre("0|zero|NULL", "NULL|none|NULL"));
  }
}

TEST_P(Modes, MergeByTheNewestGivesTheSameForEveryOrder) {
  bench_.mode(Mode::merge, "id");
  bench_.publish.newest_by = model::Located<Identifier>{Identifier::exact("day"), {}};
  bench_.source({{id(1), name("second"), date(2001, 1, 2)}, {id(2), name("first"), date(2001, 1, 1)}, {id(3), name("undated"), kNull}});
  bench_.run();
  bench_.run_id("run-2");
  bench_.source({{id(1), name("first"), date(2001, 1, 1)}, {id(2), name("second"), date(2001, 1, 2)}, {id(3), name("third"), date(2001, 1, 3)}});
  bench_.run();
  bench_.run_id("run-3");
  bench_.source({{id(1), name("undated"), kNull}, {id(4), name("new"), kNull}});
  bench_.run();
  EXPECT_THAT(bench_.published(),
              ElementsAre("1|second|2001-01-02", "2|second|2001-01-02", "3|third|2001-01-03", "4|new|NULL"));
}

TEST_P(Modes, MergeOfATableThatIsAllKeyOnlyInserts) {
  bench_.mode(Mode::merge, "id");
  bench_.publish.key = {{Identifier::exact("id"), {}}, {Identifier::exact("name"), {}}, {Identifier::exact("day"), {}}};
  bench_.source({{id(1), name("a"), kNull}});
  bench_.run();
  bench_.run_id("run-2");
  bench_.source({{id(1), name("a"), kNull}, {id(1), kNull, kNull}});
  bench_.run();
  EXPECT_THAT(bench_.published(), ElementsAre("1|NULL|NULL", "1|a|NULL"));
}

TEST_P(Modes, DeleteInsertByKeyReplacesWholeGroups) {
  bench_.mode(Mode::delete_insert, "id");
  bench_.source({{id(1), name("a"), kNull}, {id(1), name("b"), kNull}, {id(2), name("c"), kNull}, {kNull, name("d"), kNull}});
  bench_.run();
  bench_.run_id("run-2");
  bench_.source({{id(1), name("x"), kNull}, {kNull, name("y"), kNull}, {kNull, name("z"), kNull}, {id(3), name("n"), kNull}});
  bench_.run();
  EXPECT_THAT(bench_.published(), ElementsAre("1|x|NULL", "2|c|NULL", "3|n|NULL", "NULL|y|NULL", "NULL|z|NULL"));
}

TEST_P(Modes, DeleteInsertByIntervalReplacesTheIntervalAndNothingElse) {
  bench_.mode(Mode::delete_insert, {}, "day");
  bench_.source({{id(1), name("a"), date(2001, 1, 1)}, {id(2), name("b"), date(2001, 1, 1)}});
  bench_.run();
  bench_.day(2);
  bench_.run_id("run-2");
  bench_.source({{id(3), name("c"), date(2001, 1, 2)}});
  bench_.run();
  bench_.day(1);
  bench_.run_id("run-3");
  bench_.source({{id(1), name("A"), date(2001, 1, 1)}});
  bench_.run();
  EXPECT_THAT(bench_.published(), ElementsAre("1|A|2001-01-01", "3|c|2001-01-02"));
}

TEST_P(Modes, DeleteInsertOfAnEmptyIntervalEmptiesIt) {
  bench_.mode(Mode::delete_insert, {}, "day");
  bench_.source({{id(1), name("a"), date(2001, 1, 1)}});
  bench_.run();
  bench_.run_id("run-2");
  bench_.source({});
  bench_.run();
  EXPECT_THAT(bench_.published(), IsEmpty());
}

// The case that was checked on PostgreSQL and DuckDB: a late row, a repeat without a change, a new key.
TEST_P(Modes, Scd2RebuildsTheHistoryOfTheKeysThatCame) {
  bench_.mode(Mode::scd2, "id");
  bench_.publish.effective_at = model::Located<Identifier>{Identifier::exact("day"), {}};
  bench_.source({{id(1), name("a"), date(2001, 1, 1)}, {id(1), name("b"), date(2001, 3, 1)}, {id(2), name("x"), date(2001, 1, 1)}});
  bench_.run();
  bench_.run_id("run-2");
  bench_.source({{id(1), name("late"), date(2001, 2, 1)}, {id(2), name("x"), date(2001, 2, 1)}, {id(3), name("n"), date(2001, 5, 1)}});
  bench_.run();
  EXPECT_THAT(bench_.published(), ElementsAre("1|a|2001-01-01|2001-01-01|2001-02-01|false", "1|b|2001-03-01|2001-03-01|NULL|true",
                                              "1|late|2001-02-01|2001-02-01|2001-03-01|false", "2|x|2001-01-01|2001-01-01|NULL|true",
                                              "3|n|2001-05-01|2001-05-01|NULL|true"));
  EXPECT_THAT(bench_.working_tables(), IsEmpty());
}

TEST_P(Modes, Scd2TwiceWithTheSameRowsChangesNothing) {
  bench_.mode(Mode::scd2, "id");
  bench_.publish.effective_at = model::Located<Identifier>{Identifier::exact("day"), {}};
  bench_.source({{id(1), name("a"), date(2001, 1, 1)}, {id(1), kNull, date(2001, 2, 1)}, {kNull, name("b"), date(2001, 1, 1)}});
  bench_.run();
  const auto once = bench_.published();
  bench_.run_id("run-2");
  bench_.run();
  EXPECT_EQ(bench_.published(), once);
  EXPECT_EQ(once.size(), 3U);
}

TEST_P(Modes, Scd2TakesACorrectionOfTheSameMoment) {
  bench_.mode(Mode::scd2, "id");
  bench_.publish.effective_at = model::Located<Identifier>{Identifier::exact("day"), {}};
  bench_.source({{id(1), name("a"), date(2001, 1, 1)}, {id(1), name("b"), date(2001, 2, 1)}});
  bench_.run();
  bench_.run_id("run-2");
  bench_.source({{id(1), name("b"), date(2001, 1, 1)}});
  bench_.run();
  EXPECT_THAT(bench_.published(), ElementsAre("1|b|2001-01-01|2001-01-01|NULL|true"));
}

TEST_P(Modes, Scd2LooksOnlyAtTheTrackedColumns) {
  bench_.mode(Mode::scd2, "id");
  bench_.publish.tracked.push_back({Identifier::exact("day"), {}});
  bench_.source({{id(1), name("a"), kNull}});
  bench_.run();
  bench_.run_id("run-2");
  bench_.day(2);
  bench_.source({{id(1), name("b"), kNull}});
  bench_.run();
  EXPECT_THAT(bench_.published(), ElementsAre("1|a|NULL|2001-01-01 00:00:00|NULL|true"));
}

TEST_P(Modes, Scd2WithoutAColumnOfTimeTakesTheStartOfTheInterval) {
  bench_.mode(Mode::scd2, "id");
  bench_.source({{id(1), name("a"), kNull}});
  bench_.run();
  bench_.run_id("run-2");
  bench_.day(2);
  bench_.source({{id(1), name("b"), kNull}});
  bench_.run();
  EXPECT_THAT(bench_.published(),
              ElementsAre("1|a|NULL|2001-01-01 00:00:00|2001-01-02 00:00:00|false", "1|b|NULL|2001-01-02 00:00:00|NULL|true"));
}

TEST_P(Modes, ViewShowsTheQuery) {
  bench_.mode(Mode::view);
  bench_.source({{id(1), name("a"), kNull}});
  bench_.run();
  bench_.source({{id(2), name("b"), kNull}});
  EXPECT_THAT(bench_.published(), ElementsAre("2|b|NULL"));
}

TEST_P(Modes, RowsThatFailABlockingCheckNeverReachTheTable) {
  bench_.source({{id(1), name("a"), kNull}});
  bench_.mode(Mode::table);
  bench_.run();
  const auto columns = bench_.input.columns;
  const auto staged = ir::scan(bench_.input.target, columns);
  CompiledCheck check;
  check.name = "not_null_id";
  check.failing = ir::filter(staged, ir::call(ir::Function::is_null, {ir::column_of(*staged, 0)}));
  bench_.input.checks = {check};
  bench_.source({{kNull, name("bad"), kNull}});
  for (const Mode mode : {Mode::table, Mode::append, Mode::delete_insert, Mode::merge}) {
    bench_.mode(mode, "id");
    EXPECT_EQ(bench_.send(bench_.laid_out()), "blocked by not_null_id");
    EXPECT_THAT(bench_.published(), ElementsAre("1|a|NULL"));
  }
  bench_.input.checks[0].severity = model::Check::Severity::warn;
  bench_.mode(Mode::table);
  bench_.run_id("run-2");
  bench_.run();
  EXPECT_THAT(bench_.published(), ElementsAre("NULL|bad|NULL"));
}

TEST_P(Modes, RepeatedKeysInABatchBlockAMerge) {
  bench_.mode(Mode::merge, "id");
  bench_.source({{kNull, name("a"), kNull}, {kNull, name("b"), kNull}});
  EXPECT_EQ(bench_.send(bench_.laid_out()), "blocked by one_row_per_key");
}

TEST_P(Modes, RepeatedMomentsInABatchBlockScd2) {
  bench_.mode(Mode::scd2, "id");
  bench_.publish.effective_at = model::Located<Identifier>{Identifier::exact("day"), {}};
  bench_.source({{id(1), name("a"), date(2001, 1, 1)}, {id(1), name("b"), date(2001, 1, 1)}});
  EXPECT_EQ(bench_.send(bench_.laid_out()), "blocked by one_row_per_key");
  bench_.source({{id(1), name("a"), kNull}});
  EXPECT_EQ(bench_.send(bench_.laid_out()), "blocked by effective_at_is_present");
}

TEST_P(Modes, RowsOutsideTheIntervalBlockDeleteInsert) {
  bench_.mode(Mode::delete_insert, {}, "day");
  for (const ir::Value& day : {date(2001, 1, 2), date(2000, 12, 31), kNull}) {
    bench_.source({{id(1), name("a"), day}});
    EXPECT_EQ(bench_.send(bench_.laid_out()), "blocked by rows_inside_interval");
  }
}

TEST_P(Modes, NewColumnsAreRefusedUnlessThePolicyAddsThem) {
  bench_.mode(Mode::append);
  bench_.source({{id(1), name("a"), kNull}});
  bench_.run();
  ir::Columns more = bench_.input.columns;
  more.push_back({Identifier::exact("size"), ir::Type::of(ir::TypeKind::int32), true});
  bench_.target.tables[penstock::testing::table_named("src")] = {more, {{id(2), name("b"), kNull, id(9)}}, false, nullptr};
  bench_.columns(more);
  bench_.run_id("run-2");
  const auto refused = bench_.plan();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::refused);
  EXPECT_THAT(refused.error().message, HasSubstr("column \"size\" (int32) is new"));
  bench_.publish.on_schema_change = model::Publish::Drift::add;
  EXPECT_THAT(bench_.laid_out().drift, ElementsAre(HasSubstr("column \"size\" (int32) is new")));
  bench_.run();
  EXPECT_THAT(bench_.published(), ElementsAre("1|a|NULL|NULL", "2|b|NULL|9"));
}

std::string target_name(const ::testing::TestParamInfo<int>& info) { return every_target()[static_cast<std::size_t>(info.param)].first; }

INSTANTIATE_TEST_SUITE_P(EveryTarget, Modes, ::testing::Values(0, 1, 2, 3, 4), target_name);

}  // namespace
}  // namespace penstock::publish
