#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "daemon/cli/invocation.h"
#include "daemon/cli/transport.h"

namespace penstock::cli {

/// Shows runs while they go on: on a terminal one block that is redrawn, otherwise a line for every change with its time; with
/// -o ndjson the events themselves. Progress goes to `err`, so that `out` holds the result only.
class RunView {
 public:
  explicit RunView(Invocation& invocation);

  void on_run(const Json& run);
  void on_step(const Json& step);
  /// Takes the redrawn block away, so that something else can be printed.
  void clear();

 private:
  struct StepLine {
    std::string pipeline;
    std::string name;
    std::string state;
    std::string phase;
    std::string detail;
  };

  void note(const std::string& what, const std::string& state, const std::string& detail);
  void draw();

  Invocation& invocation_;
  std::map<std::string, std::string> told_;          ///< What was last said of each run and step.
  std::map<std::string, StepLine> running_;          ///< By run and step.
  std::map<std::string, std::pair<int, int>> done_;  ///< By run: finished steps, all steps.
  int drawn_lines_ = 0;
};

/// The report of a finished run: a row per step with state, rows, time, checks and how it was published, then what failed and how to go
/// on. `detail` is the API's RunDetail with attempts.
void print_report(Invocation& invocation, const Json& detail);

/// A state as a word with its symbol.
std::string shown_state(const Terminal& terminal, const std::string& state);

/// kSuccess for a run that succeeded, kFailed, kInterrupted for a cancelled one.
ExitCode exit_code_of(const std::string& run_state);

bool is_final_state(const std::string& run_state);

}  // namespace penstock::cli
