#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace {

// A machine without an engine may skip that engine's tests; continuous integration may not, or a suite that never runs would look green.
bool skip_is_failure() {
  const char* ci = std::getenv("CI");
  return ci != nullptr && std::string_view(ci) == "true";
}

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  // Tests name their files from the project's root, wherever they are started.
  if (chdir(PENSTOCK_SOURCE_FOLDER) != 0) {
    std::perror(PENSTOCK_SOURCE_FOLDER);
    return 1;
  }
  const int failed = RUN_ALL_TESTS();
  const int skipped = testing::UnitTest::GetInstance()->skipped_test_count();
  const int run = testing::UnitTest::GetInstance()->test_to_run_count();
  if (skipped > 0) {
    std::printf("%d of %d tests were skipped\n", skipped, run);
  }
  if (run == 0) {
    std::printf("no test ran\n");
    return 1;
  }
  if (skipped > 0 && skip_is_failure()) {
    std::printf("CI=true: a skip is a failure\n");
    return 1;
  }
  return failed;
}
