#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstdlib>
#include <iostream>
#include <utility>

#include "daemon/cli/command.h"
#include "pipelines/base/suggest.h"

namespace penstock::cli {
namespace {

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

std::string environment_variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

void add_global_flags(CLI::App& application, GlobalFlags& flags) {
  application.add_option("-C,--project", flags.folder, "Folder of the project, or a folder inside it")->type_name("DIR");
  application.add_option("-e,--env", flags.environment, "Environment of penstock.yaml")->type_name("NAME");
  application.add_option("--server", flags.server, "Talk to this server instead of working here (PENSTOCK_SERVER)")->type_name("URL");
  application.add_option("-o,--output", flags.output, "table, json or ndjson")->check(CLI::IsMember({"table", "json", "ndjson"}));
  application.add_option("--color", flags.colour, "auto, always or never")->check(CLI::IsMember({"auto", "always", "never"}));
  application.add_flag("--no-color", flags.no_colour, "The same as --color never");
  application.add_flag("-q,--quiet", flags.quiet, "Print results only");
  application.add_flag("--no-input", flags.no_input, "Never ask");
  application.add_flag("-y,--yes", flags.yes, "Answer every question with yes");
}

Format format_of(const std::string& name) { return name == "json" ? Format::json : name == "ndjson" ? Format::ndjson : Format::table; }

ColourChoice colour_of(const GlobalFlags& flags) {
  if (flags.no_colour || flags.colour == "never") return ColourChoice::never;
  return flags.colour == "always" ? ColourChoice::always : ColourChoice::automatic;
}

/// The first word that names no command, for a suggestion; empty where every word has its place.
std::string unknown_command(const CLI::App& application, int argc, const char* const* argv) {
  bool is_value = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (std::exchange(is_value, false) || word.empty()) continue;
    if (word.front() == '-') {
      const CLI::Option* option = application.get_option_no_throw(std::string(word));
      is_value = option != nullptr && option->get_items_expected_min() > 0;
      continue;
    }
    for (const Command& command : command_table()) {
      if (command.name == word) return {};
    }
    return std::string(word);
  }
  return {};
}

int explain_mistake(const CLI::App& application, const CLI::ParseError& mistake, int argc, const char* const* argv) {
  const std::string unknown = unknown_command(application, argc, argv);
  if (!unknown.empty()) {
    std::vector<std::string> names;
    for (const Command& command : command_table()) names.emplace_back(command.name);
    const std::string suggestion = did_you_mean(unknown, names);
    std::cerr << "error: there is no command \"" << unknown << '"' << (suggestion.empty() ? "" : ": " + suggestion) << '\n';
    std::cerr << "  = help: penstock --help lists the commands\n";
    return kInvalid;
  }
  std::cerr << "error: " << mistake.what() << '\n';
  std::string name;
  for (const CLI::App* command : application.get_subcommands()) name = " " + command->get_name();
  std::cerr << "  = help: penstock" << name << " --help\n";
  return kInvalid;
}

}  // namespace

std::span<const Command> command_table() {
  static const std::array kCommands{
      Command{"init", "Make a new project that runs as it stands", add_init},
      Command{"validate", "Report everything that is wrong with the project", add_validate},
      Command{"compile", "Show the native SQL of steps", add_compile},
      Command{"plan", "Show what would be built, changed and affected", add_plan},
      Command{"run", "Run a pipeline, or some of its steps", add_run},
      Command{"backfill", "Run a pipeline for every interval between two dates", add_backfill},
      Command{"status", "Show pipelines and their last runs, or one run", add_status},
      Command{"logs", "Show what happened in a run, statement by statement", add_logs},
      Command{"cancel", "Cancel a run; returns when the engine has confirmed it", add_cancel},
      Command{"retry", "Run a finished run again, keeping what succeeded", add_retry},
      Command{"schedule", "Show when pipelines start: next, explain", add_schedule},
      Command{"lineage", "Show what a table or a column is made from", add_lineage},
      Command{"sources", "List source tables, or pull their columns from the target", add_sources},
      Command{"components", "List the components and checks, or describe one", add_components},
      Command{"explain", "Explain a diagnostic's code", add_explain},
      Command{"schema", "Print the JSON Schema for editors", add_schema},
      Command{"doctor", "Check that targets, clock and store are fit for work", add_doctor},
      Command{"version", "Print the version", add_version},
  };
  return kCommands;
}

int run_application(int argc, const char* const* argv, const Assembly& assembly) {
  CLI::App application{"Penstock runs declarative pipelines inside the warehouse", "penstock"};
  application.require_subcommand(1);
  application.fallthrough();
  application.set_version_flag("--version", assembly.version);
  GlobalFlags flags;
  add_global_flags(application, flags);
  Action chosen;
  for (const Command& command : command_table()) {
    CLI::App* added = application.add_subcommand(std::string(command.name), std::string(command.summary));
    added->fallthrough();
    command.add(*added, chosen);
  }
  try {
    application.parse(argc, argv);
  } catch (const CLI::Success& done) {
    return application.exit(done);
  } catch (const CLI::ParseError& mistake) {
    return explain_mistake(application, mistake, argc, argv);
  }
  if (flags.server.empty()) flags.server = environment_variable("PENSTOCK_SERVER");
  if (flags.environment.empty()) flags.environment = environment_variable("PENSTOCK_ENV");
  const ColourChoice colour = colour_of(flags);
  Invocation invocation{flags.folder,
                        flags.environment,
                        flags.server,
                        environment_variable("PENSTOCK_TOKEN"),
                        format_of(flags.output),
                        flags.quiet,
                        !flags.no_input && isatty(STDIN_FILENO) != 0,
                        flags.yes,
                        std::cout,
                        std::cerr,
                        inspect_terminal(STDOUT_FILENO, colour, environment_variable),
                        inspect_terminal(STDERR_FILENO, colour, environment_variable),
                        environment_variable,
                        assembly};
  return chosen ? chosen(invocation) : kInvalid;
}

}  // namespace penstock::cli
