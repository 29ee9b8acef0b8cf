#include <gtest/gtest.h>

#include <random>

#include "tests/unit/sql/fixture.h"

namespace penstock::sql {
namespace {

constexpr unsigned kSeed = 20260101;
constexpr int kMutantsPerQuery = 100;

const char* const kExpressions[] = {
    "id + quantity * 2",
    "price / 3",
    "placed_on - interval '1 month'",
    "placed_on + 7",
    "cast(id as text) || '-' || coalesce(details ->> 'a', '')",
    "case when paid then price else 0 end",
    "extract(epoch from placed_at - placed_at)",
    "date_trunc('week', placed_on)::date",
    "round(price, 1)",
    "nullif(quantity, 0)",
    "(select max(c.name) from customers c where c.id = o.customer)",
    "quantity between 1 and 3",
    "customer in (select id from customers)",
    "exists (select 1 from airports a where a.iata = o.details ->> 'iata')",
    "greatest(quantity, 1, customer)",
    "substring(cast(id as text) from 1 for 2)",
    "placed_at at time zone 'Europe/Berlin'",
    "cast(id as text) like 'a#%' escape '#'",
    "paid is not true and quantity is distinct from 3",
    "to_char(placed_on, 'YYYY-MM') = '2001-02'",
};

// @ stands for the expression.
const char* const kShapes[] = {
    "select @ as x from orders o",
    "select id from orders o where (@) is not null and placed_at >= :interval_start",
    "select count(*) as n, @ as k, sum(price) filter (where paid) as p from orders o group by 2, customer, details, paid",
    "select x.v from (select @ as v, id from orders o) as x join customers c on c.id = x.id",
    "with c as (select @ as v from orders o), d as (select v from c) select d.v from d left join c on true",
    "select count(distinct q.v) as m, string_agg(cast(q.id as text), ',' order by q.id) as s from (select @ as v, id from orders o) as q",
    "select row_number() over (partition by @ order by id, price desc nulls last) as n, lag(id) over w as b from orders o window w as "
    "(order by @)",
    "select case when (@) is null then 1 else 2 end as c from orders o order by id limit 3 offset 1",
    "select coalesce(@, null) as c from orders o union all select null",
    "select distinct on (customer) customer, @ as v from orders o order by customer, id, price",
};

std::vector<std::string> valid_queries() {
  std::vector<std::string> queries;
  for (const std::string shape : kShapes) {
    for (const std::string expression : kExpressions) {
      std::string query = shape;
      for (auto at = query.find('@'); at != std::string::npos; at = query.find('@', at + expression.size()))
        query.replace(at, 1, expression);
      queries.push_back(query);
    }
  }
  return queries;
}

std::vector<std::string> tokens_of(const std::string& text) {
  std::vector<std::string> tokens;
  const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at + 1;
    if (is_word(text[at])) {
      while (end < text.size() && is_word(text[end])) ++end;
    }
    tokens.push_back(text.substr(at, end - at));
    at = end;
  }
  return tokens;
}

const char* const kPool[] = {"select",
                             "from",
                             "(",
                             ")",
                             ",",
                             "*",
                             "'x'",
                             "1",
                             "null",
                             "and",
                             "over",
                             "group by",
                             "having",
                             "union",
                             "order",
                             "::",
                             "date",
                             ":a",
                             "$1",
                             "--",
                             "/*",
                             "'",
                             "\"",
                             "count(*)",
                             "sum(",
                             "case",
                             "end",
                             "in",
                             "not",
                             "is",
                             "id",
                             "price",
                             "orders",
                             "row_number()",
                             "filter (where paid)",
                             "é",
                             "\t",
                             ";",
                             "[",
                             "interval '1 day'",
                             "limit",
                             "9999999999999999999999",
                             "1e400",
                             "-",
                             "/",
                             "%",
                             "||",
                             "->>",
                             "lateral",
                             "values (1)",
                             "within group (order by id)"};

class Mutator {
 public:
  explicit Mutator(std::mt19937& random) : random_(random) {}

  std::string mutate(const std::string& query) {
    std::vector<std::string> tokens = tokens_of(query);
    for (std::size_t changes = 1 + pick(3); changes > 0 && !tokens.empty(); --changes) change(tokens);
    std::string text;
    for (const std::string& token : tokens) text += token;
    return text;
  }

 private:
  std::size_t pick(std::size_t below) { return random_() % below; }

  void change(std::vector<std::string>& tokens) {
    const std::size_t at = pick(tokens.size());
    const auto place = tokens.begin() + static_cast<std::ptrdiff_t>(at);
    switch (pick(6)) {
      case 0:
        tokens.erase(place);
        break;
      case 1:
        tokens.insert(place, tokens[pick(tokens.size())]);
        break;
      case 2:
        std::swap(tokens[at], tokens[pick(tokens.size())]);
        break;
      case 3:
        tokens[at] = kPool[pick(std::size(kPool))];
        break;
      case 4:
        tokens.insert(place, std::string(" ") + kPool[pick(std::size(kPool))] + " ");
        break;
      default:
        tokens.resize(at + 1);
    }
  }

