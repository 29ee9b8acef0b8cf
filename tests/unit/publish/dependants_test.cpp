#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/publish/fixture.h"

namespace penstock::publish {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Mode = model::Publish::Mode;
using penstock::testing::Bench;
using penstock::testing::date;
using penstock::testing::every_target;
using penstock::testing::table_named;

/// A published table under two views of the project, one upon the other, at a target where what a view reads cannot be dropped.
class DependantsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    bench_.target.views_hold_tables = true;
    bench_.source({{std::int64_t{1}, std::string("a"), date(2001, 1, 1)}, {std::int64_t{2}, std::string("b"), date(2001, 1, 1)}});
  }

  void publish_first(Mode mode, const std::string& key = {}) {
    bench_.mode(mode, key);
    bench_.run();
    make_view(low_, bench_.input.target, bench_.input.columns);
    make_view(high_, low_, {bench_.input.columns[0]});
    bench_.run_id("run-2");
  }

  void make_view(const TableName& name, const TableName& read, const ir::Columns& columns) {
    const ir::RelationPtr query = pick(read, columns, "id");
    ASSERT_EQ(bench_.target.run(ir::CreateView{name, query}), "");
  }

  /// The view shows only the column.
  static ir::RelationPtr pick(const TableName& read, const ir::Columns& columns, const char* column) {
    const ir::RelationPtr rows = ir::scan(read, columns);
    return ir::project(rows, {{Identifier::exact(column), ir::column_of(*rows, *ir::find_column(columns, Identifier::exact(column)))}});
  }

  /// What a run finds: both views, each behind the one that it reads.
  void see_views() {
    const ir::RelationPtr low = pick(bench_.input.target, bench_.input.columns, "id");
    Dependants& seen = bench_.dependants;
    seen.views = {{low_, low, {{"grant low"}}},
                  {high_, pick(low_, low->columns, "id"), {{"grant high"}, {"gone", Identifier::exact("name")}}}};
    seen.restoring = {{"grant table"}, {"on id", Identifier::exact("id")}, {"on name", Identifier::exact("name")}, {"of kind", {}, true}};
    seen.guard = "guard";
  }

  /// Only the id is given, so the table has to be replaced.
  void narrow() { bench_.columns({bench_.input.columns[0]}); }

  std::vector<std::string> rows_of(const TableName& view) {
    return penstock::testing::text_of(bench_.target.evaluate(*ir::scan(view, bench_.target.tables.at(view).columns)));
  }

  Bench bench_;
  const TableName low_ = table_named("low");
  const TableName high_ = table_named("high");
};

TEST_F(DependantsTest, WithoutThemTheTableCannotBeReplaced) {
  publish_first(Mode::table);
  narrow();
  EXPECT_THAT(bench_.send(bench_.laid_out()), HasSubstr("depends on it"));
}

TEST_F(DependantsTest, TheProjectsViewsAreMadeAgainWithTheTable) {
  publish_first(Mode::table);
  narrow();
  see_views();
  bench_.source({{std::int64_t{3}, std::string("c"), date(2001, 1, 2)}});
  const StepPlan plan = bench_.laid_out();
  EXPECT_THAT(plan.drift, ::testing::IsSupersetOf({"the view ops.low is made again", "the view ops.high is made again"}));
  EXPECT_EQ(bench_.send(plan), "");
  EXPECT_THAT(rows_of(low_), ElementsAre("3"));
  EXPECT_THAT(rows_of(high_), ElementsAre("3"));
  EXPECT_THAT(bench_.target.native_statements, ElementsAre("guard", "grant table", "on id", "of kind", "grant low", "grant high"));
}

TEST_F(DependantsTest, TheyAreDroppedFromTheOutermostAndMadeInTheSameTransaction) {
  publish_first(Mode::table);
  narrow();
  see_views();
  const StepPlan plan = bench_.laid_out();
  std::vector<std::string> order;
  for (const Unit& unit : plan.units) {
    for (const ir::Statement& statement : unit.statements) {
      if (const auto* drop = std::get_if<ir::DropView>(&statement)) order.push_back("drop " + to_string(drop->view));
      if (std::holds_alternative<ir::RenameTable>(statement)) order.emplace_back("rename");
      if (const auto* create = std::get_if<ir::CreateView>(&statement)) {
        order.push_back("create " + to_string(create->view));
        EXPECT_TRUE(unit.transaction);
      }
    }
    for (const Remaking& remaking : unit.remakes) {
      EXPECT_EQ(std::get<ir::CreateView>(unit.statements.at(remaking.statement)).view, remaking.view);
    }
  }
  EXPECT_THAT(order, ElementsAre("drop ops.high", "drop ops.low", "rename", "create ops.low", "create ops.high"));
}

