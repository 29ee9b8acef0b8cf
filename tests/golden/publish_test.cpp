#include <gtest/gtest.h>

#include "tests/golden/golden.h"
#include "tests/golden/publish_cases.h"

// Every write mode laid out for every target: onto a table that is not there yet, and onto one that is.

namespace penstock::golden {
namespace {

std::string_view purpose(publish::Unit::Purpose purpose) {
  constexpr std::string_view kNames[] = {"prepare", "stage", "check", "publish", "cleanup"};
  return kNames[static_cast<int>(purpose)];
}

std::string laid_out(const Result<publish::StepPlan>& plan, const dialects::Dialect& dialect) {
  if (!plan) return "-- refused: " + plan.error().message + "\n-- instead: " + plan.error().hint + "\n";
  std::string text;
  for (const publish::Unit& unit : plan->units) {
    text += "-- " + std::string(purpose(unit.purpose)) + (unit.transaction ? ", in one transaction" : "") +
            (unit.idempotent ? ", may be repeated" : "") + "\n";
    for (const ir::Statement& statement : unit.statements) {
      std::string sql = sql_or_refusal(dialect.write(statement));
      if (!sql.ends_with(';')) sql += ';';
      text += sql + "\n\n";
    }
  }
  while (text.ends_with('\n')) text.pop_back();
  return text + "\n";
}

TEST(Publishing, LaysOutEveryModeForEveryTarget) {
  for (const PublishCase& one : publish_cases()) {
    for (const dialects::Dialect* dialect : dialects::dialect_table()) {
      expect_golden("publish/" + one.name, std::string(dialect->name()) + ".sql", laid_out(plan_of(one, *dialect), *dialect));
    }
  }
}

TEST(Publishing, MakesViewsAgainWithTheTableThatTheyRead) {
  const dialects::Dialect& dialect = *dialects::find_dialect("postgres");
  expect_golden("publish/table_under_views", "postgres.sql", laid_out(plan_under_views(dialect), dialect));
}

}  // namespace
}  // namespace penstock::golden
