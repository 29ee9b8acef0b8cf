#include "tests/golden/golden.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace penstock::golden {
namespace {

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

bool updates_golden() {
  const char* wanted = std::getenv("UPDATE_GOLDEN");
  return wanted != nullptr && std::string_view(wanted) == "1";
}

void expect_golden(std::string_view folder, std::string_view file, const std::string& text) {
  const std::filesystem::path path = std::filesystem::path("tests/golden") / folder / file;
  const std::string wanted = text.ends_with('\n') ? text : text + "\n";
  if (updates_golden()) {
    std::filesystem::create_directories(path.parent_path());
    if (!std::filesystem::exists(path) || read(path) != wanted) std::ofstream(path, std::ios::binary) << wanted;
    return;
  }
  ASSERT_TRUE(std::filesystem::exists(path)) << path << " is missing: UPDATE_GOLDEN=1 writes it";
  EXPECT_EQ(read(path), wanted) << path << " differs: look at it, and UPDATE_GOLDEN=1 rewrites it";
}

std::string sql_or_refusal(const Result<std::string>& written) {
  if (written) return *written;
  return "-- refused: " + written.error().message + "\n-- instead: " + written.error().hint;
}

}  // namespace penstock::golden
