#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/publish/fixture.h"

namespace penstock::publish {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Mode = model::Publish::Mode;
using Purpose = Unit::Purpose;
using penstock::testing::Bench;
using penstock::testing::committing;
using penstock::testing::every_target;
using penstock::testing::guarded;
using penstock::testing::single_statement;
using penstock::testing::table_named;
using penstock::testing::transactional;

std::vector<Purpose> purposes(const StepPlan& plan) {
  std::vector<Purpose> all;
  for (const Unit& unit : plan.units) all.push_back(unit.purpose);
  return all;
}

const Unit& only(const StepPlan& plan, Purpose purpose) {
  const Unit* found = nullptr;
  for (const Unit& unit : plan.units) {
    if (unit.purpose != purpose) continue;
    EXPECT_EQ(found, nullptr) << "more than one";
    found = &unit;
  }
  EXPECT_NE(found, nullptr);
  static const Unit kNone{};
  return found ? *found : kNone;
}

template <typename Node>
bool is(const ir::Statement& statement) {
  return std::holds_alternative<Node>(statement);
}

class CountUses : public ::testing::Test {
 protected:
  static int uses_of_source(const StepPlan& plan, const TableName& source) {
    int uses = 0;
    for (const Unit& unit : plan.units) {
      for (const ir::Statement& statement : unit.statements) uses += reads(statement, source) ? 1 : 0;
    }
    return uses;
  }

