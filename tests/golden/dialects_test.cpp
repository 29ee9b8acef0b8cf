#include <gtest/gtest.h>

#include "pipelines/dialects/dialect.h"
#include "tests/golden/cases.h"
#include "tests/golden/golden.h"

namespace penstock::golden {
namespace {

void hold(std::string_view area, const std::vector<StatementCase>& cases) {
  for (const StatementCase& one : cases) {
    for (const dialects::Dialect* dialect : dialects::dialect_table()) {
      const std::string file = std::string(dialect->name()) + ".sql";
      expect_golden(std::string(area) + "/" + one.name, file, sql_or_refusal(dialect->write(one.statement)));
    }
  }
}

TEST(Dialects, PrintEveryFunction) { hold("functions", function_cases()); }
TEST(Dialects, PrintEveryRelation) { hold("relations", relation_cases()); }
TEST(Dialects, PrintEveryStatement) { hold("statements", statement_cases()); }

TEST(Dialects, GiveAllRefusalsOfWhichTheFirstIsTheError) {
  for (const auto& cases : {function_cases(), relation_cases(), statement_cases()}) {
    for (const StatementCase& one : cases) {
      for (const dialects::Dialect* dialect : dialects::dialect_table()) {
        const auto written = dialect->write(one.statement);
        const std::vector<dialects::Refusal> refusals = dialect->refusals(one.statement);
        ASSERT_EQ(written.has_value(), refusals.empty()) << one.name << " " << dialect->name();
        if (!written) {
          EXPECT_EQ(written.error().message, std::string(dialect->name()) + ": " + refusals.front().message);
        }
      }
    }
  }
}

TEST(Dialects, GiveTheSameBytesAgain) {
  for (const StatementCase& one : relation_cases()) {
    for (const dialects::Dialect* dialect : dialects::dialect_table()) {
      EXPECT_EQ(sql_or_refusal(dialect->write(one.statement)), sql_or_refusal(dialect->write(one.statement)));
    }
  }
}

}  // namespace
}  // namespace penstock::golden
