#include "tests/golden/table_uses.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "pipelines/dialects/dialect.h"
#include "tests/golden/golden.h"
#include "tests/golden/publish_cases.h"
#include "tests/unit/sql/fixture.h"

// No statement reads a table more often than its source does: reading is what a warehouse is paid for.

namespace penstock::golden {
namespace {

constexpr std::string_view kTables[] = {"flights", "airports", "orders", "customers", "anything"};

void hold(const std::string& source, std::string_view but_for = {}) {
  const sql::TestTables tables;
  const sql::Parsed parsed = sql::parse(source, tables);
  if (parsed.relation == nullptr) return;
  for (const dialects::Dialect* dialect : dialects::dialect_table()) {
    if (dialect->name() == but_for) continue;
    const auto written = dialect->write(ir::SelectStatement{parsed.relation});
    if (!written) continue;
    for (const std::string_view table : kTables) {
      EXPECT_LE(table_uses(*written, table), table_uses(source, table)) << table << " in\n" << source << "\n" << *written;
    }
  }
}

// The shapes of TPC-H, and those that a writer is most tempted to copy.
constexpr const char* kQueries[] = {
    "with spent as (select customer, sum(price) as total from orders group by customer)\n"
    "select c.name, s.total from customers c, spent s where c.id = s.customer and s.total = (select max(total) from spent)",
    "with spent as (select customer, sum(price) as total from orders group by customer)\n"
    "select name from customers where id in (select customer from spent where total > 1) and id not in (select customer from spent)",
    "with spent as (select customer, sum(price) as total from orders group by customer),\n"
    "  most as (select max(total) as total from spent)\n"
    "select c.name, (select total from most) - coalesce((select s.total from spent s where s.customer = c.id), 0) as below from customers c",
    "select c.name from customers c where exists (with big as (select customer, price from orders where price > 10)\n"
    "  select 1 from big a join big b on a.customer = b.customer where a.customer = c.id and a.price < b.price)",
    "select customer, sum(price) / (select sum(price) from orders) as share from orders group by customer",
    "select customer, quantity % (select count(*) from customers) as n from orders",
    "select id, price / (select max(c.id) from customers c where c.id = o.customer) as each from orders o",
    "select id from orders where price / (select count(*) from customers) > 2 and quantity > 1",
    "select o.id, round((select avg(p.price) from orders p where p.customer = o.customer), 2) as mean from orders o",
    "select part, part * 2 as twice, part + 1 as more from\n"
    "  (select price / (select sum(price) from orders) as part from orders) as parts where part > 0.1",
    "select country, name, count(*) as n from customers group by grouping sets ((country, name), (country), ())",
    "select upper(country) as land, count(distinct name) as n, grouping(country) as g from customers group by rollup(country)",
    "select o.customer, c.country, sum(o.price) as spent from orders o join customers c on c.id = o.customer\n"
    "  group by cube(o.customer, c.country)",
    "select c.id from customers c where c.id > (select max(n) from\n"
    "  (select count(*) as n from orders group by rollup(customer, quantity)) as counts)",
    "select placed_on, sum(price) as spent from orders group by placed_on\n"
    "  having sum(price) > (select sum(price) * 0.0001 from orders) order by spent desc limit 3",
    "select distinct on (customer) customer, price from orders order by customer, price desc, id",
    "select id, (select name from customers where customers.id = customer) is distinct from 'a' as other from orders",
    "select id, (select max(delay) from flights) between id and id + 10 as inside from orders",
    "select name, (select count(*) from orders where customer = customers.id) as n, (select count(*) from orders where paid) as m\n"
    "  from customers order by n desc, m, name limit 5",
};

TEST(TableUses, NoneIsAddedToQueries) {
  for (const char* query : kQueries) {
    const sql::TestTables tables;
    ASSERT_NE(sql::parse(query, tables).relation, nullptr) << query << "\n" << sql::parse(query, tables).diagnostics;
    hold(query);
  }
  // T-SQL has no truth values: a condition that may be NULL is asked whether it holds, and whether its opposite does.
  hold("select id, customer not in (select id from customers where country = 'FR') as abroad from orders", "synapse");
}

std::string on_postgres(const std::string& source) {
  const sql::TestTables tables;
  const sql::Parsed parsed = sql::parse(source, tables);
  if (parsed.relation == nullptr) return parsed.diagnostics;
  for (const dialects::Dialect* dialect : dialects::dialect_table()) {
    if (dialect->name() == "postgres") return sql_or_refusal(dialect->write(ir::SelectStatement{parsed.relation}));
  }
  return {};
}

std::size_t occurrences(const std::string& text, std::string_view piece) {
  std::size_t count = 0;
  for (std::size_t at = text.find(piece); at != std::string::npos; at = text.find(piece, at + piece.size())) ++count;
  return count;
}

// Synapse ignores blanks at the end of a text: only where there are none are its keys bare.
TEST(BareKeys, OfTextsThatNeverEndInABlank) {
  const auto on_synapse = [](const std::string& source) {
    sql::TestTables tables;
    tables.add("sales", {{"shop", "text!"}, {"town", "text"}, {"amount", "int32"}}, false, true);
    tables.add("shops", {{"shop", "text!"}, {"town", "varchar(20)"}}, false, true);
    const sql::Parsed parsed = sql::parse(source, tables);
    return parsed.relation == nullptr ? parsed.diagnostics
                                      : sql_or_refusal(dialects::find_dialect("synapse")->write(ir::SelectStatement{parsed.relation}));
  };
  for (const char* query : {
           "select a.shop, b.town from sales a join shops b on a.shop = b.shop and a.town = b.town",
           "select shop, town, count(*) as n from sales where town in ('a', 'b') and shop <> 'x' group by shop, town",
           "select distinct shop, town from sales",
           "select shop, row_number() over (partition by shop order by town, amount) as n from sales",
           "with s as (select shop, upper(town) as town from sales) select s.shop from s join shops t on s.town = t.town order by s.shop",
           "select shop from sales where town in (select town from shops)",
           "select shop from sales union select rtrim(name) as shop from customers",
           "select c.id from customers c join sales s on rtrim(c.country) = s.shop",
           "select coalesce(town, '') as town, count(distinct shop) as n from sales group by coalesce(town, '')",
       }) {
    EXPECT_EQ(occurrences(on_synapse(query), "N'|'"), 0U) << query << "\n" << on_synapse(query);
  }
  for (const char* query : {
           "select a.shop from sales a join customers c on a.shop = c.country",
           "select town from sales where town = 'a '",
           "select shop || ' ' as s, count(*) as n from sales group by shop || ' '",
           "select name, count(*) as n from (select shop as name from sales union all select name from customers) as x group by name",
           "select distinct cast(shop as varchar(3)) as s from sales",
           "select ltrim(country) as c, count(*) as n from customers group by ltrim(country)",
           "select count(distinct name) as n from customers",
       }) {
    EXPECT_GT(occurrences(on_synapse(query), "N'|'"), 0U) << query << "\n" << on_synapse(query);
  }
}

// PostgreSQL writes the columns of a common table expression into its reader, and computes them there as often as they are used.
TEST(SharedExpressions, ATextIsParsedOnceHoweverManyColumnsAreTakenFromIt) {
  for (const char* query : {
           "with parsed as (select id, name::json as doc from customers)\n"
           "select id, doc->>'a' as a, doc->>'b' as b, doc->>'c' as c from parsed",
           "select id, name::json->>'a' as a, name::json->>'b' as b from customers where id > 3",
           "select a, a || b as ab from (select name::json->>'a' as a, name::json->>'b' as b from customers) as x",
           "select name::json->>'a' as a, count(name::json->>'b') as n from customers group by name::json->>'a'",
           "select id from (select id, name::json as doc from customers) as x where doc->>'a' = '1' and doc->>'b' = '2'",
           "select c.id, c.name::json->>'a' as a, c.name::json->>'b' as b, o.price\n"
           "  from customers c left join orders o on o.customer = c.id",
           "select id, (select max(x.n) from (select o.id, c.name::json->>'a' as n, c.name::json->>'b' as m from orders o) as x\n"
           "  where x.m > 'a') as n from customers c",
       }) {
    const std::string sql = on_postgres(query);
    EXPECT_EQ(occurrences(sql, "\".\"name\" as jsonb)"), 1U) << query << "\n" << sql;
    EXPECT_EQ(occurrences(sql, "offset 0"), occurrences(sql, "lateral (")) << sql;
    EXPECT_GE(occurrences(sql, "lateral ("), 1U) << sql;
  }
}

TEST(SharedExpressions, WhatOnlyABranchComputesStaysThere) {
  const std::string sql = on_postgres("select case when name like '{%' then name::json->>'a' end as a from customers");
  EXPECT_EQ(occurrences(sql, "lateral"), 0U) << sql;
  EXPECT_EQ(occurrences(on_postgres("select id, coalesce(country, name::json->>'a') as a from customers"), "lateral"), 0U);
}

TEST(SharedExpressions, ConditionsPassByWhatIsShared) {
  const std::string sql = on_postgres(
      "with parsed as (select id, name::json as doc from customers)\n"
      "select doc->>'a' as a, doc->>'b' as b from parsed where id = 5");
  EXPECT_NE(sql.find("lateral (\n  select \"parsed\".\"doc\"\n  offset 0\n) as \"shared\"\nwhere \"parsed\".\"id\" = 5"), std::string::npos) << sql;
}

TEST(TableUses, NoneIsAddedToTheTextsOfTheParsersTests) {
  for (const char* name : {"aggregates", "trees", "windows"}) {
    std::ifstream file(std::string("tests/unit/sql/") + name + ".golden");
    ASSERT_TRUE(file) << name;
    std::stringstream text;
    text << file.rdbuf();
    const std::string all = text.str();
    std::size_t queries = 0;
    for (std::size_t end = all.find("\n--\n"); end != std::string::npos; end = all.find("\n--\n", end + 1)) {
      const std::size_t gap = all.rfind("\n\n", end);
      hold(all.substr(gap == std::string::npos ? 0 : gap + 2, end - (gap == std::string::npos ? 0 : gap + 2)));
      ++queries;
    }
    EXPECT_GE(queries, 10U) << name;
  }
}

TEST(TableUses, PublishingRunsTheQueryOnce) {
  for (const PublishCase& one : publish_cases()) {
    for (const dialects::Dialect* dialect : dialects::dialect_table()) {
      const auto plan = plan_of(one, *dialect);
      if (!plan) continue;
      std::string all;
      for (const publish::Unit& unit : plan->units) {
        for (const ir::Statement& statement : unit.statements) all += in_lower_case(sql_or_refusal(dialect->write(statement))) + "\n";
      }
      std::size_t uses = 0;
      for (std::size_t at = all.find("raw"); at != std::string::npos; at = all.find("raw", at + 1)) ++uses;
      EXPECT_EQ(uses, 1U) << one.name << "\n" << all;
    }
  }
}

TEST(TableUses, AreCountedByWhatStandsInFrom) {
  EXPECT_EQ(table_uses("select t.a, \"t\".b from raw.t as t, t as u join [raw].[t] on t.t = 1", "t"), 3U);
  EXPECT_EQ(table_uses("with t2 as (select 1 from `t`)\nselect t2.t from t2", "t"), 1U);
  EXPECT_EQ(table_uses("select t from tt", "t"), 0U);
  EXPECT_EQ(table_uses("select \"T\".\"A\" from \"RAW\".\"T\" as \"T\"", "t"), 1U);
}

}  // namespace
}  // namespace penstock::golden
