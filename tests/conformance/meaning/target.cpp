#include "tests/conformance/meaning/target.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "pipelines/ir/value.h"
#include "tests/conformance/connectors/engine.h"
#include "tests/conformance/meaning/spark.h"

namespace penstock::meaning {
namespace {

constexpr const char* kNull = nullptr;
constexpr std::size_t kColumns = 18;

struct ColumnText {
  const char* name;
  const char* type;
};

constexpr std::array<ColumnText, kColumns> kTypes{{{"id", "bigint"},
                                                   {"flag", "boolean"},
                                                   {"other_flag", "boolean"},
                                                   {"small", "smallint"},
                                                   {"number", "int"},
                                                   {"big", "bigint"},
                                                   {"price", "numeric(12,2)"},
                                                   {"rate", "numeric(6,4)"},
                                                   {"ratio", "double precision"},
                                                   {"name", "text"},
                                                   {"other_name", "text"},
                                                   {"digits", "text"},
                                                   {"day", "date"},
                                                   {"other_day", "date"},
                                                   {"moment", "timestamp"},
                                                   {"other_moment", "timestamp"},
                                                   {"instant", "timestamptz"},
                                                   {"payload", "text"}}};

constexpr std::array<std::array<const char*, kColumns>, 11> kRows{{
    {"1", "true", "true", "3", "7", "9000000000", "2.50", "0.3333", "2.5", "abc", "b", "12", "2001-02-28", "2001-01-31",
     "2001-02-28 13:14:15.123456", "2001-02-27 23:59:59.999999", "2001-02-28 23:30:00+00", "{\"a\": \"x\", \"b\": [1, 2]}"},
    {"2", "false", "true", "-2", "-7", "-3", "-2.50", "1.5000", "-2.5", "a ", "a", " 42 ", "2000-02-29", "2000-03-31",
     "1969-12-31 23:59:58.5", "1970-01-01 00:00:00", "1969-12-31 23:59:59.5+00", "{\"a\": 5}"},
    {"3", kNull, "false", kNull, kNull, kNull, kNull, kNull, kNull, kNull, kNull, kNull, kNull, kNull, kNull, kNull, kNull, kNull},
    {"4", "true", kNull, "0", "0", "0", "0.00", "0.0001", "0", "", "", "0", "1999-12-31", "2004-02-29", "2000-01-01 00:00:00",
     "1999-12-31 00:00:00", "2000-01-01 00:00:00+00", "{}"},
    {"5", "false", "false", "1", "100000", "4000000000", "9999999999.99", "99.9999", "1.005", "A,b,c", "a,b", "007", "2021-01-03",
     "2020-12-31", "2021-01-03 00:00:00.000001", "2020-12-28 12:00:00", "2021-01-03 00:00:00.000001+00", "{\"a\": true}"},
    {"6", "true", "false", "7", "7", "7", "1.25", "-0.0050", "0.1", "Zoë ☃", "é", "-5", "2001-12-31", "2002-01-07",
     "2001-12-31 23:59:59.999999", "2001-07-01 12:00:00", "2001-06-30 23:59:59.999999+00", "{\"a\": null}"},
    {"7", kNull, "true", "5", "-100", "-9000000000", "-0.01", "2.7182", "1e9", "50%", "a_b", "9", "2004-02-29", "2003-02-28",
     "2004-02-29 00:00:00.5", "2004-02-28 00:00:00.25", "2004-02-29 12:00:00+00", "{\"a\": \"\"}"},
    {"8", "false", kNull, "4", "15", "15", "0.05", "0.0500", "3.5", "xxaxx", "x", "3", "1900-01-01", "1899-12-31", "1900-01-01 00:00:01",
     "1899-12-31 23:59:59", "1900-01-01 00:00:00+00", "{\"b\": [\"p\", \"q\"]}"},
    {"9", "true", "true", "2", "25", "25", "12.34", "0.9999", "-0.5", "a_b", "a_b", "77", "2016-01-01", "2015-12-31", "2016-01-04 10:20:30",
     "2016-01-03 10:20:30", "2016-01-01 05:00:00+00", "{\"a\": 1.50}"},
    {"10", "true", "false", "7", "-15", "-15", "100.00", "3.1415", "123456.789", "1,a", "it's", "1000", "2008-12-29", "2009-01-01",
     "2008-12-29 12:34:56.789", "2008-12-29 12:34:56.788", "2008-12-29 18:00:00+00", "{\"a\": \"é☃\"}"},
    {"11", "false", "true", "6", "7", "1", "2.50", "0.5000", "1.5", "b\\d", "a\\", "8", "2001-03-31", "2001-03-31", "2001-03-31 00:00:00",
     "2001-03-31 00:00:00", "2001-03-25 02:30:00+00", "{\"a\": \"a b\"}"},
}};

ir::Columns wide_columns() {
  ir::Columns columns;
  for (const ColumnText& one : kTypes) {
    columns.push_back({Identifier::exact(one.name), ir::parse_type(one.type).value(), std::string_view(one.name) != "id"});
  }
  return columns;
}

}  // namespace

Wide::Wide(const std::string& schema) : table_{{}, Identifier::exact(schema), Identifier::exact("wide")} {
  input_ = {Identifier::exact("wide"), ir::scan(table_, wide_columns()), false};
}

std::vector<ir::Statement> Wide::statements() const {
  const ir::Columns columns = wide_columns();
  std::vector<std::vector<ir::ExpressionPtr>> rows;
  std::vector<Identifier> names;
  for (const auto& column : columns) names.push_back(column.name);
  for (const auto& row : kRows) {
    auto& cells = rows.emplace_back();
    for (std::size_t i = 0; i < kColumns; ++i) {
      cells.push_back(row[i] == kNull ? ir::null_literal(columns[i].type)
                                      : ir::literal(ir::parse_value(row[i], columns[i].type).value(), columns[i].type));
    }
  }
  // Some cases have an order that a table would not keep, and that is not printed: the rows lie in it.
  const ir::RelationPtr all = ir::values(columns, std::move(rows));
  return {ir::CreateTable{table_, columns, {}, false},
          ir::InsertSelect{table_, names, ir::sort(all, {{ir::column_of(*all, 0), false, false}})}};
}

ir::RelationPtr Wide::parse(const std::string& sql, Diagnostics& diagnostics) const {
  model::Node node;
  node.kind = model::Node::Kind::scalar;
  node.quoted = true;
  node.block = true;
  node.where = {0, 1, 1, 1};
  node.text = sql;
  return sql::parse_query(node, *this, {}, diagnostics);
}

ir::RelationPtr Wide::try_parse(const std::string& sql) const {
  Diagnostics ignored;
  return parse(sql, ignored);
}

ir::RelationPtr Wide::parse(const std::string& sql) const {
  Diagnostics diagnostics;
  ir::RelationPtr relation = parse(sql, diagnostics);
  for (const Diagnostic& one : diagnostics.sorted()) {
    if (one.severity == Severity::error) ADD_FAILURE() << sql << "\n" << one.message << "\n" << one.help;
  }
  return relation;
}

Result<std::unique_ptr<connectors::Connector>> Target::connect(const std::string& name) {
  if (name == "databricks") {
    const char* spark = std::getenv("PENSTOCK_TEST_SPARK");
    if (spark == nullptr || *spark == '\0') return nullptr;
    return spark_connector(spark);
  }
  for (const connectors::Engine& engine : connectors::engines()) {
    if (engine.name != name || !engine.missing.empty()) continue;
    connectors::Settings settings = engine.settings;
    if (name == "duckdb") settings.values["path"] = ":memory:";
    return engine.make(settings);
  }
  return nullptr;
}

std::unique_ptr<Target> Target::open(const std::string& name) {
  auto connector = connect(name);
  if (!connector) {
    ADD_FAILURE() << connector.error().message;
    return nullptr;
  }
  if (*connector == nullptr) return nullptr;
  std::unique_ptr<Target> target(new Target());
  target->dialect_ = dialects::find_dialect(name);
  target->schema_ = "meaning_" + std::to_string(getpid());
  target->connector_ = *std::move(connector);
  auto session = target->connector_->open();
  if (!session) {
    ADD_FAILURE() << session.error().message;
    return nullptr;
  }
  target->session_ = *std::move(session);
  target->run({"create schema " + target->schema_}, false);
  return target;
}

Target::~Target() {
  if (session_ == nullptr) return;
  run({"drop table if exists " + schema_ + ".wide"}, false);
  run({"drop schema if exists " + schema_}, false);
}

connectors::Outcome Target::run(std::vector<std::string> statements, bool wants_rows, bool transaction) {
  connectors::Unit unit;
  unit.statements = std::move(statements);
  unit.wants_rows = wants_rows;
  unit.transaction = transaction;
  unit.idempotent = wants_rows;
  connectors::Token token;
  token.id = "meaning" + std::to_string(getpid()) + "x" + std::to_string(++count_);
  token.run_id = "run";
  token.step = "pipeline.step";
  connectors::Outcome failed;
  failed.state = connectors::Outcome::State::failed;
  const auto handle = session_->submit(unit, token);
  if (!handle) {
    failed.error = handle.error();
    return failed;
  }
  return session_->follow(*handle, unit, [](const connectors::Handle&) { return Result<void>(); });
}

std::vector<std::string> Target::tables_like(const std::string& schema, const std::string& pattern) {
  std::vector<std::string> names;
  if (dialect_->name() == "databricks") {
    // The open catalogue has no information_schema.
    for (const auto& row : run({"show tables in " + schema}, true).rows) {
      const std::string name = row.at(1).value_or("");
      if (name.starts_with(pattern.substr(0, pattern.find('%')))) names.push_back(name);
    }
    return names;
  }
  const auto found =
      run({"select table_name from information_schema.tables where table_schema = '" + schema + "' and table_name like '" + pattern + "'"},
          true);
  for (const auto& row : found.rows) names.push_back(row.at(0).value_or(""));
  return names;
}

std::unique_ptr<Target> filled_target(const std::string& name) {
  auto target = Target::open(name);
  if (target == nullptr) return target;
  // A statement over a Delta table takes half a second longer, and says nothing else about expressions.
  const bool is_delta = target->dialect().name() == "databricks";
  if (is_delta) target->run({"set spark.sql.sources.default = parquet"}, false);
  for (const ir::Statement& statement : Wide(target->schema()).statements()) {
    const auto written = target->dialect().write(statement);
    const auto outcome = written ? target->run({*written}, false) : connectors::Outcome{};
    EXPECT_EQ(outcome.state, connectors::Outcome::State::succeeded) << name << ": " << outcome.error.message;
  }
  if (is_delta) target->run({"set spark.sql.sources.default = delta"}, false);
  return target;
}

std::map<std::string, std::unique_ptr<Target>> filled_targets() {
  std::map<std::string, std::unique_ptr<Target>> targets;
  for (const char* name : {"databricks", "duckdb", "postgres", "trino"}) {
    auto target = filled_target(name);
    if (target != nullptr) targets.emplace(name, std::move(target));
  }
  return targets;
}

void run_plan(Target& target, const publish::StepPlan& plan) {
  for (const publish::Unit& unit : plan.units) {
    std::vector<std::string> statements;
    for (const ir::Statement& one : unit.statements) statements.push_back(target.dialect().write(one).value());
    const bool checks = unit.purpose == publish::Unit::Purpose::check;
    const auto outcome = target.run(statements, checks, unit.transaction);
    ASSERT_EQ(outcome.state, connectors::Outcome::State::succeeded) << outcome.error.message << "\n" << statements.back();
    for (const auto& row : outcome.rows) EXPECT_EQ(row.at(1), "0") << statements.back();
  }
}

std::string canonical(const std::optional<std::string>& cell) {
  if (!cell) return "NULL";
  const std::string& text = *cell;
  if (text == "-0") return "0";
  const bool number = !text.empty() && text.find_first_not_of("+-0123456789.eE") == std::string::npos &&
                      text.find_first_of("0123456789") != std::string::npos && text.find('-', 1) == std::string::npos;
  const bool dotted = number && text.find('.') != std::string::npos && text.find_first_of("eE") == std::string::npos;
  if (!dotted) {
    const bool exponent = text.find_first_of("eE") != std::string::npos && number;
    if (!exponent) return text;
  }
  if (dotted && text.size() < 15) {
    std::string digits = text;
    while (digits.back() == '0') digits.pop_back();
    if (digits.back() == '.') digits.pop_back();
    return digits == "-0" ? "0" : digits;
  }
  char shown[64];
  std::snprintf(shown, sizeof shown, "%.12g", std::strtod(text.c_str(), nullptr));
  return shown;
}

}  // namespace penstock::meaning
