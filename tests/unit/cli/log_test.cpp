#include "daemon/cli/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

namespace penstock::cli {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

const std::chrono::system_clock::time_point kThen{std::chrono::milliseconds(1772323200123)};

LogLine failure() {
  return {LogLevel::error,
          "step.failed",
          "orders.daily failed: no table\n\"x\"\tthere",
          {{"run", "r-1"}, {"pipeline", "orders"}, {"step", "the daily one"}, {"attempt", 2}, {"sqlstate", "42P01"}}};
}

TEST(Log, ALineForPeopleHasItsFieldsBehindIt) {
  EXPECT_EQ(shown(failure(), kThen, LogFormat::text),
            "2026-03-01T00:00:00.123Z error orders.daily failed: no table\\n\"x\"\\tthere run=r-1 pipeline=orders step=\"the daily one\" "
            "attempt=2 sqlstate=42P01");
}

TEST(Log, ALineForProgramsIsOneObject) {
  EXPECT_EQ(
      shown(failure(), kThen, LogFormat::json),
      R"({"time":"2026-03-01T00:00:00.123Z","level":"error","event":"step.failed","message":"orders.daily failed: no table\n\"x\"\tthere",)"
      R"("run":"r-1","pipeline":"orders","step":"the daily one","attempt":2,"sqlstate":"42P01"})");
}

TEST(Log, NothingThatAnEngineSaysMakesASecondLineOrBreaksTheFirst) {
  for (const std::string& said : {std::string("a\r\nb"), std::string("\x1b[31mred\x7f"), std::string("half \xC3"), std::string("\0zero", 5),
                                  std::string(100000, 'x'), std::string("key=\"value\" \\")}) {
    const LogLine line{LogLevel::warn, "step.failed", said, {{"step", said}}};
    const std::string text = shown(line, kThen, LogFormat::text);
    EXPECT_EQ(text.find_first_of(std::string("\n\r\x1b\x7f\0", 5)), std::string::npos) << text;
    EXPECT_LT(text.size(), 16000U);
    const std::string json = shown(line, kThen, LogFormat::json);
    EXPECT_TRUE(nlohmann::json::accept(json)) << json;
    EXPECT_EQ(json.find('\n'), std::string::npos) << json;
    EXPECT_LT(json.size(), 16000U);
  }
}

TEST(Log, WhatOthersLogHasTheSameForm) {
  open_log(LogFormat::json, LogLevel::info);
  testing::internal::CaptureStderr();
  spdlog::warn("the disk is {}", "\"full\"");
  log({LogLevel::info, "stop", "stopping", {{"process", 1}}});
  log({LogLevel::debug, "unit.succeeded", "unseen"});
  spdlog::debug("unseen");
  const std::string written = testing::internal::GetCapturedStderr();
  open_log(LogFormat::text, LogLevel::info);
  const std::size_t end = written.find('\n');
  ASSERT_NE(end, std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(written.substr(0, end)).at("message"), "the disk is \"full\"");
  EXPECT_EQ(nlohmann::json::parse(written.substr(0, end)).at("level"), "warn");
  EXPECT_THAT(written.substr(end), HasSubstr(R"("event":"stop","message":"stopping","process":1})"));
  EXPECT_THAT(written, testing::Not(HasSubstr("unseen")));
  EXPECT_THAT(written, EndsWith("}\n"));
}

}  // namespace
}  // namespace penstock::cli