 private:
  static bool reads(const ir::Statement& statement, const TableName& source) {
    ir::RelationPtr query;
    if (const auto* node = std::get_if<ir::SelectStatement>(&statement)) query = node->query;
    if (const auto* node = std::get_if<ir::CreateTableAs>(&statement)) query = node->query;
    if (const auto* node = std::get_if<ir::InsertSelect>(&statement)) query = node->query;
    if (const auto* node = std::get_if<ir::Merge>(&statement)) query = node->source;
    if (!query) return false;
    const auto tables = ir::tables_read(*query);
    return std::find(tables.begin(), tables.end(), source) != tables.end();
  }
};

TEST_F(CountUses, TheQueryIsEvaluatedOnce) {
  for (const auto& [name, can] : every_target()) {
    for (const Mode mode : {Mode::table, Mode::append, Mode::merge, Mode::delete_insert, Mode::scd2}) {
      Bench bench;
      bench.can = can;
      bench.mode(mode, "id");
      EXPECT_EQ(uses_of_source(bench.laid_out(), table_named("src")), 1) << name;
    }
  }
}

TEST(Plan, TransactionalTargetsRecordAndPublishInOneTransaction) {
  Bench bench;
  bench.mode(Mode::table);
  bench.run();
  bench.run_id("run-2");
  const StepPlan plan = bench.laid_out();
  EXPECT_EQ(purposes(plan), (std::vector{Purpose::stage, Purpose::publish, Purpose::cleanup}));
  const Unit& publish = only(plan, Purpose::publish);
  EXPECT_TRUE(publish.transaction);
  EXPECT_FALSE(publish.idempotent);
  EXPECT_FALSE(publish.ledger_token.empty());
  ASSERT_EQ(publish.statements.size(), 4U);
  EXPECT_EQ(std::get<ir::LockTable>(publish.statements[0]).table, bench.input.target);
  EXPECT_EQ(std::get<ir::InsertSelect>(publish.statements[1]).table, ledger_table(bench.input.target));
  EXPECT_TRUE(is<ir::DeleteRows>(publish.statements[2]));
  EXPECT_TRUE(is<ir::InsertSelect>(publish.statements[3]));
}

TEST(Plan, TheLedgerCountsTheRowsThatWereWritten) {
  Bench bench;
  bench.mode(Mode::append);
  bench.source({{std::int64_t{1}, ir::Value(), ir::Value()}, {std::int64_t{2}, ir::Value(), ir::Value()}});
  bench.run();
  const auto& ledger = bench.target.tables.at(table_named("penstock_ledger"));
  ASSERT_EQ(ledger.rows.size(), 1U);
  EXPECT_EQ(ledger.rows[0][0], ir::Value(only(bench.laid_out(), Purpose::publish).ledger_token));
  EXPECT_EQ(ledger.rows[0][3], ir::Value(std::int64_t{2}));
}

TEST(Plan, TheLedgerIsMadeOnlyWhereItIsNotKnown) {
  Bench bench;
  bench.mode(Mode::append);
  bench.run();
  for (const Unit& unit : bench.laid_out().units) EXPECT_NE(unit.purpose, Purpose::prepare);
}

TEST(Plan, SingleStatementTargetsPublishByOneStatement) {
  for (const Mode mode : {Mode::table, Mode::append, Mode::merge, Mode::delete_insert, Mode::scd2}) {
    Bench bench;
    bench.can = single_statement();
    bench.mode(mode, "id");
    const StepPlan plan = bench.laid_out();
    for (const Unit& unit : plan.units) {
      EXPECT_EQ(unit.statements.size(), 1U);
      EXPECT_FALSE(unit.transaction);
      EXPECT_TRUE(unit.ledger_token.empty());
      EXPECT_EQ(unit.idempotent, !(unit.purpose == Purpose::publish && mode == Mode::append));
    }
    if (mode != Mode::scd2) only(plan, Purpose::publish);
  }
}

TEST(Plan, WhatWasSeenIsRememberedWithThePublishOrRightAfterIt) {
  const auto written = [](const ir::Statement& statement) {
    if (const auto* merge = std::get_if<ir::Merge>(&statement)) return merge->target.name.text();
    return std::get<ir::InsertSelect>(statement).table.name.text();
  };
  Bench bench;
  bench.mode(Mode::scd2, "id");
  const StepPlan whole = bench.laid_out();
  const Unit& publish = only(whole, Purpose::publish);
  ASSERT_EQ(publish.statements.size(), 8U) << "the lock; the histories; the ledger; delete and insert for each of the two; the histories go";
  EXPECT_TRUE(is<ir::LockTable>(publish.statements[0]));
  EXPECT_TRUE(is<ir::CreateTableAs>(publish.statements[1])) << "read when the table is held";
  EXPECT_THAT(written(publish.statements[4]), ::testing::StartsWith("penstock_seen_"));
  EXPECT_EQ(written(publish.statements[6]), "out") << "the table is the last, and the number of rows is its";
  bench.can = single_statement();
  std::vector<std::string> order;
  for (const Unit& unit : bench.laid_out().units) {
    if (unit.purpose == Purpose::publish) order.push_back(written(unit.statements.at(0)));
  }
  ASSERT_EQ(order.size(), 2U);
  EXPECT_EQ(order[0], "out") << "only of rows that are published may anything be remembered";
  EXPECT_THAT(order[1], ::testing::StartsWith("penstock_seen_"));
}

TEST(Plan, NoDdlInsideATransactionWhereDdlIsNotTransactional) {
  const auto hold = [](Bench& bench) {
    for (const Unit& unit : bench.laid_out().units) {
      for (const ir::Statement& statement : unit.statements) {
        const bool changes_rows = is<ir::InsertSelect>(statement) || is<ir::DeleteRows>(statement) || is<ir::Merge>(statement);
        EXPECT_TRUE(changes_rows || !unit.transaction) << static_cast<int>(bench.publish.mode) << " " << statement.index();
      }
    }
  };
  for (const dialects::Capabilities& can : {guarded(), committing()}) {
    for (const Mode mode : {Mode::table, Mode::append, Mode::merge, Mode::delete_insert, Mode::scd2}) {
      Bench bench;
      bench.can = can;
      bench.mode(mode, "id");
      hold(bench);
      bench.run();
      // Onto a table that is there, with another column.
      bench.run_id("run-2");
      bench.publish.on_schema_change = model::Publish::Drift::sync;
      ir::Columns columns = bench.input.columns;
      columns.push_back({Identifier::exact("size"), ir::Type::of(ir::TypeKind::int32), true});
      bench.columns(columns);
      hold(bench);
    }
  }
}

TEST(Plan, AnAbsentOrChangedTableIsReplacedByRename) {
  Bench bench;
  bench.mode(Mode::table);
  EXPECT_TRUE(is<ir::RenameTable>(only(bench.laid_out(), Purpose::publish).statements.back()));
  bench.run();
  bench.target.tables.at(bench.input.target).columns.edit().pop_back();
  for (auto& row : bench.target.tables.at(bench.input.target).rows) row.pop_back();
  bench.run_id("run-2");
  const StepPlan plan = bench.laid_out();
  EXPECT_TRUE(is<ir::DropTable>(only(plan, Purpose::publish).statements[2]));
  EXPECT_TRUE(is<ir::RenameTable>(only(plan, Purpose::publish).statements[3]));
  EXPECT_THAT(plan.drift, ::testing::ElementsAre(HasSubstr("column \"day\" (date) is new: the table is replaced")));
}

TEST(Plan, ATableThatIsWideEnoughIsKept) {
  Bench bench;
  bench.mode(Mode::table);
  bench.run();
  bench.run_id("run-2");
  bench.retype(0, ir::TypeKind::int32);
  EXPECT_TRUE(is<ir::DeleteRows>(only(bench.laid_out(), Purpose::publish).statements[2]));
  bench.target.tables.at(bench.input.target).columns.edit()[0].type = ir::Type::of(ir::TypeKind::int16);
  EXPECT_TRUE(is<ir::RenameTable>(only(bench.laid_out(), Purpose::publish).statements.back()));
}

// Many targets keep a uuid as a text.
TEST(Plan, AUuidGoesIntoAText) {
  Bench bench;
  bench.mode(Mode::append);
  bench.run();
  bench.run_id("run-2");
  bench.retype(1, ir::TypeKind::uuid);
  EXPECT_THAT(bench.laid_out().drift, ::testing::IsEmpty());
  bench.target.tables.at(bench.input.target).columns.edit()[1].type = ir::Type::varchar(35);
  bench.look();
  EXPECT_FALSE(bench.plan());
}

TEST(Plan, KeysThatAreNeverNullCompareByPlainEquality) {
  Bench bench;
  bench.mode(Mode::merge, "id");
  const auto on = [&bench] { return std::get<ir::Merge>(only(bench.laid_out(), Purpose::publish).statements.back()).on; };
  EXPECT_EQ(std::get<ir::Call>(on()->node).function, ir::Function::logical_and);
  ir::Columns columns = bench.input.columns;
  columns.edit()[0].nullable = false;
  bench.columns(columns);
  EXPECT_EQ(std::get<ir::Call>(on()->node).function, ir::Function::equal);
  columns.edit()[0].nullable = true;
  bench.columns(columns);
  const auto staged = ir::scan(bench.input.target, bench.input.columns);
  CompiledCheck check;
  check.name = "not_null";
  check.failing = ir::filter(staged, ir::any_of({ir::call(ir::Function::is_null, {ir::column_of(*staged, 1)}),
                                                 ir::call(ir::Function::is_null, {ir::column_of(*staged, 0)})}));
  bench.input.checks = {check};
  EXPECT_EQ(std::get<ir::Call>(on()->node).function, ir::Function::equal);
  bench.input.checks[0].severity = model::Check::Severity::warn;
  EXPECT_EQ(std::get<ir::Call>(on()->node).function, ir::Function::logical_and);
  bench.can.hashes_null_safe = true;
  EXPECT_EQ(std::get<ir::Call>(on()->node).function, ir::Function::is_not_distinct_from);
}

TEST(Plan, SaysWhichDeclarationLeavesKeysBare) {
  Bench bench;
  bench.mode(Mode::merge, "id");
  EXPECT_THAT(wanted_declarations(bench.input, bench.can), ::testing::ElementsAre(HasSubstr("- not_null: [id]")));
  bench.can.hashes_null_safe = true;
  EXPECT_THAT(wanted_declarations(bench.input, bench.can), ::testing::IsEmpty());
  bench.can.hashes_null_safe = false;
  ir::Columns columns = bench.input.columns;
  columns.edit()[0].nullable = false;
  bench.columns(columns);
  EXPECT_THAT(wanted_declarations(bench.input, bench.can), ::testing::IsEmpty());

  bench.mode(Mode::table);
  bench.input.query = ir::distinct(bench.input.query);
  EXPECT_THAT(wanted_declarations(bench.input, bench.can), ::testing::IsEmpty());
  bench.can.text_ignores_blanks = true;
  EXPECT_THAT(wanted_declarations(bench.input, bench.can), ::testing::ElementsAre(HasSubstr("text \"name\" may end in blanks")));
  columns.edit()[1].trimmed = true;
  bench.columns(columns);
  bench.input.query = ir::distinct(bench.input.query);
  EXPECT_THAT(wanted_declarations(bench.input, bench.can), ::testing::IsEmpty());
}

TEST(Plan, ChecksReadTheStagedTableInOneQuery) {
  Bench bench;
  bench.mode(Mode::merge, "id");
  const auto staged = ir::scan(bench.input.target, bench.input.columns);
  CompiledCheck check;
  check.name = "names";
  check.failing = ir::filter(staged, ir::call(ir::Function::is_null, {ir::column_of(*staged, 1)}));
  bench.input.checks = {check};
  const StepPlan plan = bench.laid_out();
  ASSERT_EQ(plan.checks.size(), 2U);
  EXPECT_EQ(plan.checks[0].name, "names");
  EXPECT_EQ(plan.checks[1].name, "one_row_per_key");
  const Unit& unit = only(plan, Purpose::check);
  ASSERT_EQ(unit.statements.size(), 1U);
  EXPECT_THAT(ir::tables_read(*std::get<ir::SelectStatement>(unit.statements[0]).query), ::testing::ElementsAre(plan.staged));
}

TEST(Plan, AViewIsStagedAndCheckedBeforeItIsReplaced) {
  Bench bench;
  bench.mode(Mode::view);
  EXPECT_EQ(bench.laid_out().units.back().purpose, Purpose::publish);
  const auto staged = ir::scan(bench.input.target, bench.input.columns);
  CompiledCheck check;
  check.name = "names";
  check.failing = ir::filter(staged, ir::call(ir::Function::is_null, {ir::column_of(*staged, 1)}));
  bench.input.checks = {check};
  const StepPlan plan = bench.laid_out();
  EXPECT_EQ(purposes(plan), (std::vector{Purpose::prepare, Purpose::stage, Purpose::check, Purpose::publish, Purpose::cleanup}));
  EXPECT_TRUE(is<ir::CreateView>(only(plan, Purpose::stage).statements[0]));
}

TEST(Plan, ATargetWithoutCreateOrReplaceIsToldThatTheViewIsThere) {
  Bench bench;
  bench.can = guarded();
  bench.mode(Mode::view);
  EXPECT_FALSE(std::get<ir::CreateView>(only(bench.laid_out(), Purpose::publish).statements[0]).replaces);
  EXPECT_FALSE(only(bench.laid_out(), Purpose::publish).idempotent);
  bench.run();
  bench.run_id("run-2");
  EXPECT_TRUE(std::get<ir::CreateView>(only(bench.laid_out(), Purpose::publish).statements[0]).replaces);
  EXPECT_TRUE(only(bench.laid_out(), Purpose::publish).idempotent);
}

TEST(Plan, AlterationsThatAreNotGuardedAreNotSentAgain) {
  Bench bench;
  bench.can = guarded();
  bench.mode(Mode::append);
  bench.run();
  bench.run_id("run-2");
  bench.publish.on_schema_change = model::Publish::Drift::add;
  ir::Columns columns = bench.input.columns;
  columns.push_back({Identifier::exact("size"), ir::Type::of(ir::TypeKind::int32), true});
  bench.columns(columns);
  EXPECT_FALSE(only(bench.laid_out(), Purpose::prepare).idempotent);
  bench.can.guarded_columns = true;
  EXPECT_TRUE(only(bench.laid_out(), Purpose::prepare).idempotent);
}

TEST(Plan, ATableInTheWayOfAViewIsReplacedOnlyInOneAct) {
  Bench bench;
  bench.mode(Mode::table);
  bench.run();
  bench.mode(Mode::view);
  bench.run_id("run-2");
  bench.can = single_statement();
  const auto refused = bench.plan();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::refused);
  bench.can = transactional();
  bench.run();
  EXPECT_TRUE(bench.target.tables.at(bench.input.target).is_view);
  bench.mode(Mode::append);
  EXPECT_FALSE(bench.plan());
  bench.mode(Mode::table);
  bench.run_id("run-3");
  bench.run();
  EXPECT_FALSE(bench.target.tables.at(bench.input.target).is_view);
}

