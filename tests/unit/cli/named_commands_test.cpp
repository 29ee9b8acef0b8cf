#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "daemon/cli/command.h"

// Hints, explain pages, help and documents tell people what to type: all of it must be a command line.

namespace penstock::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kProgram = "penstock ";

struct Named {
  std::vector<std::string> words;
  bool whole;  ///< In backticks, or a line of its own: nothing of it is prose.
  std::string where;
};

bool is_of_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view("_-./:=*|,").find(c) != std::string_view::npos;
}

// One word from `at` on, as a shell reads it.
std::string word_from(std::string_view text, std::size_t& at) {
  std::string word;
  if (at < text.size() && text[at] == '\'') {
    const std::size_t end = std::min(text.find('\'', at + 1), text.size());
    word = text.substr(at + 1, end - at - 1);
    at = end + 1;
  }
  while (at < text.size() && is_of_word(text[at])) word += text[at++];
  return word;
}

// The words behind "penstock ", up to a sign that no command line has here, or to the blanks before what a document says about it.
std::vector<std::string> words_from(std::string_view text, std::size_t at) {
  std::vector<std::string> words;
  while (at < text.size()) {
    std::string word = word_from(text, at);
    if (word.empty()) break;
    // A sentence goes on behind its comma, and ends with its full stop.
    const bool ends = std::string_view(",.:").find(word.back()) != std::string_view::npos;
    if (ends) word.pop_back();
    words.push_back(std::move(word));
    const std::size_t next = std::min(text.find_first_not_of(' ', at), text.size());
    if (ends || next == at || (next > at + 1 && text.substr(next, 2) != "--")) break;
    at = next;
  }
  // What code puts in is one more word.
  if (at > 0 && text.substr(at - 1, 2) == " \"") words.emplace_back("NAME");
  return words;
}

void collect(const fs::path& path, std::vector<Named>& all) {
  std::ifstream file(path);
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    const std::size_t first = line.find_first_not_of(' ');
    for (std::size_t at = line.find(kProgram); at != std::string::npos; at = line.find(kProgram, at + 1)) {
      if (at > 0 && is_of_word(line[at - 1])) continue;
      const bool shell = at == first && at >= 4 && path.extension() == ".md";
      const bool whole = shell || (at > 0 && line[at - 1] == '`');
      all.push_back({words_from(line, at + kProgram.size()), whole, path.string() + ":" + std::to_string(number) + ": " + line});
    }
  }
}

std::vector<Named> named_commands() {
  std::vector<Named> all;
  for (const char* folder : {"pipelines", "connectors", "daemon"}) {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
      const fs::path& path = entry.path();
      if (path.string().find("node_modules") != std::string::npos) continue;
      for (const char* kind : {".cpp", ".h", ".md", ".ts"}) {
        if (path.extension() == kind) collect(path, all);
      }
    }
  }
  collect("README.md", all);
  return all;
}

bool parses(const std::vector<std::string>& words) {
  CommandLine line("penstock", "", "");
  GlobalFlags flags;
  declare(line, flags);
  std::vector<const char*> arguments{"penstock"};
  for (const std::string& word : words) arguments.push_back(word.c_str());
  testing::internal::CaptureStderr();
  testing::internal::CaptureStdout();
  const std::optional<int> ended = line.parse(static_cast<int>(arguments.size()), arguments.data());
  testing::internal::GetCapturedStdout();
  testing::internal::GetCapturedStderr();
  return !ended || *ended == kSuccess;
}

// What describes something by its name is asked whether it has that name.
bool exists(const std::vector<std::string>& words) {
  const bool looks_up = words.size() == 2 && (words[0] == "explain" || words[0] == "components" || words[0] == "schema");
  const bool is_placeholder = looks_up && words[1].find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos;
  if (!looks_up || is_placeholder || words[1].starts_with('-')) return true;
  const char* arguments[] = {"penstock", words[0].c_str(), words[1].c_str()};
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const int code = run_application(3, arguments, Assembly{});
  testing::internal::GetCapturedStdout();
  testing::internal::GetCapturedStderr();
  return code == kSuccess;
}

bool is_command(std::string_view word) {
  for (const Command& command : command_table()) {
    if (command.name == word) return true;
  }
  return false;
}

// In a sentence the words behind the command are of the sentence.
bool is_good(const Named& named) {
  if (named.words.empty()) return false;
  const std::string& first = named.words.front();
  // A command may be called by its name alone.
  if (named.words.size() == 1 && is_command(first)) return true;
  if (named.whole) return parses(named.words) && exists(named.words);
  if (!is_command(first) && !first.starts_with('-')) return false;
  for (std::size_t count = named.words.size(); count > 0; --count) {
    const std::vector<std::string> some(named.words.begin(), named.words.begin() + static_cast<std::ptrdiff_t>(count));
    const bool cuts_flag = count < named.words.size() && named.words[count].starts_with('-');
    if (!cuts_flag && parses(some) && exists(some)) return true;
  }
  return false;
}

// "A penstock is a pipe", "penstock COMMAND", and the name where code goes on.
bool is_about_the_program(const Named& named) {
  if (named.whole) return false;
  const std::string first = named.words.empty() ? "" : named.words.front();
  return first.empty() || first == "is" || first == "NAME" || first == "COMMAND";
}

TEST(NamedCommands, AllThatPeopleAreToldToTypeIsACommandLine) {
  const std::vector<Named> all = named_commands();
  EXPECT_GT(all.size(), 50U);
  for (const Named& named : all) {
    EXPECT_TRUE(is_about_the_program(named) || is_good(named)) << named.where;
  }
}

TEST(NamedCommands, AHintThatNamesNoCommandIsFound) {
  EXPECT_FALSE(is_good({{"explain", "functions"}, true, ""}));
  EXPECT_FALSE(is_good({{"functions"}, false, ""}));
  EXPECT_FALSE(is_good({{"run", "--environment", "prod"}, true, ""}));
  EXPECT_FALSE(is_good({{"components", "--fonctions", "lists", "them"}, false, ""}));
  EXPECT_TRUE(is_good({{"explain", "lists", "them", "all"}, false, ""}));
  EXPECT_TRUE(is_good({{"components", "--functions"}, true, ""}));
}

}  // namespace
}  // namespace penstock::cli