TEST_F(DependantsTest, WhereverItStopsReadersSeeTheOldOrTheNew) {
  publish_first(Mode::table);
  const auto before = rows_of(high_);
  narrow();
  see_views();
  bench_.source({{std::int64_t{3}, std::string("c"), date(2001, 1, 2)}});
  for (int most = 0;; ++most) {
    const auto target = bench_.target;
    const std::string end = bench_.send(bench_.laid_out(), most);
    const bool is_new = rows_of(high_) == std::vector<std::string>{"3"};
    EXPECT_TRUE(is_new || rows_of(high_) == before) << most;
    if (end.empty()) break;
    bench_.target = target;
  }
}

TEST_F(DependantsTest, OthersAreNamedAndNothingIsPlanned) {
  publish_first(Mode::table);
  narrow();
  see_views();
  for (const char* other : {"view a.a (owner x)", "rule b", "c", "d", "e", "f", "g"}) bench_.dependants.others.emplace_back(other);
  const auto plan = bench_.plan();
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().kind, ErrorKind::refused);
  EXPECT_THAT(plan.error().message,
              HasSubstr("ops.out cannot be replaced, because others depend on it: view a.a (owner x), rule b, c, d, e and 2 more"));
  EXPECT_THAT(plan.error().hint, Not(HasSubstr("CASCADE")));
}

TEST_F(DependantsTest, WhatKeepsItsColumnsTakesNothingAway) {
  for (const Mode mode : {Mode::table, Mode::append, Mode::merge, Mode::delete_insert, Mode::scd2, Mode::view}) {
    for (const auto& [name, can] : every_target()) {
      Bench bench;
      bench.can = can;
      bench.mode(mode, "id");
      EXPECT_FALSE(bench.laid_out().taken) << name;
      bench.run();
      bench.run_id("run-2");
      EXPECT_FALSE(bench.laid_out().taken) << name;
    }
  }
}

TEST_F(DependantsTest, OnlyTheColumnsThatAreAlteredAreTaken) {
  publish_first(Mode::append);
  bench_.target.tables.at(bench_.input.target).columns.edit()[0].type = ir::Type::of(ir::TypeKind::int32);
  bench_.columns({bench_.input.columns[0], bench_.input.columns[1]});
  bench_.publish.on_schema_change = model::Publish::Drift::sync;
  const StepPlan plan = bench_.laid_out();
  ASSERT_TRUE(plan.taken);
  EXPECT_THAT(plan.taken->columns, ElementsAre(Identifier::exact("id"), Identifier::exact("day")));
  bench_.dependants.others = {"view a.a"};
  EXPECT_THAT(bench_.plan().error().message, HasSubstr("the columns \"id\", \"day\" of ops.out cannot be altered or dropped"));
}

TEST_F(DependantsTest, AViewThatLosesAColumnTakesAllOfItself) {
  bench_.mode(Mode::view);
  bench_.run();
  make_view(low_, bench_.input.target, bench_.input.columns);
  make_view(high_, low_, {bench_.input.columns[0]});
  bench_.run_id("run-2");
  narrow();
  EXPECT_TRUE(bench_.laid_out().taken);
  EXPECT_THAT(bench_.send(bench_.laid_out()), HasSubstr("depends on it"));
  see_views();
  EXPECT_EQ(bench_.send(bench_.laid_out()), "");
  EXPECT_THAT(rows_of(high_), ElementsAre("1", "2"));
}

TEST_F(DependantsTest, WhatOnlyATableHasIsNotGivenToAView) {
  publish_first(Mode::table);
  see_views();
  bench_.mode(Mode::view);
  EXPECT_EQ(bench_.send(bench_.laid_out()), "");
  EXPECT_THAT(bench_.target.native_statements, Not(::testing::Contains("of kind")));
}

}  // namespace
}  // namespace penstock::publish