TEST(Plan, UnknownTypesAreSettledByTheStagedRows) {
  for (const auto& [name, can] : every_target()) {
    for (const Mode mode : {Mode::append, Mode::scd2}) {
      Bench bench;
      bench.can = can;
      bench.mode(mode, "id");
      bench.retype(1, ir::TypeKind::unknown);
      bench.source({{std::int64_t{1}, std::string("a"), ir::Value()}});
      const StepPlan plan = bench.laid_out();
      EXPECT_EQ(bench.send(plan), "") << name;
      EXPECT_EQ(bench.published().size(), 1U) << name;
    }
  }
}

TEST(Plan, ColumnsThatAreNotKnownAtAllAreRefused) {
  Bench bench;
  bench.mode(Mode::append);
  bench.columns({});
  const auto plan = bench.plan();
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().kind, ErrorKind::invalid_input);
}

TEST(Plan, TheQuerysOwnColumnsCount) {
  Bench bench;
  bench.mode(Mode::scd2, "id");
  const auto columns = bench.input.columns;
  bench.input.columns = published_columns(bench.publish, columns);
  EXPECT_EQ(bench.input.columns.size(), columns.size() + 3);
  bench.source({{std::int64_t{1}, ir::Value(), ir::Value()}});
  bench.run();
  EXPECT_EQ(bench.published().size(), 1U);
}

