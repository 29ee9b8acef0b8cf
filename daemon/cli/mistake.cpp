#include "daemon/cli/mistake.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>
#include <utility>

#include "pipelines/base/suggest.h"

namespace penstock::cli {
namespace {

std::vector<const CLI::App*> commands_of(const CLI::App& application) {
  return application.get_subcommands([](const CLI::App*) { return true; });
}

std::vector<std::string> names_of(const std::vector<const CLI::App*>& commands) {
  std::vector<std::string> names;
  for (const CLI::App* command : commands) names.push_back(command->get_name());
  return names;
}

/// "penstock schedule next", from the root down.
std::string path_to(const std::vector<const CLI::App*>& path) {
  std::string text;
  for (const CLI::App* command : path) text += (text.empty() ? "" : " ") + command->get_name();
  return text;
}

const CLI::Option* find_option(const std::vector<const CLI::App*>& path, const std::string& word) {
  for (auto command = path.rbegin(); command != path.rend(); ++command) {
    if (const CLI::Option* option = (*command)->get_option_no_throw(word)) return option;
  }
  return nullptr;
}

std::vector<std::string> options_of(const std::vector<const CLI::App*>& path) {
  std::vector<std::string> names;
  for (const CLI::App* command : path) {
    for (const CLI::Option* option : command->get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
  }
  return names;
}

/// Follows the words from command to command. `path` ends with the command that they reach.
std::optional<Mistake> misplaced_word(std::vector<const CLI::App*>& path, std::span<const char* const> words) {
  bool is_value = false;
  for (const char* const each : words) {
    const std::string word = each;
    if (std::exchange(is_value, false) || word.empty()) continue;
    if (word.front() == '-' && word.size() > 1) {
      const std::string name = word.substr(0, word.find('='));
      const CLI::Option* option = find_option(path, name);
      is_value = option != nullptr && option->get_items_expected_min() > 0 && name == word;
      if (option != nullptr || word[1] != '-') continue;
      const std::string meant = did_you_mean(name, options_of(path));
      return Mistake{"there is no option " + name, meant.empty() ? path_to(path) + " --help" : meant};
    }
    const std::vector<const CLI::App*> commands = commands_of(*path.back());
    if (commands.empty()) continue;
    const std::vector<std::string> names = names_of(commands);
    const auto found = std::find(names.begin(), names.end(), word);
    if (found == names.end()) {
      const std::string meant = did_you_mean(word, names);
      return Mistake{"there is no command \"" + (path.size() > 1 ? path.back()->get_name() + " " : "") + word + "\"",
                     meant.empty() ? path_to(path) + " --help lists the commands" : meant};
    }
    path.push_back(commands[static_cast<std::size_t>(found - names.begin())]);
  }
  return std::nullopt;
}

}  // namespace

Mistake explain(const CLI::App& application, const CLI::ParseError& error, std::span<const char* const> words) {
  std::vector<const CLI::App*> path{&application};
  if (std::optional<Mistake> mistake = misplaced_word(path, words)) return *mistake;
  const std::string help = path_to(path) + " --help";
  const std::vector<const CLI::App*> commands = commands_of(*path.back());
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && !commands.empty()) {
    std::string all;
    for (const std::string& name : names_of(commands)) all += (all.empty() ? "" : ", ") + name;
    return {"which command?", path.size() > 1 ? path_to(path) + " has: " + all : help + " lists the commands"};
  }
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    std::string extra;
    for (const std::string& word : application.remaining(true)) extra += (extra.empty() ? "" : " ") + word;
    return {"\"" + extra + "\" has no place here", help};
  }
  return {error.what(), help};
}

}  // namespace penstock::cli
