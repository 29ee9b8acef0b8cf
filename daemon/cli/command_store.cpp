#include <nlohmann/json.hpp>

#include "daemon/cli/answer.h"
#include "daemon/cli/command.h"
#include "daemon/cli/loading.h"
#include "daemon/store/backup.h"

namespace penstock::cli {
namespace {

int back_up(Invocation& invocation, const std::string& file) {
  const Result<std::string> root = project_root(invocation);
  if (!root) return report(invocation, root.error());
  const Result<run::ProjectPtr> project = load_here(invocation);
  if (!project) return report(invocation, project.error());
  if (const Result<void> known = check_environment(**project); !known) return report(invocation, known.error());
  const Result<std::int64_t> bytes = store::back_up(state_folder(*root, **project) + "/store.db", file);
  if (!bytes) return report(invocation, bytes.error());
  if (invocation.format != Format::table) {
    print_json(invocation, {{"file", file}, {"bytes", *bytes}});
  } else if (!invocation.quiet) {
    invocation.out << "wrote " << file << ", " << *bytes << " bytes\n";
  }
  return kSuccess;
}

}  // namespace

void add_store(Options& command) {
  Options backup = command.command("backup", "Write the store as it stands into a new file; a daemon may run meanwhile");
  auto file = std::make_shared<std::string>();
  backup.argument("file", *file, "Where to; it must not exist yet").required().check(is_given);
  backup.runs([file](Invocation& invocation) { return back_up(invocation, *file); });
}

}  // namespace penstock::cli
