#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/unit/sql/fixture.h"

namespace penstock::sql {
namespace {

struct Case {
  std::string text;
  std::string expected;
};

/// A golden file: a query, a line "--", what became of it, an empty line.
std::vector<Case> read_cases(const std::string& path) {
  std::ifstream file(path);
  std::vector<Case> cases;
  Case current;
  bool in_query = true;
  for (std::string line; std::getline(file, line);) {
    if (line.empty()) {
      if (!current.text.empty()) cases.push_back(std::exchange(current, {}));
      in_query = true;
    } else if (line == "--") {
      in_query = false;
    } else {
      (in_query ? current.text : current.expected) += line + "\n";
    }
  }
  if (!current.text.empty()) cases.push_back(current);
  return cases;
}

std::string outcome(const std::string& text) {
  const Parsed parsed = parse(text);
  return parsed.described + parsed.diagnostics;
}

void check(const std::string& path) {
  std::vector<Case> cases = read_cases(path);
  ASSERT_FALSE(cases.empty()) << path;
  const bool rewrite = std::getenv("UPDATE_GOLDEN") != nullptr;
  std::ostringstream rewritten;
  for (const Case& one : cases) {
    const std::string found = outcome(one.text);
    if (!rewrite) {
      EXPECT_EQ(found, one.expected) << one.text;
    }
    rewritten << one.text << "--\n" << found << "\n";
  }
  if (rewrite) std::ofstream(path) << rewritten.str();
}

TEST(SqlGoldenTest, Trees) { check("tests/unit/sql/trees.golden"); }
TEST(SqlGoldenTest, Aggregates) { check("tests/unit/sql/aggregates.golden"); }
TEST(SqlGoldenTest, Windows) { check("tests/unit/sql/windows.golden"); }
TEST(SqlGoldenTest, Expressions) { check("tests/unit/sql/expressions.golden"); }
TEST(SqlGoldenTest, Refusals) { check("tests/unit/sql/refusals.golden"); }

}  // namespace
}  // namespace penstock::sql
