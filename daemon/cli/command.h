#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "daemon/cli/invocation.h"

namespace CLI {
class App;
}

namespace penstock::cli {

/// What the parsed command line asks for. A command's `add` sets it from the option parser's callback.
using Action = std::function<int(Invocation&)>;

/// One command: its name, a line of help, the function that declares its options, and how it is typed (without "penstock").
struct Command {
  std::string_view name;
  std::string_view summary;
  void (*add)(CLI::App& command, Action& chosen);
  std::vector<std::string_view> examples;
};

/// Every command in the order in which the help lists them.
std::span<const Command> command_table();

// One file per command.
void add_init(CLI::App& command, Action& chosen);
void add_validate(CLI::App& command, Action& chosen);
void add_compile(CLI::App& command, Action& chosen);
void add_plan(CLI::App& command, Action& chosen);
void add_run(CLI::App& command, Action& chosen);
void add_backfill(CLI::App& command, Action& chosen);
void add_status(CLI::App& command, Action& chosen);
void add_logs(CLI::App& command, Action& chosen);
void add_cancel(CLI::App& command, Action& chosen);
void add_retry(CLI::App& command, Action& chosen);
void add_schedule(CLI::App& command, Action& chosen);
void add_lineage(CLI::App& command, Action& chosen);
void add_sources(CLI::App& command, Action& chosen);
void add_components(CLI::App& command, Action& chosen);
void add_explain(CLI::App& command, Action& chosen);
void add_schema(CLI::App& command, Action& chosen);
void add_doctor(CLI::App& command, Action& chosen);
void add_version(CLI::App& command, Action& chosen);

/// The first place where the command line is wrong is explained with a suggestion; then the process ends with kInvalid.
int run_application(int argc, const char* const* argv, const Assembly& assembly);

}  // namespace penstock::cli
