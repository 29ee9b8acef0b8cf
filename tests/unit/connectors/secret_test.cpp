#include "connectors/secret.h"

#include <gtest/gtest.h>
#include <signal.h>
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
  EXPECT_EQ(failed.error().message, "the command failed with exit code 3");
  EXPECT_EQ(read_secret("cmd:true").error().message, "the command printed nothing");
  EXPECT_EQ(read_secret("cmd:kill -TERM $$").error().message, "the command was ended by signal 15");
  EXPECT_EQ(read_secret("cmd:head -c 70000 /dev/zero").error().message, "the command printed more than 65536 bytes");
}

TEST(Secret, ACommandInheritsNoDescriptorAndNoSignal) {
  const int open = dup(STDOUT_FILENO);  // Without FD_CLOEXEC, as a library may leave one.
  ASSERT_GT(open, 2);
  struct sigaction ignored {};
  ignored.sa_handler = SIG_IGN;
  struct sigaction before {};
  ASSERT_EQ(sigaction(SIGPIPE, &ignored, &before), 0);
  // The third is of ls itself, which reads the folder.
  EXPECT_EQ(read_secret("cmd:ls /proc/self/fd | tr '\\n' ' '").value(), "0 1 2 3 ");
  EXPECT_EQ(read_secret("cmd:readlink /proc/self/fd/0").value(), "/dev/null");
  for (const char* kind : {"SigBlk", "SigIgn"}) {
    // Beyond the first 31 are those of the C library itself.
    const std::string bits = read_secret("cmd:grep " + std::string(kind) + " /proc/self/status | cut -f2").value();
    EXPECT_EQ(std::stoull(bits, nullptr, 16) & 0x7fffffffU, 0U) << kind << bits;
  }
  sigaction(SIGPIPE, &before, nullptr);
  close(open);
}

TEST(Secret, ACommandThatSaysAllAndGoesOnIsStopped) {
  const auto hung = read_secret("cmd:printf s3cret; exec >&-; cat /dev/zero >/dev/null", std::chrono::milliseconds(200));
  ASSERT_FALSE(hung);
  EXPECT_EQ(hung.error().kind, ErrorKind::timed_out);
  EXPECT_EQ(hung.error().message, "the command did not end within 200 ms");
}

TEST(Secrets, ACommandRunsOnceUntilItIsForgotten) {
  const std::string path = testing::TempDir() + "penstock-count-" + std::to_string(getpid());
  const std::string reference = "cmd:printf x >>" + path + "; cat " + path;
  Secrets secrets;
  EXPECT_EQ(secrets.get(reference).value(), "x");
  EXPECT_EQ(secrets.get(reference).value(), "x");
  EXPECT_EQ(secrets.get_anew(reference).value(), "x");  // It was read just now.
  secrets.forget();
  EXPECT_EQ(secrets.get(reference).value(), "xx");
  std::remove(path.c_str());
}

TEST(Secrets, ACommandThatFailsIsNotRunAgainAtOnce) {
  const std::string path = testing::TempDir() + "penstock-count-" + std::to_string(getpid());
  const std::string reference = "cmd:printf x >>" + path + "; exit 7";
  Secrets secrets;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(secrets.get(reference).error().message, "the command failed with exit code 7");
  std::string runs;
  std::ifstream(path) >> runs;
  EXPECT_EQ(runs, "x");
  std::remove(path.c_str());
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
  const auto resolved = resolve(settings, [](const std::string& reference) { return read_secret(reference); });
  ASSERT_TRUE(resolved) << resolved.error().message;
  EXPECT_EQ(resolved->values.at("password"), "s3cret");
  EXPECT_EQ(resolved->values.at("user"), "etl");
  EXPECT_EQ(resolved->secrets, std::vector<std::string>{"s3cret"});
  settings.values["password"] = "hunter2";
  const auto plain = resolve(settings, [](const std::string& reference) { return read_secret(reference); });
  ASSERT_FALSE(plain);
  EXPECT_EQ(plain.error().kind, ErrorKind::invalid_input);
  EXPECT_EQ(plain.error().message.find("hunter2"), std::string::npos);
  unsetenv("PENSTOCK_SECRET_TEST");
}

}  // namespace
}  // namespace penstock::connectors
