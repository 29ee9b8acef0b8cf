#pragma once

#include <span>
#include <string>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace penstock::cli {

/// What is wrong with a command line, as a person should read it.
struct Mistake {
  std::string message;
  std::string hint;
};

/// The first word that has no place, with the nearest command or option that has one; otherwise what the parser found. `words` are the
/// command line without the program's name.
Mistake explain(const CLI::App& application, const CLI::ParseError& error, std::span<const char* const> words);

}  // namespace penstock::cli
