#include "daemon/run/preview.h"

#include "pipelines/compiler/meaning.h"

namespace penstock::run {
namespace {

store::Purpose purpose_of(publish::Unit::Purpose purpose) {
  switch (purpose) {
    case publish::Unit::Purpose::prepare:
      return store::Purpose::prepare;
    case publish::Unit::Purpose::stage:
      return store::Purpose::stage;
    case publish::Unit::Purpose::check:
      return store::Purpose::check;
    case publish::Unit::Purpose::publish:
      return store::Purpose::publish;
    case publish::Unit::Purpose::cleanup:
      return store::Purpose::cleanup;
  }
  return store::Purpose::stage;
}

Error not_compiled(const compiler::CompiledStep& step) {
  Error error;
  error.kind = ErrorKind::invalid_input;
  error.message = "step \"" + step.name + "\" has errors";
  error.hint = "penstock validate shows them";
  return error;
}

}  // namespace

Result<std::string> preview_query(const compiler::CompiledStep& step, const dialects::Dialect& dialect) {
  if (step.query == nullptr) return fail(not_compiled(step));
  const Result<ir::RelationPtr> bound = ir::bind_parameters(step.query, compiler::example_values(*step.pipeline));
  if (!bound) return tl::unexpected(bound.error());
  return dialect.write(ir::SelectStatement{*bound});
}

Result<std::vector<PreviewUnit>> preview_units(const compiler::CompiledStep& step, const dialects::Dialect& dialect,
                                               const publish::TargetFacts& facts) {
  constexpr std::int64_t kMicrosecondsOf2000 = 946684800000000;
  constexpr std::int64_t kMicrosecondsOfJanuary = 31LL * 24 * 3600 * 1000000;
  if (step.query == nullptr) return fail(not_compiled(step));
  const ir::ParameterValues values = compiler::example_values(*step.pipeline);
  const Result<ir::RelationPtr> bound = ir::bind_parameters(step.query, values);
  if (!bound) return tl::unexpected(bound.error());
  publish::StepInput input;
  input.target = step.target;
  input.query = *bound;
  input.columns = step.query->columns;
  input.publish = &step.step->publish;
  input.checks = step.checks;
  for (publish::CompiledCheck& check : input.checks) {
    Result<ir::RelationPtr> failing = ir::bind_parameters(check.failing, values);
    if (!failing) return tl::unexpected(failing.error());
    check.failing = std::move(*failing);
  }
  input.facts = facts;
  input.run_id = "RUN";
  input.step = step.name;
  input.interval_start = ir::TimestampValue{kMicrosecondsOf2000};
  input.interval_end = ir::TimestampValue{kMicrosecondsOf2000 + kMicrosecondsOfJanuary};
  input.interval_start_utc = input.interval_start;
  input.interval_end_utc = input.interval_end;
  const Result<publish::StepPlan> plan = publish::plan_step(input, dialect.capabilities());
  if (!plan) return tl::unexpected(plan.error());
  std::vector<PreviewUnit> units;
  for (const publish::Unit& unit : plan->units) {
    PreviewUnit preview{purpose_of(unit.purpose), unit.transaction ? "begin;\n\n" : ""};
    for (const ir::Statement& statement : unit.statements) {
      const Result<std::string> text = dialect.write(statement);
      if (!text) return tl::unexpected(text.error());
      preview.sql += *text + ";\n\n";
    }
    if (unit.transaction) preview.sql += "commit;\n\n";
    preview.sql.erase(preview.sql.find_last_not_of('\n') + 1);
    units.push_back(std::move(preview));
  }
  return units;
}

}  // namespace penstock::run