  std::mt19937& random_;
};

// A column that the input does not have is shown by its number alone.
bool has_dangling_column(const std::string& described) {
  for (auto at = described.find('#'); at != std::string::npos; at = described.find('#', at + 1)) {
    const char before = at == 0 ? ' ' : described[at - 1];
    const bool named = std::isalnum(static_cast<unsigned char>(before)) != 0 || before == '_' || before == '?' || before == '\'';
    if (!named && at + 1 < described.size() && std::isdigit(static_cast<unsigned char>(described[at + 1])) != 0) return true;
  }
  return false;
}

TEST(SqlFuzzTest, TheQueriesAreValid) {
  const std::vector<std::string> queries = valid_queries();
  ASSERT_EQ(queries.size(), 200U);
  for (const std::string& query : queries) {
    const Parsed parsed = parse(query);
    EXPECT_TRUE(parsed.relation) << query << "\n" << parsed.diagnostics;
    EXPECT_FALSE(has_dangling_column(parsed.described)) << query << "\n" << parsed.described;
  }
}

TEST(SqlFuzzTest, MutantsGiveATreeOrADiagnosticAtAPlace) {
  std::mt19937 random(kSeed);
  Mutator mutator(random);
  const TestTables tables;
  int valid = 0;
  for (const std::string& query : valid_queries()) {
    for (int i = 0; i < kMutantsPerQuery; ++i) {
      const std::string mutant = mutator.mutate(query);
      Diagnostics diagnostics;
      const ir::RelationPtr relation = parse_query(block(mutant), tables, test_parameters(), diagnostics);
      ASSERT_EQ(relation == nullptr, diagnostics.has_errors()) << mutant << "\n" << shown(diagnostics);
      for (const Diagnostic& one : diagnostics.sorted()) {
        ASSERT_GE(one.where.line, 1U) << mutant;
        ASSERT_FALSE(one.message.empty()) << mutant;
      }
      if (!relation) continue;
      ++valid;
      ASSERT_FALSE(has_dangling_column(ir::describe(*relation))) << mutant << "\n" << ir::describe(*relation);
    }
  }
  // Mutants that are all refused would prove little.
  EXPECT_GT(valid, 200);
}

std::string repeated(const std::string& text, int count) {
  std::string result;
  for (int i = 0; i < count; ++i) result += text;
  return result;
}

TEST(SqlDepthTest, DeepTextsEndInADiagnostic) {
  constexpr int kLevels = 100'000;
  const std::string deep[] = {
      "select " + repeated("(", kLevels) + "1" + repeated(")", kLevels) + " as x",
      "select 1" + repeated(" + 1", kLevels) + " as x",
      "select " + repeated("not ", kLevels) + "true as x",
      "select " + repeated("- ", kLevels) + "1 as x",
      "select " + repeated("abs(", kLevels) + "1" + repeated(")", kLevels) + " as x",
      "select " + repeated("case when true then ", kLevels) + "1" + repeated(" end", kLevels) + " as x",
      "select 1" + repeated("::bigint", kLevels) + " as x",
      "select 'a'" + repeated(" || 'a'", kLevels) + " as x",
      "select * from " + repeated("(select * from ", kLevels) + "orders" + repeated(") as a", kLevels),
      "select 1 as x" + repeated(" union select 1", kLevels),
      "select 1 as x" + repeated(" union select 1 except select 2", 1000),
      "select 1 as x from orders" + repeated(" cross join orders", kLevels),
      "select true" + repeated(" is true", 2000) + " as x",
      "select 1" + repeated(" + 1", 2000) + " as x",
      "select " + repeated("abs(", 2000) + "1" + repeated(")", 2000) + " as x",
  };
  for (const std::string& text : deep) {
    const Parsed parsed = parse(text);
    EXPECT_FALSE(parsed.relation) << text.substr(0, 60);
    EXPECT_FALSE(parsed.diagnostics.empty()) << text.substr(0, 60);
  }
}

TEST(SqlDepthTest, WideTextsAreFine) {
  EXPECT_TRUE(parse("select id from orders where quantity in (1" + repeated(", 1", 20'000) + ")").relation);
  EXPECT_TRUE(parse("select id from orders where true" + repeated(" and quantity > 1", 5'000)).relation);
  EXPECT_TRUE(parse("select 1 as x" + repeated(" union all select 1", 2'000)).relation);
  EXPECT_TRUE(parse("select 1" + repeated(" + 1", 400) + " as x").relation);
}

}  // namespace
}  // namespace penstock::sql
