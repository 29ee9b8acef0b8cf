#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipelines/dialects/dialect.h"
#include "tests/unit/publish/fixture.h"

// Which statements of a step carry its layout, on every kind of target.

namespace penstock::publish {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Mode = model::Publish::Mode;
using Change = model::TableLayout::Change;
using penstock::testing::Bench;
using penstock::testing::table_named;

constexpr Mode kTables[] = {Mode::table, Mode::append, Mode::merge, Mode::delete_insert, Mode::scd2};

/// A bench on a real dialect's facts, with a layout that has every key.
struct Laid {
  Bench bench;
  model::TableLayout layout;

  Laid(std::string_view dialect, Mode mode) {
    bench.can = dialects::find_dialect(dialect)->capabilities();
    bench.mode(mode, mode == Mode::table || mode == Mode::append ? "" : "id");
    ir::LayoutKey month;
    month.by = ir::PartitionBy::month;
    month.column = Identifier::exact("day");
    layout.partition.push_back({month, {}});
    layout.cluster.push_back({Identifier::exact("name"), {}});
    layout.distribution = ir::Distribution::by_columns;
    layout.distribute.push_back({Identifier::exact("id"), {}});
    layout.sort.push_back({Identifier::exact("id"), {}});
    layout.properties.push_back({"fillfactor", "70", false});
    bench.input.layout = &layout;
    if (mode == Mode::scd2) {
      bench.publish.effective_at = model::Located<Identifier>{Identifier::exact("day"), {}};
    }
  }

  /// Over what the facts say, whatever the bench has.
  StepPlan laid_out() {
    auto plan = plan_step(bench.input, bench.can);
    EXPECT_TRUE(plan) << plan.error().message;
    return plan ? *std::move(plan) : StepPlan();
  }

  void exists() {
    bench.input.facts.kind = TargetFacts::Kind::table;
    bench.input.facts.columns = published_columns(bench.publish, bench.input.columns);
    bench.input.facts.has_ledger = true;
  }
};

/// The layouts of the statements that make the published table, itself or as the table that is renamed to it.
std::vector<std::string> layouts_in(const StepPlan& plan) {
  bool renames = false;
  for (const Unit& unit : plan.units) {
    for (const ir::Statement& statement : unit.statements) {
      renames = renames || std::holds_alternative<ir::RenameTable>(statement);
    }
  }
  std::vector<std::string> all;
  for (const Unit& unit : plan.units) {
    for (const ir::Statement& statement : unit.statements) {
      const auto* create = std::get_if<ir::CreateTable>(&statement);
      const auto* create_as = std::get_if<ir::CreateTableAs>(&statement);
      const TableName* name = create != nullptr ? &create->table : create_as != nullptr ? &create_as->table : nullptr;
      if (name == nullptr || (*name != plan.target && !(renames && *name == plan.staged))) continue;
      all.push_back(to_string(create != nullptr ? create->layout : create_as->layout));
    }
  }
  return all;
}

bool makes(const StepPlan& plan) {
  return std::any_of(plan.units.begin(), plan.units.end(), [](const Unit& unit) { return unit.makes_table; });
}

TEST(Layouts, StandWhereverTheTableIsMadeFirst) {
  for (const dialects::Dialect* dialect : dialects::dialect_table()) {
    for (const Mode mode : kTables) {
      SCOPED_TRACE(std::string(dialect->name()) + " " + std::to_string(static_cast<int>(mode)));
      Laid laid(dialect->name(), mode);
      const StepPlan plan = laid.laid_out();
      EXPECT_TRUE(makes(plan));
      EXPECT_THAT(layouts_in(plan), ElementsAre(layout_text(laid.bench.input, laid.bench.can)));
    }
  }
}

TEST(Layouts, StandWhereverTheTableIsMadeAgain) {
  for (const dialects::Dialect* dialect : dialects::dialect_table()) {
    for (const Mode mode : kTables) {
      SCOPED_TRACE(std::string(dialect->name()) + " " + std::to_string(static_cast<int>(mode)));
      Laid laid(dialect->name(), mode);
      laid.exists();
      const StepPlan plan = laid.laid_out();
      const bool is_made = mode == Mode::table && laid.bench.can.replace != dialects::Replace::delete_insert_in_transaction;
      EXPECT_EQ(makes(plan), is_made);
      for (const std::string& layout : layouts_in(plan)) EXPECT_EQ(layout, layout_text(laid.bench.input, laid.bench.can));
    }
  }
}

TEST(Layouts, OfAKeptTableAreChangedOnlyOnRequest) {
  for (const char* dialect : {"trino", "bigquery", "databricks"}) {
    Laid laid(dialect, Mode::append);
    laid.exists();
    laid.bench.input.facts.has_other_layout = true;
    EXPECT_FALSE(makes(laid.laid_out())) << dialect;
    laid.layout.on_change = Change::rebuild;
    const StepPlan plan = laid.laid_out();
    EXPECT_THAT(plan.drift, ElementsAre(HasSubstr("is rebuilt with its rows")));
    ASSERT_EQ(plan.units.front().purpose, Unit::Purpose::prepare);
    EXPECT_TRUE(plan.units.front().makes_table);
    EXPECT_TRUE(plan.units.front().idempotent);
    const auto& create = std::get<ir::CreateTableAs>(plan.units.front().statements.at(0));
    EXPECT_TRUE(create.or_replace && create.is_kept);
    EXPECT_EQ(create.table, plan.target);
    EXPECT_EQ(std::get<ir::Scan>(create.query->node).table, plan.target);
    laid.bench.input.facts.has_other_layout = false;
    EXPECT_FALSE(makes(laid.laid_out())) << dialect;
  }
}

TEST(Layouts, OfATableThatGetsBackWhatItHadAreNotTheSteps) {
  Laid laid("postgres", Mode::table);
  laid.exists();
  laid.bench.input.facts.columns.edit().pop_back();
  EXPECT_TRUE(makes(laid.laid_out())) << "its columns have changed";
  laid.bench.input.facts.dependants.restoring.push_back({"alter table out set (fillfactor = '60')"});
  EXPECT_FALSE(makes(laid.laid_out()));
}

TEST(Layouts, PutRowsInOrderWhereTheyLieAsTheyAreWritten) {
  for (const Mode mode : kTables) {
    Laid laid("duckdb", mode);
    const StepPlan plan = laid.laid_out();
    int ordered = 0;
    for (const Unit& unit : plan.units) {
      for (const ir::Statement& statement : unit.statements) {
        const auto* create = std::get_if<ir::CreateTableAs>(&statement);
        if (create != nullptr && std::holds_alternative<ir::Sort>(create->query->node)) ++ordered;
      }
    }
    EXPECT_EQ(ordered, mode == Mode::scd2 ? 2 : 1) << static_cast<int>(mode);
  }
}

TEST(Layouts, AreNotOfViews) {
  Laid laid("trino", Mode::view);
  EXPECT_THAT(layout_notes(laid.bench.input, laid.bench.can), IsEmpty());
  EXPECT_EQ(layout_text(laid.bench.input, laid.bench.can), "");
}

TEST(Layouts, OfWhatIsWrittenInOrderSayThatRunsStandBehindEachOther) {
  Laid laid("duckdb", Mode::append);
  EXPECT_THAT(layout_notes(laid.bench.input, laid.bench.can), ::testing::Contains(HasSubstr("stand behind those of the runs before")));
  laid.bench.mode(Mode::table);
  EXPECT_THAT(layout_notes(laid.bench.input, laid.bench.can), Not(::testing::Contains(HasSubstr("stand behind"))));
}

}  // namespace
}  // namespace penstock::publish