TEST(Plan, WhatAModeNeedsIsAskedFor) {
  Bench bench;
  bench.mode(Mode::merge);
  EXPECT_THAT(bench.plan().error().message, HasSubstr("needs a key"));
  bench.mode(Mode::merge, "ID_");
  EXPECT_THAT(bench.plan().error().message, HasSubstr("\"ID_\" is not among"));
  bench.mode(Mode::delete_insert, {}, "name");
  EXPECT_THAT(bench.plan().error().message, HasSubstr("no point in time"));
  bench.mode(Mode::delete_insert, {}, "day");
  bench.input.interval_start.reset();
  EXPECT_THAT(bench.plan().error().message, HasSubstr("needs a run with an interval"));
  bench.mode(Mode::scd2, "id");
  EXPECT_THAT(bench.plan().error().message, HasSubstr("from when a row holds"));
  bench.input.run_started_at = ir::TimestampValue{978312225000000};
  bench.source({{std::int64_t{1}, std::string("a"), ir::Value()}});
  bench.run();
  EXPECT_EQ(bench.published(), (std::vector<std::string>{"1|a|NULL|2001-01-01 01:23:45|NULL|true"})) << "the run's start says it";
}

TEST(Plan, ATimestamptzIsComparedWithTheMomentInUtc) {
  Bench bench;
  bench.mode(Mode::delete_insert, {}, "day");
  bench.retype(2, ir::TypeKind::timestamptz);
  EXPECT_FALSE(bench.plan());
  bench.input.interval_start_utc = ir::TimestampValue{5};
  bench.input.interval_end_utc = ir::TimestampValue{9};
  const StepPlan plan = bench.laid_out();
  const auto& remove = std::get<ir::DeleteRows>(only(plan, Purpose::publish).statements[2]);
  const auto& from = std::get<ir::Call>(std::get<ir::Call>(remove.predicate->node).arguments[0]->node);
  EXPECT_EQ(std::get<ir::Literal>(from.arguments[1]->node).value, ir::Value(ir::TimestampValue{5}));
}

