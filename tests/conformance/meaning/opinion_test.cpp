#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "tests/conformance/meaning/cases.h"
#include "tests/conformance/meaning/opinions.h"
#include "tests/conformance/meaning/target.h"
#include "tests/golden/asked_process.h"

// A second opinion on targets that cannot run here: what is compiled for them is read by a transpiler of others in that dialect, run on
// DuckDB, and compared with what PostgreSQL answers to the portable text.

namespace penstock::meaning {
namespace {

// NaN where it is no number.
double number_in(const std::optional<std::string>& cell) {
  if (!cell || cell->empty()) return std::nan("");
  char* end = nullptr;
  const double number = std::strtod(cell->c_str(), &end);
  return *end == '\0' ? number : std::nan("");
}

// DuckDB may have a double where PostgreSQL has a numeric: 3.3e-05 is 0.000033, and -0 is 0.
bool agrees(const std::optional<std::string>& here, const std::optional<std::string>& there) {
  constexpr double kDoubleNoise = 1e-13;
  const double left = number_in(here);
  const double right = number_in(there);
  return canonical(here) == canonical(there) || std::abs(left - right) <= kDoubleNoise * std::max(std::abs(left), std::abs(right));
}

class SecondOpinion : public testing::TestWithParam<Opinions> {
 protected:
  static void SetUpTestSuite() {
    postgres() = filled_target("postgres");
    duckdb() = filled_target("duckdb");
  }
  static void TearDownTestSuite() {
    postgres().reset();
    duckdb().reset();
  }

  void SetUp() override {
    if (postgres() == nullptr) GTEST_SKIP() << "PENSTOCK_TEST_POSTGRES names no server, and PostgreSQL is the oracle";
    if (duckdb() == nullptr) GTEST_SKIP() << "PENSTOCK_DUCKDB_LIBRARY names no library";
    const char* command = std::getenv("PENSTOCK_TEST_SQL_CHECKERS");
    if (command == nullptr || *command == '\0') GTEST_SKIP() << "PENSTOCK_TEST_SQL_CHECKERS names no checkers";
    static golden::AskedProcess checkers({command});
    checkers_ = &checkers;
  }

  static std::unique_ptr<Target>& postgres() {
    static std::unique_ptr<Target> kTarget;
    return kTarget;
  }
  static std::unique_ptr<Target>& duckdb() {
    static std::unique_ptr<Target> kTarget;
    return kTarget;
  }

  template <typename List>
  static auto find(const List& list, std::string_view name) {
    return std::find_if(list.begin(), list.end(), [name](const auto& one) { return one.sql == name; });
  }

  /// What the target is told, or nothing where it refuses.
  std::optional<std::string> compile(std::string_view name, const std::string& sql) {
    const ir::RelationPtr query = Wide(duckdb()->schema()).parse(sql);
    if (query == nullptr) return std::nullopt;
    const auto written = dialects::find_dialect(GetParam().dialect)->write(ir::SelectStatement{query});
    const auto known = find(GetParam().refused, name);
    if (known == GetParam().refused.end()) {
      EXPECT_TRUE(written) << sql << "\n" << (written ? "" : written.error().message);
    } else {
      EXPECT_FALSE(written) << name << " is no longer refused: take it off the list";
      if (!written) {
        EXPECT_NE(written.error().message.find(known->words), std::string::npos) << written.error().message;
      }
    }
    return written ? std::optional(*written) : std::nullopt;
  }

  std::string made_by(const ir::Statement& statement) const { return dialects::find_dialect(GetParam().dialect)->write(statement).value(); }

  /// Empty where the reader's rows are PostgreSQL's; otherwise what is wrong.
  std::string difference(const std::string& compiled, const Rows& wanted) {
    const auto read = checkers_->ask({{"dialect", std::string(GetParam().dialect)},
                                      {"sql", compiled},
                                      {"translate", "duckdb"},
                                      {"schema", made_by(Wide(duckdb()->schema()).statements().front())}});
    if (!read.value("ok", false)) return read.value("message", "no answer");
    const auto sql = read.value("sql", "");
    const auto outcome = duckdb()->run({sql}, true);
    if (outcome.state != connectors::Outcome::State::succeeded) return outcome.error.message + "\n" + sql;
    if (outcome.rows.size() != wanted.size()) return std::to_string(outcome.rows.size()) + " rows\n" + sql;
    for (std::size_t row = 0; row < wanted.size(); ++row) {
      for (std::size_t column = 0; column < wanted[row].size(); ++column) {
        const auto& here = outcome.rows[row].at(column);
        const auto& there = wanted[row][column];
        if (agrees(here, there)) continue;
        return "row " + std::to_string(row + 1) + ": " + canonical(here) + ", and PostgreSQL says " + canonical(there) + "\n" + sql;
      }
    }
    return {};
  }

  void hold(std::string_view name, const std::string& sql) {
    const auto compiled = compile(name, sql);
    if (!compiled) return;
    const auto outcome = postgres()->run({"set search_path to " + postgres()->schema(), sql}, true);
    ASSERT_EQ(outcome.state, connectors::Outcome::State::succeeded) << sql << "\n" << outcome.error.message;
    const std::string wrong = difference(*compiled, outcome.rows);
    const auto known = find(GetParam().wrong, name);
    if (known == GetParam().wrong.end()) {
      EXPECT_EQ(wrong, "") << name << "\n" << *compiled;
    } else {
      EXPECT_NE(wrong, "") << name << " agrees: take it off the list (" << known->why << ")";
    }
  }

  golden::AskedProcess* checkers_ = nullptr;
};

TEST_P(SecondOpinion, OfExpressions) {
  for (const Expression& one : expressions()) hold(one.sql, "select id, " + std::string(one.sql) + " as x from wide order by id");
}

TEST_P(SecondOpinion, OfAggregates) {
  for (const Expression& one : aggregates()) {
    hold(one.sql, "select flag, " + std::string(one.sql) + " as x from wide group by flag order by flag");
  }
}

TEST_P(SecondOpinion, OfQueries) {
  for (const Query& one : queries()) hold(one.name, std::string(one.sql));
}

TEST_P(SecondOpinion, IsOnlyListedOfCasesThatThereAre) {
  const auto is_case = [](std::string_view name) {
    return find(expressions(), name) != expressions().end() || find(aggregates(), name) != aggregates().end() ||
           std::any_of(queries().begin(), queries().end(), [name](const Query& one) { return one.name == name; });
  };
  for (const auto& one : GetParam().wrong) EXPECT_TRUE(is_case(one.sql)) << one.sql;
  for (const auto& one : GetParam().refused) EXPECT_TRUE(is_case(one.sql)) << one.sql;
}

INSTANTIATE_TEST_SUITE_P(Far, SecondOpinion, testing::ValuesIn(opinions().begin(), opinions().end()),
                         [](const auto& one) { return std::string(one.param.dialect); });

}  // namespace
}  // namespace penstock::meaning
