#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "connectors/vendor_error.h"
#include "daemon/api/static_files.h"
#include "daemon/cli/exit_code.h"
#include "daemon/cli/terminal.h"
#include "daemon/run/engine.h"
#include "pipelines/base/result.h"

namespace penstock::cli {

class Signals;

/// How results are printed: for people, as one JSON document, or as one JSON object a line.
enum class Format { table, json, ndjson };

/// What main.cpp puts together, so that nothing else names a concrete class.
struct Assembly {
  /// Connects for a project: relative paths in its settings start at its folder.
  std::function<run::Connect(const std::string& root)> connect_from;
  /// Secrets are read again when they are next wanted.
  std::function<void()> forget_secrets;
  std::function<std::optional<api::StaticFile>(std::string_view path)> asset;
  std::string version;
  std::string build;                                                  ///< Compiler and libraries, for `version -o json` and bug reports.
  Signals* signals = nullptr;                                         ///< Those of this process; null where nothing listens to them.
  std::vector<const connectors::ErrorCatalogue*> error_catalogues{};  ///< Of the targets, for `explain`.
};

/// One call of the command line: its global flags, its streams and what main.cpp put together. Commands print data to `out` and messages
/// to `err`, and return an exit code.
struct Invocation {
  std::string folder = ".";  ///< Where to look for penstock.yaml, and then in the folders above.
  std::string environment;   ///< --env
  std::string server;        ///< --server; empty: no server, or the daemon that owns the project's store.
  std::string token;         ///< Bearer token for the server: PENSTOCK_TOKEN.
  Format format = Format::table;
  bool quiet = false;
  bool may_ask = true;  ///< False with --no-input, or where standard input is no terminal.
  bool assume_yes = false;

  std::ostream& out;
  std::ostream& err;
  Terminal out_terminal;
  Terminal err_terminal;
  std::function<std::string(const char*)> environment_variable;
  const Assembly& assembly;
};

/// Prints "error: message" and the hint, as a JSON problem with -o json, and returns the fitting exit code.
ExitCode report(const Invocation& invocation, const Error& error);

/// Reports it and ends the process at once, whatever else it waits for.
[[noreturn]] void leave(const Invocation& invocation, const Error& error);

/// Prints the document to `out` as the chosen format wants: indented for json, one line per array element for ndjson.
void print_json(const Invocation& invocation, const nlohmann::ordered_json& document);

/// One line of -o ndjson while something goes on: {"event": name, "data": data}. The last one is named "result".
void print_event(const Invocation& invocation, std::string_view name, const nlohmann::ordered_json& data);

}  // namespace penstock::cli
