#include "daemon/cli/options.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <span>
#include <utility>

#include "daemon/cli/exit_code.h"
#include "daemon/cli/mistake.h"
#include "pipelines/yaml/duration.h"

namespace penstock::cli {
namespace {

void style_help(CLI::App& application) {
  constexpr std::size_t kOptionsWidth = 28;
  auto formatter = std::make_shared<CLI::Formatter>();
  formatter->column_width(kOptionsWidth);
  for (const auto& [label, text] : {std::pair("SUBCOMMAND", "COMMAND"), std::pair("Positionals", "Arguments"),
                                    std::pair("OPTIONS", "options"), std::pair("TEXT", ""), std::pair("REQUIRED", "(needed)")}) {
    formatter->label(label, text);
  }
  application.formatter(formatter);
  application.set_help_flag("-h,--help", "Show this help");
}

}  // namespace

Option& Option::type_name(const std::string& name) {
  option_->type_name(name);
  return *this;
}

Option& Option::required() {
  option_->required();
  return *this;
}

Option& Option::check(ValueCheck check) {
  option_->check(std::move(check));
  return *this;
}

Option& Option::needs(const Option& other) {
  option_->needs(other.option_);
  return *this;
}

Option& Option::excludes(const Option& other) {
  option_->excludes(other.option_);
  return *this;
}

Option Options::argument(const std::string& name, std::string& value, const std::string& help) {
  return Option(command_->add_option(name, value, help));
}

Option Options::arguments(const std::string& name, std::vector<std::string>& values, const std::string& help) {
  return Option(command_->add_option(name, values, help));
}

Option Options::option(const std::string& names, std::string& value, const std::string& help) {
  return Option(command_->add_option(names, value, help));
}

Option Options::option(const std::string& names, std::vector<std::string>& values, const std::string& help) {
  return Option(command_->add_option(names, values, help));
}

Option Options::option(const std::string& names, int& value, const std::string& help) {
  return Option(command_->add_option(names, value, help));
}

Option Options::option(const std::string& names, std::optional<std::chrono::milliseconds>& value, const std::string& help) {
  return Option(command_->add_option_function<std::string>(
                    names, [&value](const std::string& text) { value = yaml::parse_duration(text); }, help))
      .check(is_duration);
}

Option Options::flag(const std::string& names, bool& value, const std::string& help) {
  return Option(command_->add_flag(names, value, help));
}

Options Options::command(std::string_view name, std::string_view summary) {
  command_->require_subcommand(1);
  CLI::App* below = command_->add_subcommand(std::string(name), std::string(summary));
  below->group("Commands");
  return {below, chosen_};
}

void Options::footer(const std::string& text) { command_->footer(text); }

void Options::runs(Action action) {
  command_->callback([chosen = chosen_, action = std::move(action)] { *chosen = action; });
}

CommandLine::CommandLine(const std::string& program, const std::string& summary, const std::string& version)
    : application_(std::make_unique<CLI::App>(summary, program)), options_(application_.get(), &chosen_) {
  application_->fallthrough();
  style_help(*application_);
  application_->set_version_flag("--version", version, "Show the version");
}

CommandLine::~CommandLine() = default;

std::optional<int> CommandLine::parse(int argc, const char* const* argv) {
  try {
    application_->parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::Success& done) {
    return application_->exit(done);
  } catch (const CLI::ParseError& error) {
    if (argc <= 1) {
      std::cerr << application_->help();
      return kInvalid;
    }
    const Mistake mistake = explain(*application_, error, std::span(argv, static_cast<std::size_t>(argc)).subspan(1));
    std::cerr << "error: " << mistake.message << "\n  = help: " << mistake.hint << '\n';
    return kInvalid;
  }
}

}  // namespace penstock::cli
