#include <gtest/gtest.h>

#include <map>

#include "tests/conformance/meaning/cases.h"
#include "tests/conformance/meaning/target.h"

// PostgreSQL is the oracle: what it answers to the portable text itself must be what every engine answers to the compiled one.

namespace penstock::meaning {
namespace {

constexpr std::size_t kBatch = 12;

class Meaning : public testing::Test {
 protected:
  static void SetUpTestSuite() { targets() = filled_targets(); }
  static void TearDownTestSuite() { targets().clear(); }

  void SetUp() override {
    if (!targets().contains("postgres")) GTEST_SKIP() << "PENSTOCK_TEST_POSTGRES names no server, and PostgreSQL is the oracle";
    if (targets().size() < 3) GTEST_SKIP() << "an engine is missing: PENSTOCK_DUCKDB_LIBRARY, PENSTOCK_TEST_POSTGRES, PENSTOCK_TEST_TRINO";
  }

  static std::map<std::string, std::unique_ptr<Target>>& targets() {
    static std::map<std::string, std::unique_ptr<Target>> kTargets;
    return kTargets;
  }

  static Rows oracle(const std::string& sql) {
    Target& postgres = *targets().at("postgres");
    const auto outcome = postgres.run({"set search_path to " + postgres.schema(), sql}, true);
    EXPECT_EQ(outcome.state, connectors::Outcome::State::succeeded) << sql << "\n" << outcome.error.message;
    return outcome.rows;
  }

  // The compiled SQL, or nothing where the target refuses, which must then be as `refused` says.
  static std::optional<std::string> compile(Target& target, const std::string& sql, std::string_view refused) {
    const Wide wide(target.schema());
    const ir::RelationPtr query = wide.parse(sql);
    if (query == nullptr) return std::nullopt;
    const auto written = target.dialect().write(ir::SelectStatement{query});
    const bool expected = refused.find(target.dialect().name()) != std::string_view::npos;
    EXPECT_EQ(written.has_value(), !expected) << target.dialect().name() << ": " << sql << "\n" << (written ? "" : written.error().message);
    if (!written) return std::nullopt;
    return *written;
  }

  static void compare(const std::string& target, const std::string& sql, const std::string& compiled, const Rows& wanted,
                      const Rows& given) {
    ASSERT_EQ(given.size(), wanted.size()) << target << ": " << sql << "\n" << compiled;
    for (std::size_t row = 0; row < wanted.size(); ++row) {
      ASSERT_EQ(given[row].size(), wanted[row].size());
      for (std::size_t column = 0; column < wanted[row].size(); ++column) {
        EXPECT_EQ(canonical(given[row][column]), canonical(wanted[row][column]))
            << target << ": row " << row + 1 << ", column " << column + 1 << " of " << sql << "\n"
            << compiled;
      }
    }
  }

  static void hold(const std::string& sql, std::string_view refused) {
    const Rows wanted = oracle(sql);
    for (auto& [name, target] : targets()) {
      const auto compiled = compile(*target, sql, refused);
      if (!compiled) continue;
      const auto outcome = target->run({*compiled}, true);
      ASSERT_EQ(outcome.state, connectors::Outcome::State::succeeded) << name << ": " << sql << "\n"
                                                                      << outcome.error.message << "\n"
                                                                      << *compiled;
      compare(name, sql, *compiled, wanted, outcome.rows);
    }
  }

  // Expressions are cheap together and named alone: a batch that fails is taken apart.
  static void hold_batches(std::span<const Expression> all, const std::string& head, const std::string& tail) {
    std::vector<Expression> batch;
    const auto text = [&](std::span<const Expression> some) {
      std::string sql = "select " + head;
      for (std::size_t i = 0; i < some.size(); ++i) sql += ", " + std::string(some[i].sql) + " as x" + std::to_string(i + 1);
      return sql + " from wide " + tail;
    };
    const auto flush = [&] {
      if (batch.empty()) return;
      const std::string sql = text(batch);
      const Rows wanted = oracle(sql);
      for (auto& [name, target] : targets()) {
        const auto compiled = compile(*target, sql, {});
        const auto outcome = compiled ? target->run({*compiled}, true) : connectors::Outcome{};
        if (compiled && outcome.state == connectors::Outcome::State::succeeded) {
          compare(name, sql, *compiled, wanted, outcome.rows);
          continue;
        }
        for (const Expression& one : batch) hold(text({&one, 1}), one.refused);
        break;
      }
      batch.clear();
    };
    for (const Expression& one : all) {
      if (!one.refused.empty()) {
        hold(text({&one, 1}), one.refused);
        continue;
      }
      batch.push_back(one);
      if (batch.size() == kBatch) flush();
    }
    flush();
  }
};

TEST_F(Meaning, OfDatabricksIsHeldHere) {
  if (!targets().contains("databricks")) GTEST_SKIP() << "PENSTOCK_TEST_SPARK names no deploy/engines/spark: nothing here is asked of it";
  EXPECT_EQ(targets().at("databricks")->run({"select current_timezone()"}, true).rows.at(0).at(0), "UTC");
}

TEST_F(Meaning, OfExpressions) { hold_batches(expressions(), "id", "order by id"); }

TEST_F(Meaning, OfAggregates) { hold_batches(aggregates(), "1 as one", ""); }

TEST_F(Meaning, OfAggregatesByGroup) { hold_batches(aggregates(), "flag", "group by flag order by flag"); }

TEST_F(Meaning, OfQueries) {
  for (const Query& one : queries()) {
    SCOPED_TRACE(one.name);
    hold(std::string(one.sql), one.refused);
  }
}

// PostgreSQL joins fully only by an equality of both sides: others are held against what it is told to write instead.
TEST_F(Meaning, OfFullJoins) {
  const std::string columns = "select a.id as a, b.id as b from wide as a ";
  for (const std::string on : {"a.number < b.small", "a.day > b.other_day and a.flag", "a.number = b.small or a.flag = b.flag",
                               "a.number + b.small = 10", "a.name is not distinct from b.other_name", "a.small = 7"}) {
    const std::string unmatched = "select null, b.id from wide as b where not exists (select 1 from wide as a where " + on + ")";
    const Rows wanted =
        oracle("select * from (" + columns + "left join wide as b on " + on + " union all " + unmatched + ") as t order by a, b");
    const std::string sql = "select * from (" + columns + "full join wide as b on " + on + ") as t order by a, b";
    for (auto& [name, target] : targets()) {
      const auto compiled = compile(*target, sql, "postgres");
      if (!compiled) continue;
      compare(name, sql, *compiled, wanted, target->run({*compiled}, true).rows);
    }
  }
  hold(columns + "full join wide as b on a.number = b.small and a.flag order by a, b", {});
  hold(columns + "full join wide as b on a.name || 'x' = b.other_name || 'x' order by a, b", {});
}

TEST_F(Meaning, OfFailures) {
  for (const Failing& one : failing()) {
    const std::string sql = "select id, " + std::string(one.sql) + " as x from wide where id <> 3";
    for (auto& [name, target] : targets()) {
      const auto compiled = compile(*target, sql, one.refused);
      if (!compiled) continue;
      const auto outcome = target->run({*compiled}, true);
      EXPECT_EQ(outcome.state, connectors::Outcome::State::failed) << name << " does not fail: " << sql << "\n" << *compiled;
    }
  }
}

}  // namespace
}  // namespace penstock::meaning
