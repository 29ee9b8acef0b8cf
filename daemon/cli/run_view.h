#pragma once

#include <map>
#include <string>
#include <string_view>

#include "daemon/cli/invocation.h"
#include "daemon/cli/transport.h"

namespace penstock::cli {

/// Shows runs while they go on: on a terminal one block that is redrawn, otherwise a line for every change with its time. That goes to
/// `err`, so that `out` holds the result only; with -o ndjson the events themselves go to `out` instead, one object a line.
class RunView {
 public:
  explicit RunView(Invocation& invocation);

  /// Says first where it happens.
  void begin(const std::string& place);
  /// An event of the API's stream, or a part of a snapshot as if it had just changed.
  void on_event(std::string_view name, const Json& data);
  /// Takes the redrawn block away, so that something else can be printed.
  void clear();

 private:
  void on_run(const Json& run);
  void on_step(const Json& step);
  void note(const std::string& what, const std::string& state, const std::string& detail);
  void draw();

  Invocation& invocation_;
  std::map<std::string, std::string> told_;                      ///< The state that was last told of each run and step.
  std::map<std::string, std::string> running_;                   ///< By run and step: the step's name and phase.
  std::map<std::string, std::pair<long long, long long>> done_;  ///< By run: finished steps, all steps.
  int drawn_lines_ = 0;
};

/// The report of a finished run: a row per step with state, rows, time, checks and how it was published, then what failed and how to go
/// on. `detail` is the API's RunDetail with attempts.
void print_report(Invocation& invocation, const Json& detail);

/// The report of a run that was followed to its end (with -o ndjson as the event "result"), and its exit code.
ExitCode print_result(Invocation& invocation, const Json& detail);

/// A state as a word with its symbol.
std::string shown_state(const Terminal& terminal, const std::string& state);

/// The duration_ms of a run, step or interval in words; empty where it has none.
std::string duration_text(const Json& timed);

/// "shop, environment dev" of a RunDetail or BackfillDetail.
std::string place_text(const Json& detail);

/// Why a run or step was skipped or cancelled, or what it waits for; empty where it has no reason.
std::string reason_of(const Json& run_or_step);

/// What a check expects and what it found, in words: "no row where origin is NULL; found 3 rows".
std::string check_words(const Json& check);

/// kSuccess for a run that succeeded, kFailed, kInterrupted for a cancelled one.
ExitCode exit_code_of(const std::string& run_state);

bool is_final_state(const std::string& run_state);

}  // namespace penstock::cli
