#include <fcntl.h>

#include <filesystem>
#include <fstream>

#include "tests/conformance/connectors/engine.h"

namespace penstock::connectors {
namespace {

class Errors : public ConnectorTest {
 protected:
  /// What opening a connection with one setting changed fails with.
  Error open_error(const std::string& key, const std::string& value) {
    const auto connector = connect(key, value);
    const auto session = connector->open();
    if (session) {
      // An engine without connections finds out when something is sent.
      const Unit unit = read_of("select 1");
      const auto handle = (*session)->submit(unit, token("open"));
      if (!handle) return handle.error();
      return (*session)->follow(*handle, unit, [](const Handle&) { return Result<void>(); }).error;
    }
    return session.error();
  }

  void expect_no_secret(const Error& error) {
    for (const std::string& secret : engine().settings.secrets) {
      EXPECT_EQ((error.message + error.hint).find(secret), std::string::npos) << error.message;
    }
  }
};

TEST_P(Errors, FaultsOfTheStatementArePermanent) {
  for (const std::string statement :
       {"selec 1", "select * from nowhere_at_all", "select nothing from (select 1 as n) t", "select cast('x' as integer)"}) {
    const Outcome outcome = run(read_of(statement), "fault");
    EXPECT_EQ(outcome.state, Outcome::State::failed) << statement;
    EXPECT_EQ(outcome.error.kind, ErrorKind::permanent) << statement << ": " << describe_outcome(outcome);
    EXPECT_FALSE(outcome.error.message.empty());
    EXPECT_FALSE(outcome.error.sqlstate.empty() && outcome.error.vendor_code.empty()) << statement;
    expect_no_secret(outcome.error);
  }
}

TEST_P(Errors, AServerThatIsNotThereIsUnavailable) {
  const Error error = open_error(engine().unreachable_key, engine().unreachable_value);
  EXPECT_EQ(error.kind, engine().name == "duckdb" ? ErrorKind::invalid_input : ErrorKind::unavailable) << error.message;
  EXPECT_FALSE(error.message.empty());
  expect_no_secret(error);
}

TEST_P(Errors, AnUnknownSettingIsNamed) {
  Settings settings = engine().settings;
  settings.values["pasword"] = "x";
  const auto connector = engine().make(settings);
  ASSERT_FALSE(connector);
  EXPECT_EQ(connector.error().kind, ErrorKind::invalid_input);
  EXPECT_NE(connector.error().message.find("pasword"), std::string::npos);
}

TEST_P(Errors, AStatementThatShowsASecretIsMasked) {
  if (engine().settings.secrets.empty()) return;
  const std::string secret = engine().settings.secrets[0];
  const Outcome outcome = run(read_of("select cast('" + secret + "' as integer)"), "secret");
  EXPECT_EQ(outcome.state, Outcome::State::failed);
  expect_no_secret(outcome.error);
}

TEST_P(Errors, AReadOnlyConnectionRefusesWrites) {
  ASSERT_EQ(run("create table " + table("made") + " as select 1 as n").state, Outcome::State::succeeded);
  if (engine().name == "duckdb") connector_.reset();  // One instance per file and process: the mode is the first opener's.
  Settings settings = engine().settings;
  settings.read_only = true;
  const auto read_only = engine().make(settings);
  ASSERT_TRUE(read_only) << read_only.error().message;
  const std::unique_ptr<Connector> kept = std::exchange(connector_, *std::move(engine().make(settings)));
  Unit unit = unit_of({"delete from " + table("made")});
  unit.written_table = table("made");
  const Outcome outcome = run(unit, "write");
  EXPECT_EQ(outcome.state, Outcome::State::failed) << describe_outcome(outcome);
  EXPECT_EQ(ask("select count(*) from " + table("made")), "1");
  connector_ = connect();
}

TEST_P(Errors, PostgresSortsByState) {
  if (engine().name != "postgres") return;
  EXPECT_EQ(open_error("password", "wrong-password-of-a-test").kind, ErrorKind::unauthenticated);
  EXPECT_EQ(open_error("database", "no_such_database").kind, ErrorKind::invalid_input);
  EXPECT_EQ(run(read_of("select 1 / 0"), "division").error.sqlstate, "22012");
  const Outcome syntax = run(read_of("select 'ä', nothing"), "offset");
  EXPECT_EQ(syntax.error.statement_offset, 13);
}

TEST_P(Errors, PostgresGivesUpALockThatItCannotHave) {
  if (engine().name != "postgres") return;
  ASSERT_EQ(run("create table " + table("made") + " as select 1 as n").state, Outcome::State::succeeded);
  // A transaction that another session leaves open holds the lock.
  const auto holder = connector_->open();
  const Unit lock = unit_of({"begin", "lock table " + table("made")});
  const auto handle = (*holder)->submit(lock, token("holder"));
  ASSERT_EQ((*holder)->follow(*handle, lock, [](const Handle&) { return Result<void>(); }).state, Outcome::State::succeeded);
  const Outcome outcome = run("delete from " + table("made"));
  EXPECT_EQ(outcome.state, Outcome::State::failed);
  EXPECT_EQ(outcome.error.kind, ErrorKind::transient) << describe_outcome(outcome);
  EXPECT_EQ(outcome.error.sqlstate, "55P03");
}

TEST_P(Errors, DuckdbTellsWhyAFileDoesNotOpen) {
  if (engine().name != "duckdb") return;
  const std::string path = testing::TempDir() + "conformance-broken-" + std::to_string(getpid()) + ".duckdb";
  std::ofstream(path) << std::string(20000, 'x');
  const Error broken = open_error("path", path);
  EXPECT_EQ(broken.kind, ErrorKind::invalid_input);
  EXPECT_NE(broken.hint.find("is no DuckDB file"), std::string::npos) << broken.hint;
  std::filesystem::remove(path);
  const Error library = open_error("library", "/nowhere/libduckdb.so");
  EXPECT_EQ(library.kind, ErrorKind::invalid_input) << "it does not pass by itself, so nobody tries again";
  EXPECT_NE(library.hint.find("PENSTOCK_DUCKDB_LIBRARY"), std::string::npos) << library.hint;
}

TEST_P(Errors, DuckdbTellsThatAnotherWriterWasFirst) {
  if (engine().name != "duckdb") return;
  ASSERT_EQ(run("create table " + table("made") + " as select 1 as n").state, Outcome::State::succeeded);
  const auto holder = connector_->open();
  const Unit update = unit_of({"begin", "update " + table("made") + " set n = 2"});
  const auto handle = (*holder)->submit(update, token("holder"));
  ASSERT_EQ((*holder)->follow(*handle, update, [](const Handle&) { return Result<void>(); }).state, Outcome::State::succeeded);
  const Outcome outcome = run("update " + table("made") + " set n = 3");
  EXPECT_EQ(outcome.state, Outcome::State::failed);
  EXPECT_EQ(outcome.error.kind, ErrorKind::conflict) << describe_outcome(outcome);
}

INSTANTIATE_TEST_SUITE_P(On, Errors, testing::Range<std::size_t>(0, engines().size()),
                         [](const auto& param) { return engines()[param.param].name; });

}  // namespace
}  // namespace penstock::connectors
