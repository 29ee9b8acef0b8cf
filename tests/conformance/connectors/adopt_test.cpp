#include <unistd.h>

#include <cstdlib>
#include <future>
#include <set>

#include "tests/conformance/connectors/child.h"
#include "tests/conformance/connectors/engine.h"

namespace penstock::connectors {
namespace {

const HandleMoved kKeep = [](const Handle&) { return Result<void>(); };

class Adopting : public ConnectorTest {
 protected:
  /// Writes the rows of `query` into `made`, as the publish protocol would on this engine: with a ledger where there are transactions.
  Unit writing(const std::string& query, const std::string& token) {
    Unit unit = unit_of({"create table " + table("made") + " as " + query});
    unit.written_table = table("made");
    if (!engine().transactions) return unit;
    unit.statements.push_back("insert into " + table("ledger") + " values ('" + token + "', 1)");
    unit.transaction = true;
    unit.ledger_token = token;
    unit.ledger_table = table("ledger");
    return unit;
  }

  void make_ledger() {
    if (!engine().transactions) return;
    ASSERT_EQ(run("create table " + table("ledger") + " (token varchar(60), \"rows\" bigint)").state, Outcome::State::succeeded);
  }

  /// The newest handle that a child made safe before it was killed with its statement under way at the engine.
  Handle kill_in_the_middle(const Unit& unit, const Token& token) {
    // DuckDB lets one process at its file.
    if (!engine().outlives_client) connector_.reset();
    Child child("On/Adopting.DISABLED_Child/" + engine().name, token.id, unit.statements[0]);
    Handle handle{child.line()};
    if (engine().outlives_client) {
      const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
      while (!runs_at_engine(token) && std::chrono::steady_clock::now() < deadline) {}
      EXPECT_TRUE(runs_at_engine(token));
    } else {
      EXPECT_EQ(child.line(), "running");
    }
    child.kill();
    for (std::string line = child.line(); !line.empty(); line = child.line()) {
      EXPECT_NE(line, "done");
      if (line != "running") handle.text = line;
    }
    connector_ = connect();
    return handle;
  }

