#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <thread>

#include "pipelines/components/vocabulary.h"
#include "pipelines/ir/describe.h"
#include "tests/unit/compiler/random_project.h"

namespace penstock::compiler {
namespace {

void on_two_threads(std::size_t count, const std::function<void(std::size_t)>& task) {
  const auto every_second = [&](std::size_t from) {
    for (std::size_t i = from; i < count; i += 2) task(i);
  };
  std::thread other(every_second, 1);
  every_second(0);
  other.join();
}

std::string shown(const lineage::StepLineage& lineage, const std::vector<lineage::InputColumn>& inputs) {
  std::string text;
  for (const lineage::InputColumn& input : inputs)
    text += " " + to_string(lineage.table_of(input)) + "." + input.column.text() + ":" + std::to_string(static_cast<int>(input.subtype));
  return text;
}

std::string shown(const CompiledProject& project, std::size_t number) {
  const CompiledStep& step = project.steps[number];
  std::string text = step.name + " on " + step.connection + " as " + to_string(step.target) + " " + to_hex(step.meaning.query) +
                     to_hex(step.meaning.publish) + to_hex(step.meaning.checks) + "\n";
  text += step.query ? ir::describe(*step.query) : "nothing\n";
  text += "columns " + ir::describe(step.columns) + "\nreads";
  for (const int read : project.reads[number]) text += " " + project.steps[static_cast<std::size_t>(read)].name;
  text += "\nsources";
  for (const TableName& table : step.sources) text += " " + to_string(table);
  for (const publish::CompiledCheck& check : step.checks) text += "\ncheck " + check.name + "\n" + ir::describe(*check.failing);
  for (const auto& column : step.lineage.columns) text += "\n" + column.name.text() + " <-" + shown(step.lineage, column.inputs);
  return text + "\nrows <-" + shown(step.lineage, step.lineage.rows) + "\n";
}

std::string shown(const CompiledProject& project) {
  std::string text = render(project.diagnostics.sorted(), project.project->sources, {.most = 1000});
  for (std::size_t i = 0; i < project.steps.size(); ++i) text += shown(project, i);
  return text;
}

/// Loads and compiles one version after the other, as the daemon does.
class Versions {
 public:
  const CompiledProject& next(const yaml::Files& files, const SourceColumns& columns = {}) {
    const yaml::Loaded loaded = loader_.load(files);
    Options options;
    options.source_columns = &columns;
    cold_ = compile(loaded.project, options);
    options.before = current_ ? &*current_ : nullptr;
    options.executor = on_two_threads;
    before_ = std::move(current_);
    if (before_) options.before = &*before_;
    current_ = compile(loaded.project, options);
    return *current_;
  }

  const CompiledProject& cold() const { return *cold_; }
  /// Names of the steps that the last version did not take over from the one before it.
  std::vector<std::string> compiled_again() const {
    std::vector<std::string> names;
    for (const CompiledStep& step : current_->steps) {
      const bool is_old = std::any_of(before_->steps.begin(), before_->steps.end(), [&](const CompiledStep& old) { return &old == &step; });
      if (!is_old) names.push_back(step.name);
    }
    return names;
  }

 private:
  yaml::Loader loader_{yaml::LoadOptions{components::vocabulary(), on_two_threads}};
  std::optional<CompiledProject> before_;
  std::optional<CompiledProject> current_;
  std::optional<CompiledProject> cold_;
};

class RandomEdits : public testing::TestWithParam<std::uint32_t> {};

TEST_P(RandomEdits, GiveWhatCompilingEverythingGives) {
  RandomProject project(GetParam());
  Versions versions;
  int with_steps = 0;
  for (int edit = 0; edit < 40; ++edit) {
    const CompiledProject& incremental = versions.next(project.files(), project.source_columns());
    ASSERT_EQ(shown(incremental), shown(versions.cold())) << "seed " << GetParam() << ", edit " << edit;
    with_steps += incremental.steps.empty() ? 0 : 1;
    project.edit();
  }
  EXPECT_EQ(with_steps, 40);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomEdits, testing::Range(1U, 21U));

yaml::Files chain(const std::string& first, const std::string& second, const std::string& third) {
  return {"",
          {"penstock.yaml", "project: chain\nconnections: { local: { type: duckdb, path: chain.duckdb } }\n", {}},
          {{"pipelines/a.yaml",
            "pipeline: a\nsources:\n  raw: { table: raw.r, columns: { id: int64, name: text } }\nsteps:\n  - name: first\n    sql: " +
                first + "\n",
            {}},
           {"pipelines/b.yaml", "pipeline: b\nsources: { first: first }\nsteps:\n  - name: second\n    sql: " + second + "\n", {}},
           {"pipelines/c.yaml", "pipeline: c\nsources: { second: second }\nsteps:\n  - name: third\n    sql: " + third + "\n", {}}}};
}

TEST(Incremental, OnlyWhatChangedIsCompiledAgain) {
  Versions versions;
  versions.next(chain("select id, name from raw", "select id from first", "select id from second"));
  versions.next(chain("select id, name from raw where id > 0", "select id from first", "select id from second"));
  EXPECT_EQ(versions.compiled_again(), std::vector<std::string>{"a.first"});
}

TEST(Incremental, ReadersFollowAChangeOfColumnsAsFarAsItReaches) {
  Versions versions;
  versions.next(chain("select id, name from raw", "select id from first", "select id from second"));
  versions.next(chain("select id, upper(name) as title from raw", "select id from first", "select id from second"));
  EXPECT_EQ(versions.compiled_again(), (std::vector<std::string>{"a.first", "b.second"}));
}

TEST(Incremental, NothingIsCompiledAgainWhereOnlyTheProjectFileWasTouched) {
  Versions versions;
  yaml::Files files = chain("select id from raw", "select id from first", "select id from second");
  versions.next(files);
  files.project.text += "description: what it is for\n";
  versions.next(files);
  EXPECT_TRUE(versions.compiled_again().empty());
}

TEST(Incremental, PipelinesThatReadEachOtherAreOneGroup) {
  Versions versions;
  yaml::Files files = chain("select id, name from raw", "select id from first", "select id from second");
  files.pipelines[0].text += "  - name: last\n    sql: select id from third\n";
  files.pipelines[0].text.replace(files.pipelines[0].text.find("sources:\n"), 9, "sources:\n  third: third\n");
  const CompiledProject& project = versions.next(files);
  EXPECT_EQ(shown(project).substr(0, 7), "a.first") << "no diagnostics";
  ASSERT_EQ(project.groups.size(), 1U);
  EXPECT_EQ(project.steps.back().name, "a.last");
}

}  // namespace
}  // namespace penstock::compiler
