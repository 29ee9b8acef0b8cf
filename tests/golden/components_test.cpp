#include <gtest/gtest.h>

#include <map>

#include "pipelines/dialects/dialect.h"
#include "tests/golden/golden.h"
#include "tests/golden/table_uses.h"
#include "tests/unit/components/fixture.h"

namespace penstock::golden {
namespace {

using penstock::testing::Workshop;

void set_up(Workshop& shop) {
  shop.table("flights", {"origin text", "destination text", "state text", "day date", "delay int64"}, {});
  shop.table("airports", {"iata text", "city text", "region text"}, {});
  shop.table("details", {"origin text", "gates int32"}, {});
  shop.table("diverted", {"day date", "origin text", "destination text", "delay int32", "state text"}, {});
  shop.table("known", {"iata text"}, {});
}

const std::map<std::string, std::vector<std::string>>& chains() {
  static const std::map<std::string, std::vector<std::string>> cases{
      {"aggregate", {"aggregate: {by: [origin], columns: {flights: count(*), total: sum(delay), rest: sum(delay) + count(*)}}"}},
      {"calculate", {"calculate: {twice: delay * 2, delay: delay + 1}"}},
      {"deduplicate", {"deduplicate: {by: [origin], order: [day desc, destination, delay, state]}"}},
      {"distinct", {"distinct: true"}},
      {"distinct_columns", {"distinct: [origin, destination]"}},
      {"drop", {"drop: [state, delay]"}},
      {"except", {"select: [{iata: origin}]", "except: [known]"}},
      {"filter", {"filter: delay is not null and delay > 15"}},
      {"intersect", {"select: [{iata: origin}]", "intersect: [known]"}},
      {"join_anti", {"join: {with: airports, type: anti, on: origin = airports.iata}"}},
      {"join_cross", {"join: {with: airports, type: cross, columns: [city]}"}},
      {"join_full", {"join: {with: details, type: full, on: [origin]}"}},
      {"join_left", {"join: {with: airports, type: left, on: origin = airports.iata, prefix: airport_, expect: exactly_one}"}},
      {"lookup", {"lookup: {in: airports, on: origin = airports.iata, columns: [{origin_city: city}]}"}},
      {"pivot", {"pivot: {by: [origin], column: destination, values: {sfo: SFO, jfk: JFK}, aggregate: sum(delay) + count(*)}"}},
      {"rank", {"rank: {by: [state], order: [delay desc, day, origin, destination], as: place}"}},
      {"rename", {"rename: {origin: from_airport, destination: to_airport}"}},
      {"select", {"select: [day, {late: delay > 15}, origin]"}},
      {"top", {"top: {count: 10, order: [delay desc, day, origin, destination, state]}"}},
      {"top_by", {"top: {count: 3, by: [state], order: [delay desc, day, origin, destination]}"}},
      {"union", {"union: [diverted]"}},
      {"union_all_columns", {"union: {with: [details], columns: all, distinct: true}"}},
      {"unpivot", {"unpivot: {columns: [origin, destination], name: end_of_route, value: airport}"}},
      {"worst_routes",
       {"filter: delay is not null", "join: {with: airports, type: left, on: origin = airports.iata, expect: at_most_one}",
        "aggregate: {by: [region, origin, destination], columns: {flights: count(*), total: sum(delay)}}", "filter: flights >= 100",
        "rank: {by: [region], order: [total desc, origin, destination], as: place}", "filter: place <= 10"}},
  };
  return cases;
}

TEST(Components, EveryComponentInEveryDialect) {
  for (const auto& [name, calls] : chains()) {
    Workshop shop;
    set_up(shop);
    const ir::RelationPtr relation = shop.chain(calls);
    ASSERT_NE(relation, nullptr) << name << ": " << ::testing::PrintToString(shop.messages());
    for (const dialects::Dialect* dialect : dialects::dialect_table()) {
      std::string text;
      for (const std::string& call : calls) text += "-- " + call + "\n";
      const std::string sql = sql_or_refusal(dialect->write(ir::SelectStatement{relation}));
      for (const auto& [table, input] : shop.tables) {
        // The first table is the chain's input; a component names what it reads.
        std::size_t mentions = table == "flights" ? 1 : 0;
        for (const std::string& call : calls) mentions += call.find(table) == std::string::npos ? 0U : 1U;
        EXPECT_LE(table_uses(sql, table), mentions) << table << " in " << name << "\n" << sql;
      }
      text += sql + "\n";
      for (const auto& check : shop.implied) {
        text += "-- " + check.name + "\n" + sql_or_refusal(dialect->write(ir::SelectStatement{check.failing})) + "\n";
      }
      expect_golden("components/" + name, std::string(dialect->name()) + ".sql", text);
    }
  }
}

// A component without a case would never be printed.
TEST(Components, EachHasACase) {
  for (const components::ComponentSpec& component : components::component_table()) {
    const std::string start = std::string(component.parameters.name) + ":";
    bool found = false;
    for (const auto& [name, calls] : chains()) {
      for (const std::string& call : calls) found = found || call.starts_with(start);
    }
    EXPECT_TRUE(found) << component.parameters.name;
  }
}

TEST(Components, EveryCheckInEveryDialect) {
  const std::map<std::string, std::string> cases{
      {"accepted_values", "accepted_values: {column: origin, values: [SFO, JFK]}"},
      {"expression", "expression: delay > 15"},
      {"not_null", "not_null: [origin, day]"},
      {"relationship", "relationship: {column: origin, to: airports, field: iata}"},
      {"row_count", "row_count: {min: 1, max: 100}"},
      {"unique", "unique: [origin, day]"},
  };
  EXPECT_EQ(cases.size(), components::check_table().size());
  for (const auto& [name, call] : cases) {
    Workshop shop;
    set_up(shop);
    const ir::RelationPtr failing = shop.check(call);
    ASSERT_NE(failing, nullptr) << name << ": " << ::testing::PrintToString(shop.messages());
    for (const dialects::Dialect* dialect : dialects::dialect_table()) {
      const std::string text = "-- " + call + "\n" + sql_or_refusal(dialect->write(ir::SelectStatement{failing}));
      expect_golden("components/check_" + name, std::string(dialect->name()) + ".sql", text);
    }
  }
}

}  // namespace
}  // namespace penstock::golden