  bool is_made() { return connector_->describe("", engine().schema, "made").value().kind != TableDescription::Kind::absent; }
};

// Not a test: what a child does until it is killed.
TEST_P(Adopting, DISABLED_Child) {
  const char* token_id = std::getenv("PENSTOCK_CHILD_TOKEN");
  const char* statement = std::getenv("PENSTOCK_CHILD_STATEMENT");
  ASSERT_TRUE(token_id != nullptr && statement != nullptr);
  Unit unit = writing("select 1", token_id);
  unit.statements[0] = statement;
  Token token;
  token.id = token_id;
  const auto session = connector_->open();
  ASSERT_TRUE(session) << session.error().message;
  const auto handle = (*session)->submit(unit, token);
  ASSERT_TRUE(handle) << handle.error().message;
  Child::tell(handle->text);
  auto watcher = std::async(std::launch::async, [&] {
    while (connector_->find(token, unit).value().state != Found::State::running) {}
    Child::tell("running");
  });
  (*session)->follow(*handle, unit, [](const Handle& moved) {
    Child::tell(moved.text);
    return Result<void>();
  });
  Child::tell("done");
  _exit(0);
}

TEST_P(Adopting, AStatementThatOutlivesItsProcessIsFollowedToItsEnd) {
  if (!engine().outlives_client) return;
  make_ledger();
  const Token name = token("adopt");
  const Unit unit = writing(engine().slow, name.id);
  const Handle handle = kill_in_the_middle(unit, name);
  const auto found = connector_->find(name, unit);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->state, Found::State::running);
  const auto session = connector_->open();
  ASSERT_TRUE(session) << session.error().message;
  const Outcome outcome = (*session)->follow(handle, unit, kKeep);
  ASSERT_EQ(outcome.state, Outcome::State::succeeded) << describe_outcome(outcome);
  EXPECT_EQ(outcome.rows_written, 1);
  EXPECT_EQ(ask("select count(*) from " + table("made") + " where n = 7"), "1");
  if (engine().transactions) {
    EXPECT_EQ(ask("select count(*) from " + table("ledger")), "1");
  }
  // Asked again, after a second crash, it says the same.
  const auto later = connector_->find(name, unit);
  ASSERT_TRUE(later) << later.error().message;
  EXPECT_EQ(later->state, Found::State::ended);
  EXPECT_EQ(later->outcome.state, Outcome::State::succeeded) << describe_outcome(later->outcome);
}

TEST_P(Adopting, AStatementThatDiesWithItsProcessIsRunAgain) {
  if (engine().outlives_client) return;
  make_ledger();
  const Token name = token("adopt");
  const Unit unit = writing(engine().endless + " and a.range > -1", name.id);
  const Handle handle = kill_in_the_middle(unit, name);
  EXPECT_EQ(connector_->find(name, unit).value().state, Found::State::never_arrived);
  {
    const auto session = connector_->open();
    ASSERT_TRUE(session) << session.error().message;
    const Outcome outcome = (*session)->follow(handle, unit, kKeep);
    EXPECT_EQ(outcome.state, Outcome::State::failed) << describe_outcome(outcome);
    EXPECT_EQ(outcome.error.kind, ErrorKind::transient);
  }
  EXPECT_FALSE(is_made());
  const Unit again = writing("select 7 as n", name.id);
  EXPECT_EQ(run(again, "again").state, Outcome::State::succeeded);
  const auto later = connector_->find(name, again);
  EXPECT_EQ(later->state, Found::State::ended);
  EXPECT_EQ(later->outcome.rows_written, 1);
}

TEST_P(Adopting, AnAdoptedStatementThatFailsHadNoEffect) {
  if (!engine().outlives_client) return;
  make_ledger();
  const Token name = token("adopt");
  const Unit unit = writing("select 1 / (n - 7) as n from (" + engine().slow + ") t", name.id);
  const Handle handle = kill_in_the_middle(unit, name);
  const auto session = connector_->open();
  const Outcome outcome = (*session)->follow(handle, unit, kKeep);
  EXPECT_EQ(outcome.state, Outcome::State::failed) << describe_outcome(outcome);
  EXPECT_FALSE(is_made());
}

TEST_P(Adopting, CancelReachesAStatementWithoutItsProcess) {
  if (!engine().outlives_client) return;
  make_ledger();
  const Token name = token("adopt");
  const Unit unit = writing(engine().endless, name.id);
  const Handle handle = kill_in_the_middle(unit, name);
  const Result<void> cancelled = connector_->cancel(handle);
  ASSERT_TRUE(cancelled) << cancelled.error().message;
  EXPECT_FALSE(runs_at_engine(name));
  const auto session = connector_->open();
  const Outcome outcome = (*session)->follow(handle, unit, kKeep);
  EXPECT_EQ(outcome.state, Outcome::State::cancelled) << describe_outcome(outcome);
  EXPECT_FALSE(is_made());
}

TEST_P(Adopting, AnAdoptedStatementKeepsItsTimeout) {
  if (!engine().outlives_client) return;
  make_ledger();
  const Token name = token("adopt");
  Unit unit = writing(engine().endless, name.id);
  const Handle handle = kill_in_the_middle(unit, name);
  unit.timeout = std::chrono::milliseconds(300);
  const auto session = connector_->open();
  const Outcome outcome = (*session)->follow(handle, unit, kKeep);
  EXPECT_EQ(outcome.state, Outcome::State::failed) << describe_outcome(outcome);
  EXPECT_EQ(outcome.error.kind, ErrorKind::timed_out) << describe_outcome(outcome);
  EXPECT_FALSE(runs_at_engine(name));
  EXPECT_FALSE(is_made());
}

TEST_P(Adopting, WhatWasSubmittedAndNeverFollowedHasNotBegun) {
  make_ledger();
  const Token name = token("submitted");
  const Unit unit = writing("select 7 as n", name.id);
  Handle handle;
  {
    const auto session = connector_->open();
    const auto submitted = (*session)->submit(unit, name);
    ASSERT_TRUE(submitted) << submitted.error().message;
    handle = *submitted;
  }
  const auto found = connector_->find(name, unit);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->state, Found::State::never_arrived);
  EXPECT_FALSE(is_made());
  // By its handle it is started, where the engine keeps it, or it may be sent again.
  const auto session = connector_->open();
  const Outcome outcome = (*session)->follow(handle, unit, kKeep);
  EXPECT_EQ(outcome.state == Outcome::State::succeeded, is_made()) << describe_outcome(outcome);
  if (outcome.state != Outcome::State::succeeded) {
    EXPECT_EQ(outcome.error.kind, ErrorKind::transient) << describe_outcome(outcome);
  }
}

TEST_P(Adopting, AHandleIsSafeBeforeItIsUsed) {
  const Unit unit = read_of(engine().slow);
  const auto session = connector_->open();
  const auto handle = (*session)->submit(unit, token("moved"));
  ASSERT_TRUE(handle) << handle.error().message;
  std::set<std::string> seen = {handle->text};
  const Outcome outcome = (*session)->follow(*handle, unit, [&](const Handle& moved) {
    EXPECT_TRUE(seen.insert(moved.text).second) << "the same handle twice";
    return Result<void>();
  });
  EXPECT_EQ(outcome.state, Outcome::State::succeeded) << describe_outcome(outcome);
  if (seen.size() == 1) return;
  const auto again = (*session)->submit(unit, token("moved"));
  const Outcome stopped =
      (*session)->follow(*again, unit, [](const Handle&) { return Result<void>(fail(ErrorKind::storage, "the disk is full")); });
  EXPECT_EQ(stopped.state, Outcome::State::unknown);
  EXPECT_EQ(stopped.error.kind, ErrorKind::in_doubt);
  connector_->cancel(*again);
}

