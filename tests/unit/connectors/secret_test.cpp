#include "connectors/secret.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace penstock::connectors {
namespace {

TEST(Secret, ComesFromTheEnvironment) {
  setenv("PENSTOCK_SECRET_TEST", "s3cret", 1);
  EXPECT_EQ(read_secret("env:PENSTOCK_SECRET_TEST").value(), "s3cret");
  unsetenv("PENSTOCK_SECRET_TEST");
  const auto missing = read_secret("env:PENSTOCK_SECRET_TEST");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::invalid_input);
  EXPECT_NE(missing.error().message.find("PENSTOCK_SECRET_TEST"), std::string::npos);
}

TEST(Secret, ComesFromAFileWithoutItsLineBreak) {
  const std::string path = testing::TempDir() + "penstock-secret-" + std::to_string(getpid());
  std::ofstream(path) << "s3cret\r\n";
  EXPECT_EQ(read_secret("file:" + path).value(), "s3cret");
  std::remove(path.c_str());
  EXPECT_EQ(read_secret("file:" + path).error().kind, ErrorKind::invalid_input);
}

TEST(Secret, ComesFromACommandWhoseOutputNeverLeaks) {
  EXPECT_EQ(read_secret("cmd:printf s3cret").value(), "s3cret");
  const auto failed = read_secret("cmd:printf s3cret$((1+1)); exit 3");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::invalid_input);
  EXPECT_EQ(failed.error().message.find("s3cret2"), std::string::npos);
  EXPECT_EQ(read_secret("cmd:true").error().kind, ErrorKind::invalid_input);
}

TEST(Secret, ACommandThatHangsIsStopped) {
  const auto hung = read_secret("cmd:cat /dev/zero >/dev/null & wait", std::chrono::milliseconds(50));
  ASSERT_FALSE(hung);
  EXPECT_EQ(hung.error().kind, ErrorKind::timed_out);
}

TEST(Secret, ResolveListsWhatIsSecretAndRefusesPlainOnes) {
  setenv("PENSTOCK_SECRET_TEST", "s3cret", 1);
  Settings settings;
  settings.name = "lake";
  settings.values = {{"user", "etl"}, {"password", "env:PENSTOCK_SECRET_TEST"}};
  const auto resolved = resolve(settings);
  ASSERT_TRUE(resolved) << resolved.error().message;
  EXPECT_EQ(resolved->values.at("password"), "s3cret");
  EXPECT_EQ(resolved->values.at("user"), "etl");
  EXPECT_EQ(resolved->secrets, std::vector<std::string>{"s3cret"});
  settings.values["password"] = "hunter2";
  const auto plain = resolve(settings);
  ASSERT_FALSE(plain);
  EXPECT_EQ(plain.error().kind, ErrorKind::invalid_input);
  EXPECT_EQ(plain.error().message.find("hunter2"), std::string::npos);
  unsetenv("PENSTOCK_SECRET_TEST");
}

}  // namespace
}  // namespace penstock::connectors
