#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "pipelines/dialects/dialect.h"
#include "tests/golden/asked_process.h"
#include "tests/golden/cases.h"
#include "tests/golden/layout_cases.h"
#include "tests/golden/publish_cases.h"

// Every statement of the far dialects is judged by their makers' own parsers, or where there is none by two of others.

namespace penstock::golden {
namespace {

constexpr const char* kSources =
    "create table raw.wide (id int64 not null, flag bool, other_flag bool, small int64, number int64, other_number int64, big int64, price "
    "numeric(12, 2), rate numeric(6, 4), single float64, ratio float64, other_ratio float64, name string, other_name string, day date, "
    "other_day date, clock time, moment datetime, other_moment datetime, instant timestamp, other_instant timestamp, document json);"
    "create table raw.orders (order_id int64, customer string, placed_on date, amount numeric(12, 2));"
    "create table raw.customers (customer string, state string); create table raw.t (a int64, b string)";

constexpr const char* kTotals = "; create table mart.totals (customer string, orders int64, total bignumeric)";
constexpr const char* kStaged = "; create table mart.totals__staged (customer string, orders int64, total bignumeric)";
constexpr const char* kLaidOut =
    "create table raw.laid_out (customer string, orders int64, day date, moment datetime, instant timestamp, ratio float64, `TheDay` "
    "date)";
constexpr const char* kPublished = "; create table raw.totals (customer string, day date, total bignumeric)";

/// What the makers call the kinds of `ir::Statement`, in its order.
using Kinds = std::array<const char*, std::variant_size_v<ir::Statement>>;
constexpr Kinds kBigQueryKinds{"QueryStmt",      "CreateTableStmt", "CreateTableAsSelectStmt", "CreateViewStmt", "DropStmt",   "DropStmt",
                               "AlterTableStmt", "AlterTableStmt",  "AlterTableStmt",          "AlterTableStmt", "InsertStmt", "DeleteStmt",
                               "MergeStmt"};
constexpr Kinds kSynapseKinds{"SelectStatement",
                              "CreateTableStatement",
                              "CreateTableAsSelectStatement",
                              "CreateViewStatement",
                              "DropTableStatement",
                              "DropViewStatement",
                              "RenameObjectStatement",
                              "AlterTableAddTableElementStatement",
                              "AlterTableAlterColumnStatement",
                              "AlterTableDropTableElementStatement",
                              "InsertStatement",
                              "DeleteStatement",
                              "MergeStatement"};

constexpr Kinds kSnowflakeKinds{"Select", "CreateTable", "CreateTable", "CreateView", "DropTable", "DropView", "Alter",
                                "Alter",  "Alter",       "Alter",       "Insert",     "Delete",    "Merge"};

struct Spoken {
  std::string_view dialect;
  const Kinds& kinds;
  const char* commit;
  const char* commit_kind;
};
const std::array kSpoken{Spoken{"bigquery", kBigQueryKinds, "commit transaction", "CommitStmt"},
                         Spoken{"snowflake", kSnowflakeKinds, "commit", "Commit"},
                         Spoken{"synapse", kSynapseKinds, "commit transaction", "CommitTransactionStatement"}};

class CheckersTest : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const char* command = std::getenv("PENSTOCK_TEST_SQL_CHECKERS");
    if (command == nullptr || *command == '\0') GTEST_SKIP() << "PENSTOCK_TEST_SQL_CHECKERS names no checkers";
    // Starting them takes seconds: one pair of processes for all tests.
    static AskedProcess checkers({command});
    checkers_ = &checkers;
  }

  bool is_bigquery() const { return std::string_view(GetParam()) == "bigquery"; }
  const Spoken& spoken() const {
    return *std::find_if(kSpoken.begin(), kSpoken.end(), [](const Spoken& one) { return one.dialect == GetParam(); });
  }
  const dialects::Dialect& dialect() const { return *dialects::find_dialect(GetParam()); }

  nlohmann::json judge(const std::string& sql, const std::string& schema) {
    nlohmann::json request{{"dialect", GetParam()}, {"sql", sql}};
    if (is_bigquery()) request["schema"] = schema;
    return checkers_->ask(request);
  }

  /// Fails unless the checker takes the statement, and for the statement that it is.
  void expect_taken(const ir::Statement& statement, const std::string& sql, const std::string& schema) {
    const auto verdict = judge(sql, schema);
    std::string kind = spoken().kinds[statement.index()];
    if (sql.starts_with("if object_id(")) kind = "IfStatement";
    if (std::holds_alternative<ir::CreateView>(statement) && sql.starts_with("alter view")) kind = "AlterViewStatement";
    EXPECT_TRUE(verdict.value("ok", false)) << verdict.dump() << "\n" << sql;
    EXPECT_EQ(verdict.value("statement", kind), kind) << sql;
  }

  void hold(const std::vector<StatementCase>& cases) {
    for (const StatementCase& one : cases) {
      SCOPED_TRACE(one.name);
      const auto written = dialect().write(one.statement);
      if (!written) continue;
      std::string schema = kSources;
      if (!one.name.starts_with("create_")) schema += kStaged;
      if (!one.name.starts_with("create_") && !one.name.starts_with("rename_")) schema += kTotals;
      expect_taken(one.statement, *written, schema);
    }
  }

