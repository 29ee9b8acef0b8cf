#include "tests/conformance/connectors/engine.h"

#include <httplib.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "connectors/bigquery/bigquery.h"
#include "connectors/databricks/databricks.h"
#include "connectors/duckdb/duckdb.h"
#include "connectors/postgres/postgres.h"
#include "connectors/trino/trino.h"

namespace penstock::connectors {

namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

/// Children of this process share its schema, so that the parent sees what they wrote.
std::string run_name() {
  const std::string given = environment("PENSTOCK_CONFORMANCE_RUN");
  if (!given.empty()) return given;
  const std::string name = "conformance_" + std::to_string(getpid());
  setenv("PENSTOCK_CONFORMANCE_RUN", name.c_str(), 1);
  return name;
}

Engine duckdb_engine() {
  Engine engine;
  engine.name = "duckdb";
  if (environment("PENSTOCK_DUCKDB_LIBRARY").empty()) engine.missing = "PENSTOCK_DUCKDB_LIBRARY names no libduckdb.so";
  engine.settings.values = {{"path", testing::TempDir() + "file_of_" + run_name() + ".duckdb"}};
  engine.make = duckdb::make_connector;
  engine.outlives_client = false;
  engine.types =
      "select true, cast(7 as smallint), cast(8 as integer), cast(9 as bigint), cast(1.50 as decimal(10,2)), cast(0.1 as double),"
      " cast(1e20 as double), 'Zoë ☃', cast('\\x00\\xFF' as blob), date '2001-02-03', time '04:05:06.5', timestamp '2001-02-03 04:05:06',"
      " timestamptz '2001-02-03 04:05:06.25+02', cast(null as varchar), uuid '00010203-0405-0607-0809-0a0b0c0d0e0f'";
  engine.numbers = "select range as n from range(1, 5001)";
  engine.endless = "select count(*) as n from range(10000000) a, range(10000000) b where (a.range * b.range) % 7 = 3";
  engine.slow =
      "select 7 as n from (select count(*) as c from range(60000) a, range(1500) b where (a.range * b.range) % 7 = 3) where c > 0";
  engine.unreachable_key = "path";
  engine.unreachable_value = "/nowhere/at/all.duckdb";
  return engine;
}

Engine postgres_engine() {
  Engine engine;
  engine.name = "postgres";
  const std::string address = environment("PENSTOCK_TEST_POSTGRES");
  if (address.empty()) engine.missing = "PENSTOCK_TEST_POSTGRES names no server";
  std::istringstream words(address);
  for (std::string word; words >> word;) {
    const std::size_t equals = word.find('=');
    const std::string key = word.substr(0, equals);
    engine.settings.values[key == "dbname" ? "database" : key] = word.substr(equals + 1);
  }
  engine.settings.values["lock_timeout"] = "300ms";
  engine.settings.secrets = {text_of(engine.settings, "password")};
  engine.make = postgres::make_connector;
  engine.types =
      "select true, 7::smallint, 8::integer, 9::bigint, 1.50::decimal(10,2), 0.1::double precision, 1e20::double precision, 'Zoë ☃',"
      " '\\x00ff'::bytea, date '2001-02-03', time '04:05:06.5', timestamp '2001-02-03 04:05:06',"
      " timestamptz '2001-02-03 04:05:06.25+02', null::text, uuid '00010203-0405-0607-0809-0a0b0c0d0e0f'";
  engine.numbers = "select n from generate_series(1, 5000) n";
  engine.endless = "select count(*) as n from generate_series(1, 1000000) a, generate_series(1, 1000000) b";
  engine.slow = "select count(*) + 6 as n from pg_sleep(2)";
  engine.unreachable_key = "port";
  engine.unreachable_value = "1";
  return engine;
}

Engine trino_engine() {
  Engine engine;
  engine.name = "trino";
  engine.words.timestamp = "timestamp(6)";
  const std::string address = environment("PENSTOCK_TEST_TRINO");
  if (address.empty()) engine.missing = "PENSTOCK_TEST_TRINO names no coordinator";
  engine.settings.values = {{"url", address.empty() ? "http://127.0.0.1:1" : address}};
  engine.settings.catalog = "lake";
  engine.make = trino::make_connector;
  engine.transactions = false;
  engine.types =
      "select true, cast(7 as smallint), cast(8 as integer), cast(9 as bigint), cast(1.50 as decimal(10,2)), cast(0.1 as double), 1e20,"
      " 'Zoë ☃', x'00ff', date '2001-02-03', time '04:05:06.500', timestamp '2001-02-03 04:05:06.000',"
      " at_timezone(timestamp '2001-02-03 04:05:06.250 +02:00', 'UTC'), cast(null as varchar), uuid '00010203-0405-0607-0809-0a0b0c0d0e0f'";
  engine.numbers = "select n from unnest(sequence(1, 5000)) as s(n)";
  engine.endless =
      "select count(*) as n from unnest(sequence(1, 10000)) as a(x) cross join unnest(sequence(1, 10000)) as b(y)"
      " cross join unnest(sequence(1, 10000)) as c(z) where (x * y + z) % 7 = 3";
  engine.slow =
      "select 7 as n from (select count(*) as c from unnest(sequence(1, 10000)) as a(x) cross join unnest(sequence(1, 800)) as b(y)"
      " where (x * y) % 7 = 3) where c > 0";
  engine.unreachable_key = "url";
  engine.unreachable_value = "http://127.0.0.1:1";
  return engine;
}

/// What stands for a workspace: tests/contract/databricks.
Engine databricks_engine() {
  Engine engine;
  engine.name = "databricks";
  engine.is_contract_server = true;
  engine.words = {"bigint", "string", "boolean", "timestamp_ntz", "`"};
  const std::string address = environment("PENSTOCK_TEST_DATABRICKS");
  if (address.empty()) engine.missing = "PENSTOCK_TEST_DATABRICKS names no workspace";
  engine.settings.values = {{"host", address},
                            {"warehouse", environment("DATABRICKS_WAREHOUSE")},
                            {"token", environment("DATABRICKS_TOKEN")},
                            {"history_lag", "2s"}};
  engine.settings.secrets = {text_of(engine.settings, "token")};
  engine.settings.catalog = "spark_catalog";
  engine.make = databricks::make_connector;
  engine.transactions = false;
  engine.types =
      "select true, cast(7 as smallint), cast(8 as int), cast(9 as bigint), cast(1.50 as decimal(10,2)), cast(0.1 as double), 1e20D,"
      " 'Zoë ☃', x'00ff', date'2001-02-03', '04:05:06.5', timestamp_ntz'2001-02-03 04:05:06',"
      " timestamp'2001-02-03 04:05:06.250+02:00', cast(null as string), '00010203-0405-0607-0809-0a0b0c0d0e0f'";
  engine.numbers = "select n from (select id + 1 as n from range(5000))";
  engine.endless = "select count(*) as n from range(10000000) a cross join range(10000000) b where (a.id * b.id) % 7 = 3";
  // Nothing that the planner can work out: a fault that follows from it would come before it has begun.
  engine.slow = "select cast(min(a.id) + 6 as int) as n from range(1000) a cross join range(1500) b where (a.id * b.id) % 7 = 3";
  engine.unreachable_key = "host";
  engine.unreachable_value = "http://127.0.0.1:1";
  return engine;
}

/// The contract server of tests/contract/bigquery. Its engine is done with every statement at once; a comment tells the server how long one
/// takes.
Engine bigquery_engine() {
  Engine engine;
  engine.name = "bigquery";
  engine.is_contract_server = true;
  engine.words = {"int64", "string", "bool", "datetime", "`"};
  const std::string address = environment("PENSTOCK_TEST_BIGQUERY");
  if (address.empty()) engine.missing = "PENSTOCK_TEST_BIGQUERY names no server";
  engine.settings.values = {{"url", "http://127.0.0.1:1"}, {"project", "none"}, {"location", "EU"}};
  std::istringstream words(address);
  for (std::string word; words >> word;) {
    const std::size_t equals = word.find('=');
    engine.settings.values[word.substr(0, equals)] = word.substr(equals + 1);
  }
  std::ifstream key(text_of(engine.settings, "key"));
  engine.settings.values.erase("key");
  engine.settings.values["credentials"] = std::string(std::istreambuf_iterator<char>(key), {});
  engine.settings.values["patience"] = "5s";
  engine.settings.secrets = {engine.settings.values["credentials"]};
  engine.make = bigquery::make_connector;
  engine.transactions = false;
  engine.columns = "id int64 not null, label string(20), amount numeric(10,2)";
  engine.types =
      "select true, cast(7 as int64), 8, 9, numeric '1.50', 0.1, 1e20, 'Zoë ☃', b'\\x00\\xff', date '2001-02-03', time '04:05:06.5',"
      " datetime '2001-02-03 04:05:06', timestamp '2001-02-03 04:05:06.25+02', cast(null as string), [struct(1 as a)]";
  engine.cells = {"true",
                  "7",
                  "8",
                  "9",
                  "1.5",
                  "0.1",
                  "1e+20",
                  "Zoë ☃",
                  "\\x00ff",
                  "2001-02-03",
                  "04:05:06.5",
                  "2001-02-03 04:05:06",
                  "2001-02-03 02:05:06.25+00",
                  "<null>",
                  "[{\"a\":\"1\"}]"};
  engine.numbers = "select n from unnest(generate_array(1, 5000)) as n";
  engine.endless = "select count(*) as n from unnest([1, 2]) as x /* endless */";
  engine.slow = "select 7 as n /* lasts 2500 ms */";
  engine.unreachable_key = "url";
  engine.unreachable_value = "http://127.0.0.1:1";
  return engine;
}

std::vector<Engine> make_engines() {
  std::vector<Engine> all = {duckdb_engine(), postgres_engine(), trino_engine(), databricks_engine(), bigquery_engine()};
  for (Engine& engine : all) {
    engine.settings.name = engine.name + "_under_test";
    engine.settings.type = engine.name;
    if (engine.schema.empty()) engine.schema = run_name();
    if (!engine.cells.empty()) continue;
    engine.cells = {"true",
                    "7",
                    "8",
                    "9",
                    "1.50",
                    "0.1",
                    "1e+20",
                    "Zoë ☃",
                    "\\x00ff",
                    "2001-02-03",
                    "04:05:06.5",
                    "2001-02-03 04:05:06",
                    "2001-02-03 02:05:06.25+00",
                    "<null>",
                    "00010203-0405-0607-0809-0a0b0c0d0e0f"};
  }
  return all;
}

}  // namespace

