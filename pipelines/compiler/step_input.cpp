#include "pipelines/compiler/step_input.h"

#include <utility>

#include "pipelines/compiler/meaning.h"

namespace penstock::compiler {

Result<publish::StepInput> bind_step(const CompiledStep& step, const ir::ParameterValues& values) {
  if (step.query == nullptr) {
    return fail(ErrorKind::invalid_input, "step \"" + step.name + "\" has errors", "penstock validate shows them");
  }
  publish::StepInput input;
  input.target = step.target;
  input.columns = step.columns;
  input.publish = &step.step->publish;
  if (step.step->layout) input.layout = &*step.step->layout;
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

Result<publish::StepInput> example_input(const CompiledStep& step) {
  constexpr std::int64_t kMicrosecondsOf2000 = 946684800000000;
  constexpr std::int64_t kMicrosecondsOfJanuary = 31LL * 24 * 3600 * 1000000;
  auto input = bind_step(step, example_values(*step.pipeline));
  if (!input) return input;
  input->run_id = "RUN";
  input->run_started_at = ir::TimestampValue{kMicrosecondsOf2000 + kMicrosecondsOfJanuary};
  input->interval_start = ir::TimestampValue{kMicrosecondsOf2000};
  input->interval_end = ir::TimestampValue{kMicrosecondsOf2000 + kMicrosecondsOfJanuary};
  input->interval_start_utc = input->interval_start;
  input->interval_end_utc = input->interval_end;
  return input;
}

}  // namespace penstock::compiler
