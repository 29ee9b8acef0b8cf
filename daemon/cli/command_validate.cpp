#include <nlohmann/json.hpp>

#include "daemon/cli/command.h"
#include "daemon/cli/dialect_choice.h"
#include "daemon/cli/loading.h"
#include "daemon/cli/table.h"

namespace penstock::cli {
namespace {

/// Where the steps can run, other than on their own connections.
std::string elsewhere(const std::vector<const dialects::Dialect*>& targets) {
  std::string text;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == targets.size() ? " and " : ", ") + std::string(targets[i]->name());
  }
  return text.empty() ? text : ", on " + text + " either";
}

int validate(Invocation& invocation, const std::vector<std::string>& names) {
  const auto targets = dialects_named(names);
  if (!targets) return report(invocation, targets.error());
  const Result<run::ProjectPtr> project = load_here(invocation, {true, *targets});
  if (!project) return report(invocation, project.error());
  const int code = print_diagnostics(invocation, (*project)->diagnostics, (*project)->project->sources);
  if (code == kSuccess && invocation.format == Format::table && !invocation.quiet) {
    invocation.out << styled(invocation.out_terminal, Style::good, "✓") << ' '
                   << counted(static_cast<long long>((*project)->project->pipelines.size()), "pipeline") << ", "
                   << counted(static_cast<long long>((*project)->steps.size()), "step") << ", nothing wrong" << elsewhere(*targets) << '\n';
  }
  return code;
}

}  // namespace

void add_validate(Options& command) {
  auto names = std::make_shared<std::vector<std::string>>();
  command.option("--dialect", *names, "Another target that every step must be able to run on: " + dialect_names() + "; several with commas")
      .type_name("NAME");
  command.runs([names](Invocation& invocation) { return validate(invocation, *names); });
}

}  // namespace penstock::cli