TEST(Plan, TypesWidenOnlyUnderThePolicyThatSaysSo) {
  Bench bench;
  bench.mode(Mode::append);
  bench.run();
  bench.target.tables.at(bench.input.target).columns.edit()[0].type = ir::Type::of(ir::TypeKind::int32);
  bench.run_id("run-2");
  for (const auto policy : {model::Publish::Drift::fail, model::Publish::Drift::add}) {
    bench.publish.on_schema_change = policy;
    EXPECT_THAT(bench.plan().error().message, HasSubstr("column \"id\" was int32 and is int64"));
  }
  bench.publish.on_schema_change = model::Publish::Drift::widen;
  const StepPlan plan = bench.laid_out();
  EXPECT_TRUE(is<ir::AlterColumnType>(only(plan, Purpose::publish).statements[2]));
  EXPECT_THAT(plan.drift, ::testing::ElementsAre(HasSubstr("it is widened")));
  bench.target.tables.at(bench.input.target).columns.edit()[0].type = ir::Type::of(ir::TypeKind::text);
  bench.publish.on_schema_change = model::Publish::Drift::sync;
  EXPECT_FALSE(bench.plan());
}

TEST(Plan, TypesWidenOnlyWithinTheirKindWhereTheTargetCanDoNoMore) {
  Bench bench;
  bench.can.widening = dialects::Widening::within_kind;
  bench.mode(Mode::append);
  bench.run();
  bench.run_id("run-2");
  bench.publish.on_schema_change = model::Publish::Drift::widen;
  const auto widened = [&](const ir::Type& from, const ir::Type& to) {
    bench.target.tables.at(bench.input.target).columns.edit()[0].type = from;
    bench.input.columns.edit()[0].type = to;
    bench.input.query = ir::scan(table_named("src"), bench.input.columns);
    return bench.plan();
  };
  using ir::Type;
  EXPECT_TRUE(widened(Type::of(ir::TypeKind::int32), Type::of(ir::TypeKind::int64)));
  EXPECT_TRUE(widened(Type::of(ir::TypeKind::float32), Type::of(ir::TypeKind::float64)));
  EXPECT_TRUE(widened(Type::decimal(10, 2), Type::decimal(12, 2)));
  for (const auto& [from, to] :
       {std::pair(Type::of(ir::TypeKind::int32), Type::decimal(12, 2)), std::pair(Type::decimal(10, 2), Type::decimal(14, 4)),
        std::pair(Type::of(ir::TypeKind::date), Type::of(ir::TypeKind::timestamp))}) {
    const auto plan = widened(from, to);
    ASSERT_FALSE(plan) << to_string(from);
    EXPECT_THAT(plan.error().hint, HasSubstr("only widened to a longer one of its kind"));
  }
}