const std::vector<Engine>& engines() {
  static const std::vector<Engine> all = make_engines();
  return all;
}

std::vector<std::size_t> real_engines() {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < engines().size(); ++i) {
    if (!engines()[i].is_contract_server) places.push_back(i);
  }
  return places;
}

void ConnectorTest::SetUp() {
  if (!engine().missing.empty()) GTEST_SKIP() << engine().missing;
  connector_ = connect();
  const Outcome made = run("create schema if not exists " + engine().schema);
  ASSERT_EQ(made.state, Outcome::State::succeeded) << describe_outcome(made);
}

void ConnectorTest::TearDown() {
  if (connector_ == nullptr) return;
  for (const char* name : {"made", "ledger", "source"}) run("drop table if exists " + table(name));
  run("drop schema if exists " + engine().schema);
  connector_.reset();
  if (engine().name == "duckdb") std::filesystem::remove(text_of(engine().settings, "path"));
}

std::unique_ptr<Connector> ConnectorTest::connect(const std::string& key, const std::string& value) {
  Settings settings = engine().settings;
  if (!key.empty()) settings.values[key] = value;
  Result<std::unique_ptr<Connector>> connector = engine().make(settings);
  if (!connector) {
    ADD_FAILURE() << connector.error().message;
    return nullptr;
  }
  return *std::move(connector);
}