  /// Every statement over what those before it have made, and every transaction as a whole.
  void hold(const publish::StepPlan& plan, std::string schema) {
    for (const publish::Unit& unit : plan.units) {
      std::string together = "begin transaction";
      const std::string before = schema;
      for (const ir::Statement& statement : unit.statements) {
        const auto written = dialect().write(statement);
        ASSERT_TRUE(written) << written.error().message;
        expect_taken(statement, *written, schema);
        schema += "; " + *written;
        together += ";\n" + *written;
      }
      if (!unit.transaction) continue;
      const auto verdict = judge(together + ";\n" + spoken().commit, before);
      EXPECT_EQ(verdict.value("statement", ""), spoken().commit_kind) << verdict << together;
    }
  }

  AskedProcess* checkers_ = nullptr;
};

TEST_P(CheckersTest, TakeEveryFunction) { hold(function_cases()); }
TEST_P(CheckersTest, TakeEveryRelation) { hold(relation_cases()); }
TEST_P(CheckersTest, TakeEveryStatement) { hold(statement_cases()); }

TEST_P(CheckersTest, TakeEveryWriteMode) {
  for (const PublishCase& one : publish_cases()) {
    SCOPED_TRACE(one.name);
    const auto plan = plan_of(one, dialect());
    if (!plan) continue;
    std::string schema = std::string(kSources) + kPublished;
    if (one.exists) {
      ir::Statement made = ir::CreateTable{published_table(), publish::published_columns(one.publish, publish_columns()), {}, false};
      if (one.publish.mode == model::Publish::Mode::view) {
        made = ir::CreateView{published_table(), ir::scan(read_table(), publish_columns())};
      }
      schema += "; " + dialect().write(made).value();
      schema += "; " + dialect().write(publish::create_ledger(published_table(), dialect().capabilities())).value();
    }
    hold(*plan, schema);
  }
}

TEST_P(CheckersTest, TakeEveryLayout) {
  for (const LayoutCase& one : layout_cases(GetParam())) {
    SCOPED_TRACE(one.name);
    const publish::SettledLayout lies = settled(one, dialect());
    const bool replaces = dialect().capabilities().create_or_replace_table;
    for (const ir::Statement& statement : {ir::Statement(create_as(lies, replaces)), ir::Statement(create(lies))}) {
      const auto written = dialect().write(statement);
      ASSERT_TRUE(written) << written.error().message;
      expect_taken(statement, *written, kLaidOut);
    }
  }
}

// What a layout must not become is refused.
TEST_P(CheckersTest, RefuseWrongLayouts) {
  std::vector<const char*> wrong = {"create table mart.x partition by nothing(day) cluster by as select day from raw.laid_out"};
  if (is_bigquery()) {
    wrong = {"create table mart.x partition by date_trunc(customer, month) as select customer from raw.laid_out",
             "create table mart.x partition by ratio as select ratio from raw.laid_out",
             "create table mart.x cluster by ratio as select ratio from raw.laid_out",
             "create table mart.x cluster by nothing as select day from raw.laid_out"};
  }
  for (const char* sql : wrong) EXPECT_FALSE(judge(sql, kLaidOut).value("ok", true)) << sql;
}

TEST_P(CheckersTest, RefuseWhatIsWrong) {
  for (const char* wrong :
       {"select a::int64 from raw.t", "select distinct on (a) a from raw.t", "select a from raw.t limit limit", "selec 1"}) {
    EXPECT_FALSE(judge(wrong, kSources).value("ok", true)) << wrong;
  }
}

// What other suites hold as files: a checker that knows no tables can judge them as they stand.
class NamelessCheckersTest : public CheckersTest {
 protected:
  // Lines that begin with a comment stand between them.
  static std::vector<std::string> statements_in(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::vector<std::string> statements(1);
    for (std::string line; std::getline(file, line);) {
      if (!line.starts_with("-- ")) {
        statements.back() += line + "\n";
      } else if (!statements.back().empty()) {
        statements.emplace_back();
      }
    }
    if (statements.back().empty()) statements.pop_back();
    return statements;
  }
};

TEST_P(NamelessCheckersTest, TakeEveryComponentAndTpcHQuery) {
  for (const auto& [area, least] : {std::pair{"components", 20U}, std::pair{"tpch", 22U}}) {
    std::size_t queries = 0;
    for (const auto& folder : std::filesystem::directory_iterator(std::filesystem::path("tests/golden") / area)) {
      for (const std::string& sql : statements_in(folder.path() / (std::string(GetParam()) + ".sql"))) {
        ++queries;
        const auto verdict = judge(sql, {});
        EXPECT_EQ(verdict.value("statement", ""), "Select") << verdict.dump() << "\n" << sql;
      }
    }
    EXPECT_GE(queries, least) << area;
  }
}

INSTANTIATE_TEST_SUITE_P(Far, CheckersTest, testing::Values("bigquery", "snowflake", "synapse"));

INSTANTIATE_TEST_SUITE_P(Far, NamelessCheckersTest, testing::Values("snowflake"));

}  // namespace
}  // namespace penstock::golden
