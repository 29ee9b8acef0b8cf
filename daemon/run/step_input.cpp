#include "daemon/run/step_input.h"

namespace penstock::run {

publish::TargetFacts facts_from(const connectors::TableDescription& table, const dialects::Dialect& dialect) {
  using Kind = connectors::TableDescription::Kind;
  publish::TargetFacts facts;
  if (table.kind == Kind::table) facts.kind = publish::TargetFacts::Kind::table;
  if (table.kind == Kind::view) facts.kind = publish::TargetFacts::Kind::view;
  for (const auto& column : table.columns) {
    facts.columns.push_back({Identifier::exact(column.name), dialect.read_type(column.type), column.nullable});
  }
  return facts;
}

Result<publish::StepInput> bind_step(const compiler::CompiledStep& step, const ir::ParameterValues& values) {
  if (step.query == nullptr) {
    return fail(ErrorKind::invalid_input, "step \"" + step.name + "\" has errors", "penstock validate shows them");
  }
  publish::StepInput input;
  input.target = step.target;
  input.columns = step.columns;
  input.publish = &step.step->publish;
  input.step = step.name;
  auto query = ir::bind_parameters(step.query, values);
  if (!query) return tl::unexpected(query.error());
  input.query = std::move(*query);
  input.checks = step.checks;
  for (publish::CompiledCheck& check : input.checks) {
    auto failing = ir::bind_parameters(check.failing, values);
    if (!failing) return tl::unexpected(failing.error());
    check.failing = std::move(*failing);
  }
  return input;
}

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

}  // namespace penstock::run