Outcome ConnectorTest::run(const Unit& unit, const std::string& name) {
  const auto session = connector_->open();
  if (!session) {
    Outcome outcome;
    outcome.state = Outcome::State::failed;
    outcome.error = session.error();
    return outcome;
  }
  const auto handle = (*session)->submit(unit, token(name));
  if (!handle) {
    Outcome outcome;
    outcome.state = Outcome::State::failed;
    outcome.error = handle.error();
    return outcome;
  }
  return (*session)->follow(*handle, unit, [](const Handle&) { return Result<void>(); });
}

Outcome ConnectorTest::run(const std::string& statement) { return run(unit_of({statement}), "plain"); }

std::string ConnectorTest::ask(const std::string& query) {
  const Outcome outcome = run(read_of(query), "ask");
  if (outcome.state != Outcome::State::succeeded || outcome.rows.size() != 1) return describe_outcome(outcome);
  return outcome.rows[0][0].value_or("<null>");
}

Token ConnectorTest::token(const std::string& name) const {
  static int count = 0;
  Token token;
  token.id = name + std::to_string(getpid()) + "x" + std::to_string(++count);
  token.run_id = "run";
  token.step = "pipeline.step";
  return token;
}

Unit ConnectorTest::unit_of(std::vector<std::string> statements) {
  Unit unit;
  unit.statements = std::move(statements);
  return unit;
}

Unit ConnectorTest::read_of(const std::string& query) {
  Unit unit = unit_of({query});
  unit.wants_rows = true;
  unit.idempotent = true;
  return unit;
}

namespace {

/// By the stand-in's own account, because a workspace tells of it only through what is under test.
bool runs_at_databricks(const Engine& engine, const Token& token) {
  httplib::Client workspace(text_of(engine.settings, "host"));
  const auto answer = workspace.Post("/control/state", "{}", "application/json");
  if (!answer) {
    ADD_FAILURE() << httplib::to_string(answer.error());
    return false;
  }
  const nlohmann::json state = nlohmann::json::parse(answer->body);
  for (const auto& statement : state["statements"]) {
    const std::string text = statement["query_text"];
    if (text.find(token.id) != std::string::npos && !statement["is_final"]) return true;
  }
  return false;
}

}  // namespace

bool ConnectorTest::runs_at_engine(const Token& token) {
  if (engine().name == "databricks") return runs_at_databricks(engine(), token);
  if (engine().name == "duckdb" || engine().name == "bigquery") {
    return connector_->find(token, unit_of({""})).value().state == Found::State::running;
  }
  const std::string query =
      engine().name == "postgres"
          ? "select count(*) from pg_stat_activity where application_name = 'penstock:" + token.id + "' and state = 'active'"
          : "select count(*) from system.runtime.queries where source = 'penstock:" + token.id +
                "' and state not in ('FINISHED', 'FAILED')";
  return ask(query) != "0";
}

std::string describe_outcome(const Outcome& outcome) {
  constexpr const char* kStates[] = {"succeeded", "failed", "cancelled", "unknown"};
  return std::string(kStates[static_cast<int>(outcome.state)]) + " " + std::string(name_of(outcome.error.kind)) + ": " +
         outcome.error.message + " (" + outcome.error.hint + ") " + outcome.error.sqlstate + outcome.error.vendor_code + ", " +
         std::to_string(outcome.rows.size()) + " rows";
}

}  // namespace penstock::connectors
