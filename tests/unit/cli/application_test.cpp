#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "daemon/cli/command.h"
#include "daemon/cli/published_schemas.h"
#include "daemon/cli/run_view.h"

namespace penstock::cli {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

struct Ended {
  int code = -1;
  std::string out;
  std::string err;
};

Ended call(std::vector<const char*> words) {
  words.insert(words.begin(), "penstock");
  Assembly assembly;
  assembly.version = "1.2.3";
  Ended ended;
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  ended.code = run_application(static_cast<int>(words.size()), words.data(), assembly);
  ended.out = testing::internal::GetCapturedStdout();
  ended.err = testing::internal::GetCapturedStderr();
  return ended;
}

/// The options, arguments and commands of a help that stand without words beside or below them.
std::vector<std::string> unexplained(const std::string& help) {
  std::vector<std::string> silent;
  std::istringstream lines(help.substr(0, help.find("\nExamples:")));
  for (std::string line; std::getline(lines, line);) {
    const bool is_entry = line.size() > 2 && line.starts_with("  ") && line[2] != ' ';
    if (line.starts_with("   ") && !silent.empty()) silent.pop_back();
    if (is_entry && line.find("  ", 2) == std::string::npos) silent.push_back(line);
  }
  return silent;
}

TEST(Application, TakesOnlyTexts) {
  const Ended ended = call({"run", "orders", "--var", "region=1\xC3"});
  EXPECT_EQ(ended.code, kInvalid);
  EXPECT_THAT(ended.out, IsEmpty());
  EXPECT_THAT(ended.err, HasSubstr("argument 4 is not UTF-8: region=1\xEF\xBF\xBD"));
}

TEST(Application, EveryCommandAndOptionHasHelp) {
  std::set<std::string_view> names;
  for (const Command& command : command_table()) {
    SCOPED_TRACE(command.name);
    EXPECT_TRUE(names.insert(command.name).second);
    EXPECT_FALSE(command.summary.empty());
    EXPECT_NE(command.summary.back(), '.');
    ASSERT_FALSE(command.examples.empty());
    for (const std::string_view example : command.examples) EXPECT_EQ(example.substr(0, command.name.size()), command.name);
    const std::string name(command.name);
    const Ended help = call({name.c_str(), "--help"});
    EXPECT_EQ(help.code, kSuccess);
    EXPECT_THAT(help.out, HasSubstr(std::string(command.summary)));
    EXPECT_THAT(unexplained(help.out), IsEmpty());
  }
}

TEST(Application, HelpListsEveryCommand) {
  const Ended help = call({"--help"});
  EXPECT_EQ(help.code, kSuccess);
  EXPECT_EQ(help.err, "");
  for (const Command& command : command_table()) EXPECT_THAT(help.out, HasSubstr(std::string(command.name)));
}

TEST(Application, ATypoIsAnsweredWithTheNearestCommand) {
  for (const Command& command : command_table()) {
    std::string typo(command.name);
    std::swap(typo[0], typo[1]);
    const Ended ended = call({typo.c_str()});
    EXPECT_EQ(ended.code, kInvalid) << typo;
    EXPECT_EQ(ended.out, "") << typo;
    EXPECT_THAT(ended.err, HasSubstr("did you mean \"" + std::string(command.name) + "\"")) << typo;
  }
}

TEST(Application, ATypoAfterAnOptionWithAValueIsFound) {
  const Ended ended = call({"-C", "/nowhere", "--env", "prod", "staus"});
  EXPECT_EQ(ended.code, kInvalid);
  EXPECT_THAT(ended.err, HasSubstr("did you mean \"status\""));
}

TEST(Application, AnUnknownFlagIsInvalidAndNamesTheHelp) {
  const Ended ended = call({"status", "--colour-me"});
  EXPECT_EQ(ended.code, kInvalid);
  EXPECT_THAT(ended.err, HasSubstr("--colour-me"));
  EXPECT_THAT(ended.err, HasSubstr("penstock status --help"));
}

TEST(Application, AMistypedFlagIsAnsweredWithTheNearestOne) {
  const Ended ended = call({"status", "--stat", "failed"});
  EXPECT_EQ(ended.code, kInvalid);
  EXPECT_THAT(ended.err, HasSubstr("there is no option --stat"));
  EXPECT_THAT(ended.err, HasSubstr("did you mean \"--state\""));
  EXPECT_THAT(call({"run", "--staps=a"}).err, HasSubstr("did you mean \"--step\""));
  EXPECT_THAT(call({"status", "--qiet"}).err, HasSubstr("did you mean \"--quiet\""));
}

TEST(Application, ATypoBelowACommandIsFoundToo) {
  const Ended ended = call({"schedule", "nxt"});
  EXPECT_EQ(ended.code, kInvalid);
  EXPECT_THAT(ended.err, HasSubstr("did you mean \"next\""));
  EXPECT_THAT(call({"schedule"}).err, HasSubstr("next, explain"));
}

TEST(Application, AWrongValueIsAnsweredWithWhatIsAllowed) {
  EXPECT_THAT(call({"-o", "jsn", "version"}).err, HasSubstr("\"jsn\" is not table, json or ndjson; did you mean \"json\"?"));
  EXPECT_THAT(call({"status", "--limit", "0"}).err, HasSubstr("no whole number from 1 to 200"));
  EXPECT_THAT(call({"version", "now"}).err, HasSubstr("\"now\" has no place here"));
}

TEST(Application, WithoutACommandTheHelpIsShown) {
  const Ended ended = call({});
  EXPECT_EQ(ended.code, kInvalid);
  EXPECT_EQ(ended.out, "");
  EXPECT_EQ(ended.err, call({"--help"}).out);
}

TEST(Schemas, EveryOneIsJsonAndCanBeUsedByItself) {
  for (const PublishedSchema& schema : published_schemas()) {
    SCOPED_TRACE(schema.name);
    const std::optional<std::string> text = published_schema(schema.name);
    ASSERT_TRUE(text);
    EXPECT_TRUE(nlohmann::json::accept(*text));
    if (!schema.name.starts_with("cli/")) continue;
    EXPECT_EQ(text->find("openapi.json"), std::string::npos);
  }
  EXPECT_TRUE(published_schema("step"));
  EXPECT_FALSE(published_schema("stpe"));
}

TEST(Application, TheVersionIsThatOfTheAssembly) {
  const Ended ended = call({"--version"});
  EXPECT_EQ(ended.code, kSuccess);
  EXPECT_THAT(ended.out, HasSubstr("1.2.3"));
}

TEST(ExitCodes, AreTheInterface) {
  EXPECT_EQ(exit_code_for(ErrorKind::invalid_input), 2);
  EXPECT_EQ(exit_code_for(ErrorKind::not_found), 2);
  EXPECT_EQ(exit_code_for(ErrorKind::conflict), 3);
  EXPECT_EQ(exit_code_for(ErrorKind::refused), 3);
  EXPECT_EQ(exit_code_for(ErrorKind::unauthenticated), 4);
  EXPECT_EQ(exit_code_for(ErrorKind::permission), 4);
  EXPECT_EQ(exit_code_for(ErrorKind::unavailable), 5);
  EXPECT_EQ(exit_code_for(ErrorKind::timed_out), 7);
  EXPECT_EQ(exit_code_for(ErrorKind::cancelled), 130);
  for (const ErrorKind kind :
       {ErrorKind::transient, ErrorKind::throttled, ErrorKind::resource, ErrorKind::permanent, ErrorKind::in_doubt, ErrorKind::storage}) {
    EXPECT_EQ(exit_code_for(kind), 1);
  }
}

TEST(ExitCodes, OfRuns) {
  EXPECT_EQ(exit_code_of("succeeded"), kSuccess);
  EXPECT_EQ(exit_code_of("failed"), kFailed);
  EXPECT_EQ(exit_code_of("cancelled"), kInterrupted);
  for (const char* state : {"queued", "running"}) EXPECT_FALSE(is_final_state(state)) << state;
  for (const char* state : {"succeeded", "failed", "cancelled"}) EXPECT_TRUE(is_final_state(state)) << state;
}

}  // namespace
}  // namespace penstock::cli