TEST_P(Adopting, AForeignHandleIsRefusedOrSettled) {
  const auto session = connector_->open();
  const Unit unit = read_of("select 1");
  for (const char* text : {"", "nonsense", "postgres:x", "trino:0:0:a:b c:/v1/statement/x", "trino:0:0:tok:2026_a:/etc/passwd"}) {
    const Outcome outcome = (*session)->follow(Handle{text}, unit, kKeep);
    EXPECT_NE(outcome.state, Outcome::State::succeeded) << text;
  }
}

TEST_P(Adopting, TrinoSettlesALostPageByTheTablesHistory) {
  if (engine().name != "trino") return;
  const Token name = token("lost");
  const Unit unit = writing("select 7 as n", name.id);
  const auto session = connector_->open();
  const auto first = (*session)->submit(unit, name);
  ASSERT_TRUE(first) << first.error().message;
  ASSERT_EQ((*session)->follow(*first, unit, kKeep).state, Outcome::State::succeeded);
  // The first page is no longer to be had, and yet the write is known to have landed.
  const Outcome outcome = (*connector_->open())->follow(*first, unit, kKeep);
  EXPECT_EQ(outcome.state, Outcome::State::succeeded) << describe_outcome(outcome);
  EXPECT_EQ(outcome.rows_written, 1);
  // Nor does one that a query never wrote count as landed. It is slow, because the engine may begin what is only announced.
  Unit slow = unit_of({"insert into " + table("made") + " select cast(n as integer) from (" + engine().slow + ") as s"});
  slow.written_table = unit.written_table;
  const auto cancelled = (*session)->submit(slow, token("lost"));
  ASSERT_TRUE(connector_->cancel(*cancelled));
  const Outcome ended = (*session)->follow(*cancelled, slow, kKeep);
  EXPECT_EQ(ended.state, Outcome::State::cancelled) << describe_outcome(ended);
}

TEST_P(Adopting, TrinoSettlesADoubtWhenItCanBeAskedAgain) {
  if (engine().name != "trino") return;
  const Token name = token("doubt");
  const Unit unit = writing("select 7 as n", name.id);
  const auto session = connector_->open();
  const auto handle = (*session)->submit(unit, name);
  ASSERT_TRUE(handle) << handle.error().message;
  const auto refuse = [](const Handle&) { return Result<void>(fail(ErrorKind::storage, "the disk is full")); };
  ASSERT_EQ((*session)->follow(*handle, unit, refuse).state, Outcome::State::unknown);
  const auto found = connector_->find(name, unit);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->state, Found::State::ended);
  EXPECT_EQ(found->outcome.state == Outcome::State::succeeded, is_made()) << describe_outcome(found->outcome);
}

TEST_P(Adopting, BigqueryFindsAUnitBetweenItsStatements) {
  if (engine().name != "bigquery") return;
  const Token name = token("between");
  const Unit first = unit_of({"create table " + table("made") + " as select 7 as n"});
  const auto session = connector_->open();
  const auto handle = (*session)->submit(first, name);
  ASSERT_EQ((*session)->follow(*handle, first, kKeep).state, Outcome::State::succeeded);
  // The process that would have gone on with the second died.
  connector_ = connect();
  Unit both = first;
  both.statements.push_back("insert into " + table("made") + " select 8");
  const auto found = connector_->find(name, both);
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->state, Found::State::running);
  const Outcome outcome = (*connector_->open())->follow(found->handle, both, kKeep);
  ASSERT_EQ(outcome.state, Outcome::State::succeeded) << describe_outcome(outcome);
  EXPECT_EQ(outcome.rows_written, 1);
  EXPECT_EQ(ask("select string_agg(cast(n as string), ' ' order by n) from " + table("made")), "7 8");
  EXPECT_EQ(connector_->find(name, both)->state, Found::State::ended);
}

TEST_P(Adopting, BigqueryTriesAgainAsAnotherJobAndKeepsRows) {
  if (engine().name != "bigquery") return;
  const Token name = token("again");
  const Unit unit = read_of("select n from " + table("made"));
  const auto session = connector_->open();
  const auto try_it = [&] { return (*session)->follow(*(*session)->submit(unit, name), unit, kKeep); };
  const Outcome failed = try_it();
  EXPECT_EQ(failed.state, Outcome::State::failed) << describe_outcome(failed);
  ASSERT_EQ(run("create table " + table("made") + " as select 7 as n").state, Outcome::State::succeeded);
  const Outcome outcome = try_it();
  ASSERT_EQ(outcome.state, Outcome::State::succeeded) << describe_outcome(outcome);
  EXPECT_NE(outcome.engine_query_id, failed.engine_query_id);
  // Whoever comes later finds the last try, and its rows.
  const auto found = connect()->find(name, unit);
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->state, Found::State::ended);
  ASSERT_EQ(found->outcome.rows.size(), 1U) << describe_outcome(found->outcome);
  EXPECT_EQ(found->outcome.engine_query_id, outcome.engine_query_id);
}

INSTANTIATE_TEST_SUITE_P(On, Adopting, testing::Range<std::size_t>(0, engines().size()),
                         [](const auto& param) { return engines()[param.param].name; });

}  // namespace
}  // namespace penstock::connectors
