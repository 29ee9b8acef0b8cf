#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "connectors/connector.h"
#include "connectors/settings.h"

namespace penstock::connectors {

/// What the SQL of an engine calls what most call otherwise.
struct Words {
  std::string integer = "bigint";
  std::string text = "varchar";
  std::string boolean = "boolean";
  std::string timestamp = "timestamp";  ///< Without a zone, with microseconds.
  std::string quote = "\"";
};

/// One engine under test: how to reach it, and the few words that its SQL says differently.
struct Engine {
  std::string name;
  std::string missing;  ///< Why it cannot be tested here; empty when it can.
  Settings settings;
  std::function<Result<std::unique_ptr<Connector>>(const Settings&)> make;

  Words words;
  bool is_contract_server = false;  ///< It stands in for one that cannot run here.
  bool transactions = true;         ///< Several statements commit together.
  bool outlives_client = true;      ///< A running statement survives the death of the process that sent it.
  std::string schema;               ///< A schema of this process; its tables are "schema.name".
  std::string columns = "id integer not null, label varchar(20), amount decimal(10,2)";  ///< Of a table, as its SQL writes them.
  std::string types;  ///< A SELECT with one row of every type; `cells` is that row.
  std::vector<std::string> cells;
  std::string numbers;            ///< A SELECT of the numbers 1 to 5000 in a column n.
  std::string endless;            ///< A SELECT of one row that takes minutes.
  std::string slow;               ///< A SELECT of the number 7 as n that takes two or three seconds.
  std::string unreachable_key;    ///< The setting that makes it unreachable ...
  std::string unreachable_value;  ///< ... with this value.
};

/// The engines, made once; the environment says where they are: PENSTOCK_DUCKDB_LIBRARY, PENSTOCK_TEST_POSTGRES, PENSTOCK_TEST_TRINO,
/// PENSTOCK_TEST_BIGQUERY.
const std::vector<Engine>& engines();

/// The places in `engines` of those that are no contract servers.
std::vector<std::size_t> real_engines();

/// A test that runs on every engine, with a connector and an empty schema of its own.
class ConnectorTest : public testing::TestWithParam<std::size_t> {
 protected:
  void SetUp() override;
  void TearDown() override;

  const Engine& engine() const { return engines()[GetParam()]; }
  std::string table(const std::string& name) const { return engine().schema + "." + name; }

  std::unique_ptr<Connector> connect(const std::string& key = {}, const std::string& value = {});

  /// Submits and follows on a session of its own.
  Outcome run(const Unit& unit, const std::string& token);
  Outcome run(const std::string& statement);

  /// The only cell of a query.
  std::string ask(const std::string& query);

  /// A token that no other test, and no other run, has.
  Token token(const std::string& name) const;

  static Unit unit_of(std::vector<std::string> statements);
  Unit read_of(const std::string& query);

  /// Whether the engine itself says that a statement with the token runs.
  bool runs_at_engine(const Token& token);

  std::unique_ptr<Connector> connector_;
};

std::string describe_outcome(const Outcome& outcome);

}  // namespace penstock::connectors
