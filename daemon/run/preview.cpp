#include "daemon/run/preview.h"

#include "daemon/run/step_input.h"
#include "pipelines/compiler/meaning.h"

namespace penstock::run {
Result<std::string> preview_query(const compiler::CompiledStep& step, const dialects::Dialect& dialect) {
  const auto input = bind_step(step, compiler::example_values(*step.pipeline));
  if (!input) return tl::unexpected(input.error());
  return dialect.write(ir::SelectStatement{input->query});
}

std::vector<std::string> wanted_declarations(const compiler::CompiledStep& step, const dialects::Dialect& dialect) {
  const auto input = bind_step(step, compiler::example_values(*step.pipeline));
  if (!input) return {};
  return publish::wanted_declarations(*input, dialect.capabilities());
}

Result<std::vector<PreviewUnit>> preview_units(const compiler::CompiledStep& step, const dialects::Dialect& dialect,
                                               const publish::TargetFacts& facts) {
  constexpr std::int64_t kMicrosecondsOf2000 = 946684800000000;
  constexpr std::int64_t kMicrosecondsOfJanuary = 31LL * 24 * 3600 * 1000000;
  auto input = bind_step(step, compiler::example_values(*step.pipeline));
  if (!input) return tl::unexpected(input.error());
  input->facts = facts;
  input->run_id = "RUN";
  input->run_started_at = ir::TimestampValue{kMicrosecondsOf2000 + kMicrosecondsOfJanuary};
  input->interval_start = ir::TimestampValue{kMicrosecondsOf2000};
  input->interval_end = ir::TimestampValue{kMicrosecondsOf2000 + kMicrosecondsOfJanuary};
  input->interval_start_utc = input->interval_start;
  input->interval_end_utc = input->interval_end;
  const Result<publish::StepPlan> plan = publish::plan_step(*input, dialect.capabilities());
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
