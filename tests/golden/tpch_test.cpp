#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "pipelines/dialects/dialect.h"
#include "pipelines/sql/query.h"
#include "tests/golden/golden.h"

namespace penstock::golden {
namespace {

struct Table {
  const char* name;
  std::initializer_list<std::pair<const char*, const char*>> columns;
};

const Table kTables[] = {
    {"region", {{"r_regionkey", "int32"}, {"r_name", "text"}, {"r_comment", "text"}}},
    {"nation", {{"n_nationkey", "int32"}, {"n_name", "text"}, {"n_regionkey", "int32"}, {"n_comment", "text"}}},
    {"supplier",
     {{"s_suppkey", "int64"},
      {"s_name", "text"},
      {"s_address", "text"},
      {"s_nationkey", "int32"},
      {"s_phone", "text"},
      {"s_acctbal", "decimal(15,2)"},
      {"s_comment", "text"}}},
    {"part",
     {{"p_partkey", "int64"},
      {"p_name", "text"},
      {"p_mfgr", "text"},
      {"p_brand", "text"},
      {"p_type", "text"},
      {"p_size", "int32"},
      {"p_container", "text"},
      {"p_retailprice", "decimal(15,2)"},
      {"p_comment", "text"}}},
    {"partsupp",
     {{"ps_partkey", "int64"},
      {"ps_suppkey", "int64"},
      {"ps_availqty", "int64"},
      {"ps_supplycost", "decimal(15,2)"},
      {"ps_comment", "text"}}},
    {"customer",
     {{"c_custkey", "int64"},
      {"c_name", "text"},
      {"c_address", "text"},
      {"c_nationkey", "int32"},
      {"c_phone", "text"},
      {"c_acctbal", "decimal(15,2)"},
      {"c_mktsegment", "text"},
      {"c_comment", "text"}}},
    {"orders",
     {{"o_orderkey", "int64"},
      {"o_custkey", "int64"},
      {"o_orderstatus", "text"},
      {"o_totalprice", "decimal(15,2)"},
      {"o_orderdate", "date"},
      {"o_orderpriority", "text"},
      {"o_clerk", "text"},
      {"o_shippriority", "int32"},
      {"o_comment", "text"}}},
    {"lineitem",
     {{"l_orderkey", "int64"},
      {"l_partkey", "int64"},
      {"l_suppkey", "int64"},
      {"l_linenumber", "int64"},
      {"l_quantity", "decimal(15,2)"},
      {"l_extendedprice", "decimal(15,2)"},
      {"l_discount", "decimal(15,2)"},
      {"l_tax", "decimal(15,2)"},
      {"l_returnflag", "text"},
      {"l_linestatus", "text"},
      {"l_shipdate", "date"},
      {"l_commitdate", "date"},
      {"l_receiptdate", "date"},
      {"l_shipinstruct", "text"},
      {"l_shipmode", "text"},
      {"l_comment", "text"}}},
};

class TpcTables final : public sql::Tables {
 public:
  TpcTables() {
    for (const Table& table : kTables) {
      ir::Columns columns;
      for (const auto& [name, type] : table.columns) columns.push_back({Identifier::exact(name), ir::parse_type(type).value(), false});
      const Identifier name = Identifier::exact(table.name);
      inputs_[table.name] = {name, ir::scan({{}, Identifier::exact("tpch"), name}, std::move(columns)), false};
    }
  }

  const components::Input* find(std::string_view name) const override {
    const auto found = inputs_.find(name);
    return found == inputs_.end() ? nullptr : &found->second;
  }
  std::vector<std::string> names() const override {
    std::vector<std::string> all;
    for (const auto& [name, input] : inputs_) all.push_back(name);
    return all;
  }

 private:
  std::map<std::string, components::Input, std::less<>> inputs_;
};

std::string query_name(int number) { return (number < 10 ? "q0" : "q") + std::to_string(number); }

std::string text_of(const std::string& query) {
  std::ifstream file("tests/golden/tpch/" + query + ".sql");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

ir::RelationPtr read(const std::string& query) {
  model::Node node;
  node.kind = model::Node::Kind::scalar;
  node.quoted = true;
  node.block = true;
  node.where = {0, 1, 1, 1};
  node.text = text_of(query);
  EXPECT_FALSE(node.text.empty()) << query;
  const TpcTables tables;
  Diagnostics diagnostics;
  ir::RelationPtr relation = sql::parse_query(node, tables, {}, diagnostics);
  for (const Diagnostic& one : diagnostics.sorted()) ADD_FAILURE() << query << ": " << one.message << "\n" << one.help;
  return relation;
}

TEST(TpcH, CompilesOnEveryDialect) {
  for (int number = 1; number <= 22; ++number) {
    const std::string query = query_name(number);
    const ir::RelationPtr relation = read(query);
    ASSERT_NE(relation, nullptr);
    for (const dialects::Dialect* dialect : dialects::dialect_table()) {
      const auto written = dialect->write(ir::SelectStatement{relation});
      EXPECT_TRUE(written) << query << ": " << (written ? "" : written.error().message);
      expect_golden("tpch/" + query, std::string(dialect->name()) + ".sql", sql_or_refusal(written));
    }
  }
}

// Quotients and means have their digits by casts, EXTRACT is a decimal by one, and DuckDB's sum of whole numbers has a type of its own.
TEST(TpcH, HasNoCastThatNobodyWrote) {
  const std::map<std::string_view, std::set<int>> casting{
      {"duckdb", {1, 7, 8, 9, 12, 14, 17, 22}}, {"postgres", {}}, {"trino", {1, 7, 8, 9, 14, 17, 22}}};
  for (const auto& [name, queries] : casting) {
    for (int number = 1; number <= 22; ++number) {
      const auto written = dialects::find_dialect(name)->write(ir::SelectStatement{read(query_name(number))});
      ASSERT_TRUE(written);
      const bool casts = written->find("cast(") != std::string::npos;
      EXPECT_EQ(casts, queries.contains(number)) << name << "\n" << *written;
    }
  }
}

}  // namespace
}  // namespace penstock::golden
