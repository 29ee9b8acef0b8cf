#include "tests/golden/publish_cases.h"

namespace penstock::golden {
namespace {

using K = ir::TypeKind;
using Mode = model::Publish::Mode;

Identifier id(const char* name) { return Identifier::exact(name); }

model::Located<Identifier> located(const char* name) { return {id(name), {}}; }

}  // namespace

std::vector<PublishCase> publish_cases() {
  std::vector<PublishCase> all;
  const auto add = [&](const std::string& name, const model::Publish& publish) {
    all.push_back({name + "/first", publish, false});
    all.push_back({name + "/again", publish, true});
  };
  const auto of = [](Mode mode) {
    model::Publish publish;
    publish.mode = mode;
    return publish;
  };
  add("view", of(Mode::view));
  add("table", of(Mode::table));
  add("append", of(Mode::append));
  model::Publish by_key = of(Mode::merge);
  by_key.key = {located("customer")};
  add("merge", by_key);
  by_key.mode = Mode::delete_insert;
  add("delete_insert_by_key", by_key);
  model::Publish by_interval = of(Mode::delete_insert);
  by_interval.interval = located("day");
  add("delete_insert_by_interval", by_interval);
  by_key.mode = Mode::scd2;
  by_key.effective_at = located("day");
  add("scd2", by_key);
  model::Publish snapshot = of(Mode::scd2);
  snapshot.key = {located("customer")};
  snapshot.on_missing = model::Publish::Missing::close;
  add("scd2_on_missing_close", snapshot);
  return all;
}

const TableName& published_table() {
  static const TableName kTable{{}, id("mart"), id("totals")};
  return kTable;
}

const TableName& read_table() {
  static const TableName kTable{{}, id("raw"), id("totals")};
  return kTable;
}

const ir::Columns& publish_columns() {
  static const ir::Columns kColumns{{id("customer"), ir::Type::of(K::text), false},
                                    {id("day"), ir::Type::of(K::date), true},
                                    {id("total"), ir::Type::decimal(38, 2), true}};
  return kColumns;
}

namespace {

publish::StepInput input_of(const model::Publish& publish) {
  publish::StepInput input;
  input.target = published_table();
  input.query = ir::scan(read_table(), publish_columns());
  input.columns = publish_columns();
  input.publish = &publish;
  input.run_id = "run1";
  input.step = "sales.totals";
  input.interval_start = ir::TimestampValue{978307200000000};
  input.interval_end = ir::TimestampValue{980985600000000};
  return input;
}

}  // namespace

Result<publish::StepPlan> plan_under_views(const dialects::Dialect& dialect) {
  const model::Publish publish{};
  publish::StepInput input = input_of(publish);
  const ir::Columns had(publish_columns().begin(), publish_columns().end() - 1);
  input.facts.kind = publish::TargetFacts::Kind::table;
  input.facts.columns = had;
  input.facts.has_ledger = true;
  publish::Dependants& dependants = input.facts.dependants;
  dependants.restoring = {{"grant select on table mart.totals to reader"}};
  dependants.guard = "do $$ begin perform 1; end $$";
  const TableName days{{}, id("mart"), id("days")};
  const TableName newest{{}, id("mart"), id("newest")};
  dependants.views = {
      {days, ir::scan(published_table(), had), {{"alter view mart.days set (security_barrier = 'true')"}}},
      {newest, ir::native("select max(day) as day from mart.days", {}, {}), {{"grant select on table mart.newest to reader"}}}};
  return publish::plan_step(input, dialect.capabilities());
}

Result<publish::StepPlan> plan_of(const PublishCase& one, const dialects::Dialect& dialect) {
  publish::StepInput input = input_of(one.publish);
  if (one.exists) {
    input.facts.kind = one.publish.mode == Mode::view ? publish::TargetFacts::Kind::view : publish::TargetFacts::Kind::table;
    input.facts.columns = publish::published_columns(one.publish, publish_columns());
    input.facts.has_ledger = true;
  }
  return publish::plan_step(input, dialect.capabilities());
}

}  // namespace penstock::golden
