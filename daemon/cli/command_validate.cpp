#include <nlohmann/json.hpp>

#include "daemon/cli/command.h"
#include "daemon/cli/loading.h"
#include "daemon/cli/table.h"

namespace penstock::cli {
namespace {

int validate(Invocation& invocation) {
  const Result<run::ProjectPtr> project = load_here(invocation);
  if (!project) return report(invocation, project.error());
  const int code = print_diagnostics(invocation, **project);
  if (code == kSuccess && invocation.format == Format::table && !invocation.quiet) {
    invocation.out << styled(invocation.out_terminal, Style::good, "✓") << ' '
                   << counted(static_cast<long long>((*project)->project->pipelines.size()), "pipeline") << ", "
                   << counted(static_cast<long long>((*project)->steps.size()), "step") << ", nothing wrong\n";
  }
  return code;
}

}  // namespace

void add_validate(Options& command) { command.runs(validate); }

}  // namespace penstock::cli
