#include <gtest/gtest.h>

#include "pipelines/dialects/dialect.h"
#include "pipelines/publish/plan.h"
#include "tests/golden/golden.h"

// Every write mode laid out for every target: onto a table that is not there yet, and onto one that is.

namespace penstock::golden {
namespace {

using K = ir::TypeKind;
using Mode = model::Publish::Mode;

Identifier id(const char* name) { return Identifier::exact(name); }

model::Located<Identifier> located(const char* name) { return {id(name), {}}; }

struct ModeCase {
  const char* name;
  model::Publish publish;
};

std::vector<ModeCase> modes() {
  std::vector<ModeCase> all;
  const auto add = [&](const char* name, Mode mode) -> model::Publish& {
    all.push_back({name, {}});
    all.back().publish.mode = mode;
    return all.back().publish;
  };
  add("view", Mode::view);
  add("table", Mode::table);
  add("append", Mode::append);
  add("merge", Mode::merge).key = {located("customer")};
  add("delete_insert_by_key", Mode::delete_insert).key = {located("customer")};
  add("delete_insert_by_interval", Mode::delete_insert).interval = located("day");
  model::Publish& history = add("scd2", Mode::scd2);
  history.key = {located("customer")};
  history.effective_at = located("day");
  return all;
}

std::string_view purpose(publish::Unit::Purpose purpose) {
  constexpr std::string_view kNames[] = {"prepare", "stage", "check", "publish", "cleanup"};
  return kNames[static_cast<int>(purpose)];
}

std::string laid_out(const ModeCase& mode, const dialects::Dialect& dialect, bool exists) {
  const ir::Columns columns{{id("customer"), ir::Type::of(K::text), false},
                            {id("day"), ir::Type::of(K::date), true},
                            {id("total"), ir::Type::decimal(38, 2), true}};
  publish::StepInput input;
  input.target = {{}, id("mart"), id("totals")};
  input.query = ir::scan({{}, id("raw"), id("totals")}, columns);
  input.columns = columns;
  input.publish = &mode.publish;
  input.run_id = "run1";
  input.step = "sales.totals";
  input.interval_start = ir::TimestampValue{978307200000000};
  input.interval_end = ir::TimestampValue{980985600000000};
  if (exists) {
    input.facts.kind = mode.publish.mode == Mode::view ? publish::TargetFacts::Kind::view : publish::TargetFacts::Kind::table;
    input.facts.columns = publish::published_columns(mode.publish, columns);
    input.facts.has_ledger = true;
  }
  const auto plan = publish::plan_step(input, dialect.capabilities());
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
  for (const ModeCase& mode : modes()) {
    for (const dialects::Dialect* dialect : dialects::dialect_table()) {
      const std::string file = std::string(dialect->name()) + ".sql";
      expect_golden(std::string("publish/") + mode.name + "/first", file, laid_out(mode, *dialect, false));
      expect_golden(std::string("publish/") + mode.name + "/again", file, laid_out(mode, *dialect, true));
    }
  }
}

}  // namespace
}  // namespace penstock::golden