TEST(Plan, ATypeThatFitsTheTableIsNoDrift) {
  Bench bench;
  bench.mode(Mode::append);
  bench.run();
  bench.retype(0, ir::TypeKind::int16);
  bench.run_id("run-2");
  const StepPlan plan = bench.laid_out();
  EXPECT_TRUE(plan.drift.empty());
  const auto& insert = std::get<ir::InsertSelect>(only(plan, Purpose::publish).statements.back());
  EXPECT_EQ(insert.query->columns[0].type.kind, ir::TypeKind::int64);
}

TEST(Plan, ColumnsThatAreNoLongerGivenStayOrGo) {
  for (const auto& [name, can] : every_target()) {
    Bench bench;
    bench.can = can;
    bench.mode(Mode::append);
    bench.source({{std::int64_t{1}, std::string("a"), ir::Value()}});
    bench.run();
    bench.run_id("run-2");
    bench.columns({bench.input.columns[0]});
    EXPECT_THAT(bench.plan().error().message, HasSubstr("column \"name\" is no longer given"));
    bench.publish.on_schema_change = model::Publish::Drift::add;
    bench.run();
    EXPECT_THAT(bench.published(), ::testing::ElementsAre("1|NULL|NULL", "1|a|NULL")) << name;
    bench.publish.on_schema_change = model::Publish::Drift::sync;
    bench.run_id("run-3");
    bench.run();
    EXPECT_THAT(bench.published(), ::testing::ElementsAre("1", "1", "1")) << name;
  }
}

TEST(Plan, AnExistingTableWithoutVersionsIsNotTakenForOne) {
  Bench bench;
  bench.mode(Mode::table);
  bench.run();
  bench.mode(Mode::scd2, "id");
  bench.publish.on_schema_change = model::Publish::Drift::sync;
  EXPECT_THAT(bench.plan().error().message, HasSubstr("holds no versions"));
}

TEST(Names, StagedNamesAreTheSameAtEveryTryAndDifferBetweenRunsAndSteps) {
  const auto can = transactional();
  const auto target = table_named("orders");
  EXPECT_EQ(staged_name(target, "r1", "p.orders", can), staged_name(target, "r1", "p.orders", can));
  EXPECT_NE(staged_name(target, "r1", "p.orders", can), staged_name(target, "r2", "p.orders", can));
  EXPECT_NE(staged_name(target, "r1", "p.orders", can), staged_name(target, "r1", "q.orders", can));
  EXPECT_NE(staged_name(target, "r1", "p.orders", can), staged_name(table_named("order"), "r1", "p.orders", can));
}

TEST(Names, LongNamesAreCutWithinTheTargetsLimitAndStayDifferent) {
  auto can = transactional();
  const std::string longest(63, 'x');
  for (const std::size_t limit : {63U, 128U, 300U}) {
    can.longest_identifier_bytes = limit;
    const auto first = staged_name(table_named(longest), "r", "p.a", can);
    EXPECT_LE(first.text().size(), limit);
    EXPECT_NE(first, staged_name(table_named(longest.substr(1) + "y"), "r", "p.b", can));
  }
  can.longest_identifier_bytes = 63;
  std::string umlauts;
  for (int i = 0; i < 31; ++i) umlauts += "\xC3\xA4";
  EXPECT_TRUE(Identifier::fold(staged_name(table_named(umlauts), "r", "p.a", can).text()));
}

TEST(Names, TheLedgerLiesBesideTheTarget) {
  EXPECT_EQ(to_string(ledger_table(table_named("orders"))), "ops.penstock_ledger");
  EXPECT_TRUE(create_ledger(table_named("orders"), transactional()).if_not_exists);
  EXPECT_EQ(create_ledger(table_named("orders"), transactional()).primary_key.size(), 1U);
  EXPECT_TRUE(create_ledger(table_named("orders"), single_statement()).primary_key.empty());
}

}  // namespace
}  // namespace penstock::publish
