#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "daemon/run/cron.h"
#include "pipelines/base/diagnostic_code.h"
#include "pipelines/compiler/compiled.h"
#include "pipelines/dialects/dialect.h"
#include "pipelines/yaml/load.h"
#include "tests/golden/vocabulary.h"

namespace penstock {
namespace {

namespace fs = std::filesystem;

const fs::path kCases = "tests/golden/diagnostics/cases";
constexpr const char* kSmallProject =
    "project: test\n"
    "connections:\n"
    "  local: { type: duckdb, path: test.duckdb }\n"
    "environments:\n"
    "  dev: { target: local }\n";

std::string read_file(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

// A case's files as the command would have read them.
yaml::Files read_case(const fs::path& folder) {
  yaml::Files files;
  files.project = {"penstock.yaml", fs::exists(folder / "penstock.yaml") ? read_file(folder / "penstock.yaml") : kSmallProject, ""};
  if (!fs::exists(folder / "pipelines")) return files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder / "pipelines")) {
    if (!entry.is_regular_file()) continue;
    std::string path = fs::relative(entry.path(), folder).string();
    std::string text = read_file(entry.path());
    if (entry.path().extension() == ".unreadable") {
      path.resize(path.size() - std::string_view(".unreadable").size());
      files.pipelines.push_back({path, "", text.substr(0, text.find('\n'))});
    } else {
      files.pipelines.push_back({path, std::move(text), ""});
    }
  }
  return files;
}

// The names in a case's file `dialects`, as --dialect has them.
compiler::Options read_options(const fs::path& folder) {
  compiler::Options options;
  std::istringstream names(read_file(folder / "dialects"));
  for (std::string name; names >> name;) options.targets.others.push_back(dialects::find_dialect(name));
  return options;
}

// Everything that is wrong with the project, as `penstock validate` says it.
std::string diagnose(const yaml::Files& files, const compiler::Options& options) {
  const yaml::Loaded loaded = yaml::load(files, {whole_vocabulary(), {}});
  Diagnostics diagnostics = compiler::compile(loaded.project, options).diagnostics;
  diagnostics.append(loaded.diagnostics);
  run::check_schedules(*loaded.project, diagnostics);
  return render(diagnostics.sorted(), loaded.project->sources);
}

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(kCases)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

TEST(Diagnostics, EveryCaseReadsAsExpected) {
  const bool update = std::getenv("UPDATE_GOLDEN") != nullptr;
  for (const std::string& name : case_names()) {
    SCOPED_TRACE(name);
    const fs::path expected = kCases / name / "expected.txt";
    const std::string shown = diagnose(read_case(kCases / name), read_options(kCases / name));
    if (update) std::ofstream(expected, std::ios::binary) << shown;
    EXPECT_EQ(shown, read_file(expected)) << "UPDATE_GOLDEN=1 rewrites " << expected;
    const std::string code = "[PEN" + name.substr(0, 4) + "]";
    EXPECT_NE(shown.find(code), std::string::npos) << "the case is named by a code that it does not show";
  }
}

// What no file of a project can bring about, and where it is held instead.
constexpr Code kNotOfFiles[] = {
    Code::unknown_environment,  // --environment: tests/unit/compiler
};

TEST(Diagnostics, EveryCodeHasACase) {
  std::set<std::string> covered;
  for (const std::string& name : case_names()) covered.insert(name.substr(0, 4));
  for (const CodeSpec& spec : code_table()) {
    const bool elsewhere = std::find(std::begin(kNotOfFiles), std::end(kNotOfFiles), spec.code) != std::end(kNotOfFiles);
    EXPECT_EQ(covered.count(to_string(spec.code).substr(3)), elsewhere ? 0U : 1U) << to_string(spec.code);
  }
}

}  // namespace
}  // namespace penstock
