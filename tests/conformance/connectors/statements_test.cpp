#include "tests/conformance/connectors/engine.h"

namespace penstock::connectors {
namespace {

class Statements : public ConnectorTest {};

TEST_P(Statements, EveryTypeComesBackAsTheSameText) {
  const Outcome outcome = run(read_of(engine().types), "types");
  ASSERT_EQ(outcome.state, Outcome::State::succeeded) << describe_outcome(outcome);
  ASSERT_EQ(outcome.rows.size(), 1U);
  std::vector<std::string> cells;
  for (const auto& cell : outcome.rows[0]) cells.push_back(cell.value_or("<null>"));
  EXPECT_EQ(cells, engine().cells);
  EXPECT_EQ(outcome.columns.size(), engine().cells.size());
  for (const ResultColumn& column : outcome.columns) EXPECT_FALSE(column.type.empty());
}

TEST_P(Statements, RowsAreBounded) {
  Unit unit = read_of(engine().numbers + " order by n");
  unit.most_rows = 3;
  const Outcome outcome = run(unit, "bounded");
  ASSERT_EQ(outcome.state, Outcome::State::succeeded) << describe_outcome(outcome);
  ASSERT_EQ(outcome.rows.size(), 3U);
  EXPECT_EQ(outcome.rows[2][0], "3");
  EXPECT_TRUE(outcome.more_rows);
  unit.most_rows = 5000;
  EXPECT_FALSE(run(unit, "bounded").more_rows);
}

TEST_P(Statements, AnEmptyResultHasColumns) {
  const Outcome outcome = run(read_of("select 1 as only_column from (select 1 as n) as t where 1 = 0"), "empty");
  ASSERT_EQ(outcome.state, Outcome::State::succeeded) << describe_outcome(outcome);
  EXPECT_TRUE(outcome.rows.empty());
  ASSERT_EQ(outcome.columns.size(), 1U);
  EXPECT_EQ(outcome.columns[0].name, "only_column");
}

TEST_P(Statements, WritesAreCounted) {
  Unit making = unit_of({"create table " + table("made") + " as " + engine().numbers});
  making.written_table = table("made");
  EXPECT_EQ(run(making, "making").rows_written, 5000);
  EXPECT_EQ(run("insert into " + table("made") + " " + engine().numbers + " where n <= 10").rows_written, 10);
  EXPECT_EQ(run("delete from " + table("made") + " where n > 4000").rows_written, 1000);
  EXPECT_EQ(ask("select count(*) from " + table("made")), "4010");
}

TEST_P(Statements, AStatementMayEndInAComment) {
  Unit unit = unit_of({"create table " + table("made") + " as select 1 as n -- one", "insert into " + table("made") + " select 2 -- two"});
  unit.transaction = engine().transactions;
  const Outcome outcome = run(unit, "comment");
  ASSERT_EQ(outcome.state, Outcome::State::succeeded) << describe_outcome(outcome);
  EXPECT_EQ(ask("select sum(n) from " + table("made")), "3");
}

TEST_P(Statements, ATransactionCommitsWholeAndTheLedgerIsNotCounted) {
  if (!engine().transactions) return;
  ASSERT_EQ(run("create table " + table("ledger") + " (token varchar(60), \"rows\" bigint)").state, Outcome::State::succeeded);
  Unit unit = unit_of({"create table " + table("made") + " as " + engine().numbers, "delete from " + table("made") + " where n > 42",
                       "insert into " + table("ledger") + " values ('token-1', 42)"});
  unit.transaction = true;
  unit.ledger_token = "token-1";
  unit.ledger_table = table("ledger");
  const Outcome outcome = run(unit, "commit");
  ASSERT_EQ(outcome.state, Outcome::State::succeeded) << describe_outcome(outcome);
  EXPECT_EQ(outcome.rows_written, 4958);
  EXPECT_EQ(ask("select count(*) from " + table("made")), "42");
  EXPECT_EQ(ask("select count(*) from " + table("ledger")), "1");
}

TEST_P(Statements, ATransactionThatFailsLeavesNothing) {
  if (!engine().transactions) return;
  Unit unit =
      unit_of({"create table " + table("made") + " as select 1 as n", "insert into " + table("made") + " select 1 / 0 from nowhere"});
  unit.transaction = true;
  const Outcome outcome = run(unit, "rollback");
  EXPECT_EQ(outcome.state, Outcome::State::failed) << describe_outcome(outcome);
  EXPECT_EQ(outcome.error.kind, ErrorKind::permanent) << describe_outcome(outcome);
  EXPECT_EQ(connector_->describe("", engine().schema, "made").value().kind, TableDescription::Kind::absent);
}

TEST_P(Statements, ASessionGoesOnAfterAFailure) {
  const auto session = connector_->open();
  ASSERT_TRUE(session) << session.error().message;
  const auto moved = [](const Handle&) { return Result<void>(); };
  for (const bool transaction : {false, true}) {
    if (transaction && !engine().transactions) continue;
    Unit bad = unit_of({"select * from " + table("nowhere")});
    bad.transaction = transaction;
    const auto first = (*session)->submit(bad, token("bad"));
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_EQ((*session)->follow(*first, bad, moved).state, Outcome::State::failed);
    const Unit good = read_of("select 5 as n");
    const auto second = (*session)->submit(good, token("good"));
    ASSERT_TRUE(second) << second.error().message;
    const Outcome outcome = (*session)->follow(*second, good, moved);
    ASSERT_EQ(outcome.state, Outcome::State::succeeded) << describe_outcome(outcome);
    EXPECT_EQ(outcome.rows[0][0], "5");
  }
}

TEST_P(Statements, TablesAreDescribed) {
  ASSERT_EQ(run("create table " + table("made") + " (" + engine().columns + ")").state, Outcome::State::succeeded);
  const auto made = connector_->describe("", engine().schema, "made");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->kind, TableDescription::Kind::table);
  ASSERT_EQ(made->columns.size(), 3U);
  EXPECT_EQ(made->columns[0].name, "id");
  EXPECT_FALSE(made->columns[0].nullable);
  EXPECT_TRUE(made->columns[1].nullable);
  EXPECT_NE(made->columns[2].type.find("10,2"), std::string::npos) << made->columns[2].type;
  EXPECT_EQ(connector_->describe("", engine().schema, "nowhere").value().kind, TableDescription::Kind::absent);
  ASSERT_EQ(run("create view " + table("seen") + " as select 1 as n").state, Outcome::State::succeeded);
  EXPECT_EQ(connector_->describe("", engine().schema, "seen").value().kind, TableDescription::Kind::view);
  run("drop view " + table("seen"));
}

TEST_P(Statements, EstimatesAndVersionAnswer) {
  ASSERT_EQ(run("create table " + table("made") + " as " + engine().numbers).state, Outcome::State::succeeded);
  const auto estimate = connector_->estimate("select * from " + table("made"));
  ASSERT_TRUE(estimate) << estimate.error().message;
  EXPECT_TRUE(estimate->rows || estimate->bytes);
  EXPECT_FALSE(connector_->version().value().empty());
}

INSTANTIATE_TEST_SUITE_P(On, Statements, testing::Range<std::size_t>(0, engines().size()),
                         [](const auto& param) { return engines()[param.param].name; });

}  // namespace
}  // namespace penstock::connectors
