#include "daemon/run/preview.h"

#include "daemon/run/step_input.h"
#include "pipelines/compiler/step_input.h"

namespace penstock::run {

Result<std::string> preview_query(const compiler::CompiledStep& step, const dialects::Dialect& dialect) {
  const auto input = compiler::example_input(step);
  if (!input) return tl::unexpected(input.error());
  return dialect.write(ir::SelectStatement{input->query});
}

std::vector<std::string> wanted_declarations(const compiler::CompiledStep& step, const dialects::Dialect& dialect) {
  const auto input = compiler::example_input(step);
  if (!input) return {};
  return publish::wanted_declarations(*input, dialect.capabilities());
}

std::vector<std::string> layout_notes(const compiler::CompiledStep& step, const dialects::Dialect& dialect) {
  const auto input = compiler::example_input(step);
  if (!input) return {};
  return publish::layout_notes(*input, dialect.capabilities());
}

std::string layout_text(const compiler::CompiledStep& step, const dialects::Dialect& dialect) {
  const auto input = compiler::example_input(step);
  return input ? publish::layout_text(*input, dialect.capabilities()) : std::string();
}

Result<std::vector<PreviewUnit>> preview_units(const compiler::CompiledStep& step, const dialects::Dialect& dialect,
                                               const publish::TargetFacts& facts, const LookForDependants& look) {
  auto input = compiler::example_input(step);
  if (!input) return tl::unexpected(input.error());
  input->facts = facts;
  Result<publish::StepPlan> plan = publish::plan_step(*input, dialect.capabilities());
  if (plan && plan->taken && look) {
    auto dependants = look(*plan->taken);
    if (!dependants) return tl::unexpected(dependants.error());
    input->facts.dependants = *std::move(dependants);
    plan = publish::plan_step(*input, dialect.capabilities());
  }
  if (!plan) return tl::unexpected(plan.error());
  std::vector<PreviewUnit> units;
  for (const publish::Unit& unit : plan->units) {
    PreviewUnit preview{purpose_of(unit.purpose), unit.transaction ? "begin;\n\n" : "", {}, unit.makes_table};
    for (const publish::Remaking& remaking : unit.remakes) preview.remade.push_back(to_string(remaking.view));
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
