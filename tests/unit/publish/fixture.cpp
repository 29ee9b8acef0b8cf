#include "tests/unit/publish/fixture.h"

#include <gtest/gtest.h>

namespace penstock::testing {

using dialects::Capabilities;
using ir::Type;
using ir::TypeKind;

Capabilities transactional() {
  Capabilities can;
  can.transactional_ddl = true;
  can.multi_statement_transactions = true;
  can.create_or_replace_view = true;
  can.merge = true;
  can.enforced_primary_key = true;
  can.replace = dialects::Replace::delete_insert_in_transaction;
  can.settlement = dialects::Settlement::ledger;
  can.hold = dialects::Hold::lock_table;
  return can;
}

Capabilities claiming() {
  Capabilities can = transactional();
  can.create_or_replace_table = true;
  can.replace = dialects::Replace::rename_in_transaction;
  can.hold = dialects::Hold::working_name;
  return can;
}

Capabilities single_statement() {
  Capabilities can;
  can.create_or_replace_table = true;
  can.create_or_replace_view = true;
  can.merge = true;
  can.replace = dialects::Replace::create_or_replace;
  can.settlement = dialects::Settlement::snapshot;
  return can;
}

Capabilities by_source() {
  Capabilities can = single_statement();
  can.merge_by_source = true;
  can.settlement = dialects::Settlement::job;
  return can;
}

Capabilities guarded() {
  Capabilities can = transactional();
  can.transactional_ddl = false;
  can.enforced_primary_key = false;
  can.create_or_replace_view = false;
  can.guarded_columns = false;
  can.merge = false;
  can.hold = dialects::Hold::ledger_row;
  return can;
}

Capabilities committing() {
  Capabilities can = guarded();
  can.create_or_replace_table = true;
  can.create_or_replace_view = true;
  can.guarded_columns = true;
  can.merge = true;
  can.widening = dialects::Widening::within_kind;
  return can;
}

std::vector<std::pair<std::string, Capabilities>> every_target() {
  return {{"transactional", transactional()}, {"claiming", claiming()}, {"single_statement", single_statement()},
          {"by_source", by_source()},         {"guarded", guarded()},   {"committing", committing()}};
}

TableName table_named(const std::string& name) { return {{}, Identifier::exact("ops"), Identifier::exact(name)}; }

ir::Value date(int year, int month, int day) {
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
  return *ir::parse_value(text, Type::of(TypeKind::date));
}

Bench::Bench() {
  const ir::Columns columns{{Identifier::exact("id"), Type::of(TypeKind::int64), true},
                            {Identifier::exact("name"), Type::of(TypeKind::text), true},
                            {Identifier::exact("day"), Type::of(TypeKind::date), true}};
  target.tables[table_named("src")] = {columns, {}, false, nullptr};
  input.target = table_named("out");
  this->columns(columns);
  input.publish = &publish;
  input.run_id = "run-1";
  input.step = "orders.out";
  day(1);
}

void Bench::mode(model::Publish::Mode mode, const std::string& key, const std::string& interval) {
  publish = {};
  publish.mode = mode;
  if (!key.empty()) publish.key.push_back({Identifier::exact(key), {}});
  if (!interval.empty()) publish.interval = model::Located<Identifier>{Identifier::exact(interval), {}};
}

void Bench::columns(const ir::Columns& columns) {
  input.query = ir::scan(table_named("src"), columns);
  input.columns = columns;
}

void Bench::retype(std::size_t place, TypeKind type) {
  ir::Columns changed = input.columns;
  changed.edit().at(place).type = Type::of(type);
  columns(changed);
}

void Bench::source(Rows rows) { target.tables[table_named("src")].rows = std::move(rows); }

void Bench::day(int number) {
  constexpr std::int64_t kDay = 86'400'000'000;
  const std::int64_t start = std::get<ir::DateValue>(date(2001, 1, number)).days * kDay;
  input.interval_start = ir::TimestampValue{start};
  input.interval_end = ir::TimestampValue{start + kDay};
}

void Bench::look() {
  input.facts = {};
  input.facts.dependants = dependants;
  input.facts.has_ledger = target.tables.count(table_named("penstock_ledger")) > 0;
  const auto found = target.tables.find(input.target);
  if (found == target.tables.end()) return;
  input.facts.kind = found->second.is_view ? publish::TargetFacts::Kind::view : publish::TargetFacts::Kind::table;
  input.facts.columns = found->second.columns;
}

Result<publish::StepPlan> Bench::plan() {
  look();
  return publish::plan_step(input, can);
}

publish::StepPlan Bench::laid_out() {
  auto made = plan();
  if (!made) ADD_FAILURE() << made.error().message;
  return made ? *std::move(made) : publish::StepPlan{};
}

std::string Bench::send(const publish::StepPlan& plan, std::optional<int> most) {
  int taken = 0;
  for (const publish::Unit& unit : plan.units) {
    Interpreter before = target;
    for (const ir::Statement& statement : unit.statements) {
      if (!unit.transaction && most && taken++ >= *most) return "stopped";
      Rows rows;
      const std::string error = target.run(statement, &rows);
      if (!error.empty()) {
        if (unit.transaction) target = before;
        return error;
      }
      for (const Row& row : rows) {
        const auto& check = plan.checks.at(static_cast<std::size_t>(std::get<std::int64_t>(row.at(0))));
        if (check.severity == model::Check::Severity::error && std::get<std::int64_t>(row.at(1)) > 0) return "blocked by " + check.name;
      }
    }
    if (unit.transaction && most && taken++ >= *most) {
      target = before;
      return "stopped";
    }
  }
  return {};
}

void Bench::run() { EXPECT_EQ(send(laid_out()), ""); }

std::vector<std::string> Bench::published() const {
  const auto found = target.tables.find(input.target);
  if (found == target.tables.end()) return {"absent"};
  return text_of(target.evaluate(*ir::scan(input.target, found->second.columns)));
}

std::vector<std::string> Bench::working_tables() const {
  std::vector<std::string> names;
  for (const auto& [name, table] : target.tables) {
    const std::string& text = name.name.text();
    const bool stays = text == "penstock_ledger" || text.starts_with("penstock_seen_");
    if (text.starts_with("penstock_") && !stays) names.push_back(text);
  }
  return names;
}

}  // namespace penstock::testing
