#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "daemon/cli/invocation.h"
#include "daemon/cli/options.h"

namespace penstock::cli {

/// One command: its name, a line of help, the function that declares its options, how it is typed (without "penstock"), and
/// what else its help has to say.
struct Command {
  std::string_view name;
  std::string_view summary;
  void (*add)(Options& command);
  std::vector<std::string_view> examples;
  std::string_view notes{};
};

/// Every command in the order in which the help lists them.
std::span<const Command> command_table();

// One file per command.
void add_init(Options& command);
void add_validate(Options& command);
void add_compile(Options& command);
void add_plan(Options& command);
void add_run(Options& command);
void add_backfill(Options& command);
void add_status(Options& command);
void add_logs(Options& command);
void add_cancel(Options& command);
void add_retry(Options& command);
void add_schedule(Options& command);
void add_lineage(Options& command);
void add_sources(Options& command);
void add_components(Options& command);
void add_explain(Options& command);
void add_orphans(Options& command);
void add_schema(Options& command);
void add_store(Options& command);
void add_doctor(Options& command);
void add_version(Options& command);

/// What every command takes.
struct GlobalFlags {
  std::string folder = ".";
  std::string environment;
  std::string server;
  std::string output = "table";
  std::string colour = "auto";
  bool no_colour = false;
  bool quiet = false;
  bool no_input = false;
  bool yes = false;
};

/// Declares every option and every command. The flags are read into, and must outlive the line.
void declare(CommandLine& line, GlobalFlags& flags);

/// The first place where the command line is wrong is explained with a suggestion; then the process ends with kInvalid.
int run_application(int argc, const char* const* argv, const Assembly& assembly);

}  // namespace penstock::cli
