#include "daemon/api/encode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/api/message.h"
#include "daemon/api/server.h"

namespace penstock::api {
namespace {

using testing::HasSubstr;

std::string read_back(std::string_view text) {
  const std::optional<store::Time> time = parse_time(text);
  return time ? rfc3339(*time) : "nothing";
}

TEST(Times, AreUnderstoodAsADateOrADateAndATime) {
  EXPECT_EQ(read_back("2026-03-01"), "2026-03-01T00:00:00.000Z");
  EXPECT_EQ(read_back("2026-03"), "2026-03-01T00:00:00.000Z");
  EXPECT_EQ(read_back("2026-03-01T04:05Z"), "2026-03-01T04:05:00.000Z");
  EXPECT_EQ(read_back("2026-03-01T04:05:06Z"), "2026-03-01T04:05:06.000Z");
  EXPECT_EQ(read_back("2026-03-01T04:05:06.789Z"), "2026-03-01T04:05:06.789Z");
  EXPECT_EQ(read_back("2026-03-01T04:05:06+02:00"), "2026-03-01T02:05:06.000Z");
  EXPECT_EQ(read_back("2026-03-01 04:05:06"), "2026-03-01T04:05:06.000Z");
  EXPECT_EQ(read_back("2026-06-01 08:00"), "2026-06-01T08:00:00.000Z");
  EXPECT_EQ(read_back("2026-06-01 08:00Z"), "2026-06-01T08:00:00.000Z");
  EXPECT_EQ(read_back("2026-06-01 08:00:00+02:00"), "2026-06-01T06:00:00.000Z");
}

TEST(Times, AnythingElseIsNone) {
  for (const char* text :
       {"", "now", "2026-02-30", "2026-13", "2026-13-01", "2026-03-01T25:00:00Z", "2026-03-01T04:05:06Zx", "20260301", "2026-03-01 "}) {
    EXPECT_EQ(read_back(text), "nothing") << text;
  }
}

TEST(Times, AreWrittenInMilliseconds) {
  EXPECT_EQ(rfc3339(store::Time(std::chrono::microseconds(1'999))), "1970-01-01T00:00:00.001Z");
  EXPECT_EQ(rfc3339(store::Time(std::chrono::microseconds(-1))), "1969-12-31T23:59:59.999Z");
}

TEST(Errors, PositionsCountLinesAndCharactersFromOne) {
  store::Fault fault;
  fault.statement_offset = 11;
  const Json error = error_json(fault, "select\n  \xC3\xA9x");
  EXPECT_EQ(error.at("position").at("line"), 2);
  EXPECT_EQ(error.at("position").at("column"), 4);
  fault.statement_offset = 1000;
  EXPECT_TRUE(error_json(fault, "select").at("position").is_null());
}

TEST(Steps, OnlyWhatWasPublishedHasRowsAndAMethod) {
  store::StepRun step;
  step.rows = 3;
  step.publish_method = "one transaction";
  for (const store::StepState state : {store::StepState::pending, store::StepState::running, store::StepState::failed,
                                       store::StepState::cancelled, store::StepState::unknown, store::StepState::skipped}) {
    step.state = state;
    EXPECT_TRUE(step_json(step, nullptr).at("rows").is_null()) << name_of(state);
    EXPECT_TRUE(step_json(step, nullptr).at("publish_method").is_null()) << name_of(state);
  }
  step.state = store::StepState::succeeded;
  EXPECT_EQ(step_json(step, nullptr).at("rows"), 3);
  EXPECT_EQ(step_json(step, nullptr).at("publish_method"), "one transaction");
}

TEST(Problems, TextThatIsNoUnicodeIsReplaced) {
  const Response response = problem(404, "not_found", "There is no such thing", "no such path: \xff", "/\xff");
  EXPECT_FALSE(Json::parse(response.body, nullptr, false).is_discarded());
}

constexpr std::string_view kHash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

TEST(Tokens, OneALine) {
  const auto rules = parse_tokens("# who may\n\nana viewer " + std::string(kHash) + "\n  bo operator " + std::string(kHash) +
                                  " # night shift\r\n" + "cy admin " + std::string(kHash));
  ASSERT_TRUE(rules) << rules.error().message;
  ASSERT_EQ(rules->size(), 3U);
  EXPECT_EQ((*rules)[0].name, "ana");
  EXPECT_EQ((*rules)[0].role, Role::viewer);
  EXPECT_EQ((*rules)[1].role, Role::operator_);
  EXPECT_EQ((*rules)[2].role, Role::admin);
  EXPECT_EQ((*rules)[2].sha256_hex, kHash);
}

TEST(Tokens, AWrongLineIsNamedAndTheTokenIsNot) {
  const std::string secret = "correct-horse-battery";
  for (const std::string& line : {"ana viewer " + secret, "ana owner " + std::string(kHash), std::string("ana"),
                                  "ana viewer " + std::string(kHash) + " " + secret, "ana viewer " + std::string(kHash).substr(1) + "G"}) {
    const auto rules = parse_tokens("# first\n" + line + "\n");
    ASSERT_FALSE(rules) << line;
    EXPECT_EQ(rules.error().kind, ErrorKind::invalid_input);
    EXPECT_THAT(rules.error().message, HasSubstr("line 2"));
    EXPECT_THAT(rules.error().message + rules.error().hint, testing::Not(HasSubstr(secret)));
  }
}

}  // namespace
}  // namespace penstock::api
