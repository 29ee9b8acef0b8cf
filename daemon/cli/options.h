#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/cli/choice.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace penstock::cli {

struct Invocation;

/// What the parsed command line asks for.
using Action = std::function<int(Invocation&)>;

/// One declared option or argument, to say more about it. It lives as long as its command line.
class Option {
 public:
  /// What its value is called in the help, such as DATE.
  Option& type_name(const std::string& name);
  Option& required();
  /// Refuses a value that the check finds a fault with; see choice.h.
  Option& check(ValueCheck check);
  /// May only be given together with the other one.
  Option& needs(const Option& other);
  /// May not be given together with the other one.
  Option& excludes(const Option& other);

 private:
  friend class Options;
  explicit Option(CLI::Option* option) : option_(option) {}

  CLI::Option* option_;
};

/// What one command takes. The variables that values go to must live until the command line is parsed.
class Options {
 public:
  /// An argument without dashes: the word itself.
  Option argument(const std::string& name, std::string& value, const std::string& help);
  /// The words that no other argument takes.
  Option arguments(const std::string& name, std::vector<std::string>& values, const std::string& help);
  /// Names such as "-s,--step". One with a list may be given several times.
  Option option(const std::string& names, std::string& value, const std::string& help);
  Option option(const std::string& names, std::vector<std::string>& values, const std::string& help);
  Option option(const std::string& names, int& value, const std::string& help);
  /// A duration such as 30m, 90s or 2h.
  Option option(const std::string& names, std::optional<std::chrono::milliseconds>& value, const std::string& help);
  Option flag(const std::string& names, bool& value, const std::string& help);

  /// A command below this one; one of those below must then be given.
  Options command(std::string_view name, std::string_view summary);
  /// What stands below the help.
  void footer(const std::string& text);
  /// What the command does.
  void runs(Action action);

 private:
  friend class CommandLine;
  Options(CLI::App* command, Action* chosen) : command_(command), chosen_(chosen) {}

  CLI::App* command_;
  Action* chosen_;
};

/// A program's command line.
class CommandLine {
 public:
  CommandLine(const std::string& program, const std::string& summary, const std::string& version);
  ~CommandLine();

  Options& options() { return options_; }
  /// Reads the words. Where the process should end, its exit code: after the help or the version, or after the first place where the
  /// command line is wrong has been explained with a suggestion.
  std::optional<int> parse(int argc, const char* const* argv);
  /// What the words ask for; empty where the program has no commands.
  const Action& chosen() const { return chosen_; }

 private:
  std::unique_ptr<CLI::App> application_;
  Action chosen_;
  Options options_;
};

}  // namespace penstock::cli
