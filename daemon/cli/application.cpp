#include <poll.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>

#include "daemon/cli/command.h"
#include "pipelines/base/utf8.h"

namespace penstock::cli {
namespace {

std::string environment_variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

void add_global_flags(Options& application, GlobalFlags& flags) {
  application.option("-C,--project", flags.folder, "Folder of the project, or a folder inside it").type_name("DIR");
  application.option("-e,--env", flags.environment, "Environment of penstock.yaml (PENSTOCK_ENV)").type_name("NAME");
  application.option("--server", flags.server, "Talk to this daemon instead of working here (PENSTOCK_SERVER)").type_name("URL");
  application.option("-o,--output", flags.output, "table, json or ndjson; penstock schema --list names their shapes")
      .check(one_of({"table", "json", "ndjson"}))
      .type_name("FORMAT");
  application.option("--color", flags.colour, "auto, always or never; auto obeys NO_COLOR")
      .check(one_of({"auto", "always", "never"}))
      .type_name("WHEN");
  application.flag("--no-color", flags.no_colour, "The same as --color never");
  application.flag("-q,--quiet", flags.quiet, "Print results only");
  application.flag("--no-input", flags.no_input, "Never ask");
  application.flag("-y,--yes", flags.yes, "Answer every question with yes");
}

Format format_of(const std::string& name) { return name == "json" ? Format::json : name == "ndjson" ? Format::ndjson : Format::table; }

ColourChoice colour_of(const GlobalFlags& flags) {
  if (flags.no_colour || flags.colour == "never") return ColourChoice::never;
  return flags.colour == "always" ? ColourChoice::always : ColourChoice::automatic;
}

/// The footer of a command: how it is typed.
std::string examples_of(const Command& command) {
  std::string text = "Examples:\n";
  for (const std::string_view example : command.examples) text += "  penstock " + std::string(example) + "\n";
  if (!command.notes.empty()) text += "\n" + std::string(command.notes) + "\n";
  return text + "\nEvery command takes the options of penstock --help, too.";
}

/// A reader that went away (`| head`) is no failure; a full disk is one.
int finish_output(int code) {
  std::cout.flush();
  if (std::cout) return code;
  pollfd out{STDOUT_FILENO, POLLOUT, 0};
  if (::poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0) return code;
  std::cerr << "error: the output cannot be written\n  = help: is the disk full?\n";
  return code == kSuccess ? kFailed : code;
}

/// What is typed becomes parameters, names and notes, which are texts.
bool are_texts(int argc, const char* const* argv) {
  for (int i = 1; i < argc; ++i) {
    if (as_utf8(argv[i]) == argv[i]) continue;
    std::cerr << "error: argument " << i << " is not UTF-8: " << as_utf8(argv[i])
              << "\n  = help: is the terminal set to another encoding?\n";
    return false;
  }
  return true;
}

/// Every answer is read as this version knows it; one of another shape ends the command, and nothing else.
Error not_understood() {
  Error error;
  error.kind = ErrorKind::unavailable;
  error.message = "the server answered in a shape that this version does not know";
  error.hint = "is it a penstockd of the same version? penstock version tells this one's";
  return error;
}

}  // namespace

std::span<const Command> command_table() {
  constexpr std::string_view kSignals =
      "Ctrl-C (SIGINT), SIGTERM, and without a daemon a closed terminal (SIGHUP) cancel at the engine; the command ends with 130 when the\n"
      "engine has confirmed it. Ctrl-C after that leaves at once, and says what is left and how to cancel it. With a daemon a closed\n"
      "terminal cancels nothing: the daemon goes on.";
  static const std::array kCommands{
      Command{"init", "Make a new project that runs as it stands", add_init, {"init shop"}},
      Command{"validate",
              "Report everything that is wrong with the project",
              add_validate,
              {"validate", "validate --dialect bigquery,trino", "validate -o json"}},
      Command{"compile",
              "Show the native SQL of steps",
              add_compile,
              {"compile", "compile orders.daily --dialect trino", "compile orders --units"}},
      Command{"plan", "Show what would be built, changed and affected", add_plan, {"plan", "plan orders --sql"}},
      Command{"run",
              "Run a pipeline, or some of its steps",
              add_run,
              {"run orders", "run orders --step daily", "run orders --from 2026-03-01 --to 2026-03-02"},
              kSignals},
      Command{"backfill",
              "Run a pipeline for every interval between two dates",
              add_backfill,
              {"backfill orders --from 2026-01 --to 2026-04", "backfill orders --from 2026-01 --to 2026-04 --dry-run"},
              kSignals},
      Command{"status",
              "Show pipelines and their last runs, or one run",
              add_status,
              {"status", "status orders", "status orders --state failed", "status r-1m7zy8re4k6nj7q1c4p"}},
      Command{"logs", "Show what happened in a run, statement by statement", add_logs, {"logs", "logs orders --step daily --sql"}},
      Command{"cancel",
              "Cancel a run; returns when the engine has confirmed it",
              add_cancel,
              {"cancel orders", "cancel r-1m7zy8re4k6nj7q1c4p --note \"wrong month\""}},
      Command{"retry", "Run a finished run again, keeping what succeeded", add_retry, {"retry", "retry orders --restart"}, kSignals},
      Command{"schedule",
              "Show when pipelines start: next, explain",
              add_schedule,
              {"schedule next orders", "schedule next --cron \"15 2 * * *\" --timezone America/New_York", "schedule explain orders"}},
      Command{"lineage",
              "Show what a table or a column is made from",
              add_lineage,
              {"lineage daily", "lineage daily.revenue", "lineage daily \"*\" --direction downstream"}},
      Command{"sources", "List source tables, or pull their columns from the target", add_sources, {"sources list", "sources pull"}},
      Command{"components", "List the components and checks, or describe one", add_components, {"components", "components join"}},
      Command{"explain", "Explain a diagnostic's code, or an error of a target", add_explain, {"explain PEN1006", "explain trino:SYNTAX_ERROR"}},
      Command{"orphans",
              "List working tables and sessions at the targets, and drop what ended runs left",
              add_orphans,
              {"orphans", "orphans --drop"}},
      Command{"schema",
              "Print JSON Schemas: of the project's files, the API and every -o json",
              add_schema,
              {"schema --list", "schema project", "schema cli/plan"}},
      Command{"store",
              "Keep the store safe: backup",
              add_store,
              {"store backup /backups/penstock-2026-03-01.db"},
              "To restore one: stop the daemon, move .penstock/store.db, store.db-wal and store.db-shm away, leave store.mark, and copy the backup\n"
              "to .penstock/store.db. The next start sees that it is an older copy: starts that were decided since are not decided again, and\n"
              "what was open when it was made is cancelled."},
      Command{"doctor",
              "Check that targets, clock and store are fit for work",
              add_doctor,
              {"doctor", "doctor --all", "doctor --server http://127.0.0.1:4780"}},
      Command{"version", "Print the version", add_version, {"version", "version -o json"}},
  };
  return kCommands;
}

void declare(CommandLine& line, GlobalFlags& flags) {
  line.options().footer(
      "run, backfill, retry, cancel, status, logs, plan, lineage and orphans go to the daemon that serves this project's environment, or to\n"
      "--server; without one they work here. The other commands read the project's files.\n"
      "penstock COMMAND --help explains a command. Exit codes: 0 success, 1 a run or check failed, 2 wrong use or a faulty file,\n"
      "3 refused, 4 not allowed, 5 not reachable, 6 changes (plan --detailed-exitcode), 7 timed out, 130 cancelled or interrupted.");
  add_global_flags(line.options(), flags);
  for (const Command& command : command_table()) {
    Options added = line.options().command(command.name, command.summary);
    added.footer(examples_of(command));
    command.add(added);
  }
}

int run_application(int argc, const char* const* argv, const Assembly& assembly) {
  if (!are_texts(argc, argv)) return kInvalid;
  CommandLine line("penstock", "Penstock runs declarative pipelines inside the warehouse", assembly.version);
  GlobalFlags flags;
  declare(line, flags);
  if (const std::optional<int> ended = line.parse(argc, argv)) return *ended;
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
  // Without this, whoever stops reading would end a run in the middle. A handler, unlike SIG_IGN, is not handed on to programs.
  std::signal(SIGPIPE, [](int) {});
  try {
    return finish_output(line.chosen()(invocation));
  } catch (const nlohmann::json::exception&) {
    return finish_output(report(invocation, not_understood()));
  }
}

}  // namespace penstock::cli
