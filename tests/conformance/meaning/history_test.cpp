#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/conformance/meaning/target.h"

// scd2 on the real engines: the same rows give the same history, in whatever order and in how many runs they arrive.

namespace penstock::meaning {
namespace {

using K = ir::TypeKind;

ir::Column column(const char* name, K kind) { return {Identifier::exact(name), ir::Type::of(kind), true}; }

class History : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    target_ = Target::open(GetParam());
    if (target_ == nullptr) GTEST_SKIP() << "there is no " << GetParam() << " to ask";
    publish_.mode = model::Publish::Mode::scd2;
    publish_.key = {{Identifier::exact("id"), {}}};
    succeed(ir::CreateTable{named("rows"), kColumns, {}, false});
  }
  void TearDown() override {
    if (target_ == nullptr) return;
    forget();
    succeed(ir::DropTable{named("rows")});
  }

  TableName named(const char* name) const { return {{}, Identifier::exact(target_->schema()), Identifier::exact(name)}; }

  void succeed(const ir::Statement& statement) {
    const std::string sql = target_->dialect().write(statement).value();
    const auto outcome = target_->run({sql}, false);
    ASSERT_EQ(outcome.state, connectors::Outcome::State::succeeded) << outcome.error.message << "\n" << sql;
  }

  void forget() {
    for (const std::string& name : target_->tables_like(target_->schema(), "penstock%")) succeed(ir::DropTable{named(name.c_str())});
    succeed(ir::DropTable{named("history")});
    exists_ = false;
  }

  // One run over these rows: "(id, name, gone, day)".
  void arrive(const std::vector<std::string>& rows, int day = 1) {
    constexpr std::int64_t kDay = 86'400'000'000;
    constexpr std::int64_t kFirstOf2001 = 978'307'200'000'000;
    const std::string table = target_->schema() + ".rows";
    ASSERT_EQ(target_->run({"delete from " + table}, false).state, connectors::Outcome::State::succeeded);
    std::string all;
    for (const std::string& row : rows) all += (all.empty() ? "insert into " + table + " values " : ", ") + row;
    if (!all.empty()) {
      const auto outcome = target_->run({all}, false);
      ASSERT_EQ(outcome.state, connectors::Outcome::State::succeeded) << outcome.error.message;
    }
    publish::StepInput input;
    input.target = named("history");
    input.query = ir::scan(named("rows"), kColumns);
    input.columns = kColumns;
    input.publish = &publish_;
    input.run_id = "run-" + std::to_string(++runs_);
    input.step = "pipeline.history";
    input.interval_start = ir::TimestampValue{kFirstOf2001 + (day - 1) * kDay};
    input.interval_end = ir::TimestampValue{kFirstOf2001 + day * kDay};
    if (exists_) {
      input.facts.kind = publish::TargetFacts::Kind::table;
      input.facts.columns = publish::published_columns(publish_, kColumns);
    }
    const auto plan = publish::plan_step(input, target_->dialect().capabilities());
    ASSERT_TRUE(plan) << plan.error().message;
    run_plan(*target_, *plan);
    exists_ = true;
  }

  std::vector<std::string> published() {
    std::vector<std::string> lines;
    for (const auto& row :
         target_
             ->run({"select id, name, cast(valid_from as date), cast(valid_to as date), is_current from " + target_->schema() + ".history"},
                   true)
             .rows) {
      std::string& line = lines.emplace_back();
      for (const auto& cell : row) line += (line.empty() ? "" : "|") + cell.value_or("NULL");
    }
    std::sort(lines.begin(), lines.end());
    return lines;
  }

  static inline const ir::Columns kColumns{column("id", K::int64), column("name", K::text), column("gone", K::boolean),
                                           column("day", K::date)};
  std::unique_ptr<Target> target_;
  model::Publish publish_;
  bool exists_ = false;
  int runs_ = 0;
};

// Every write to a Delta table takes Spark a second of a processor: it does not take part in these.
class HistoryInAnyOrder : public History {};

TEST_P(History, ALateRowFindsWhatWasSeenAgain) {
  publish_.effective_at = {Identifier::exact("day"), {}};
  arrive({"(1, 'five', false, date '2001-01-01')"});
  arrive({"(1, 'five', false, date '2001-01-05')"});
  arrive({"(1, 'six', false, date '2001-01-03')"});
  EXPECT_EQ(published(), (std::vector<std::string>{"1|five|2001-01-01|2001-01-03|false", "1|five|2001-01-05|NULL|true",
                                                   "1|six|2001-01-03|2001-01-05|false"}));
}

TEST_P(HistoryInAnyOrder, AndAnyCuttingIntoRunsIsTheSame) {
  publish_.effective_at = {Identifier::exact("day"), {}};
  publish_.deleted_when = {Identifier::exact("gone"), {}};
  std::vector<std::string> rows;
  for (const char* row : {"1, 'a', false, date '2001-01-01'", "1, 'a', false, date '2001-01-02'", "1, 'b', false, date '2001-01-03'",
                          "1, 'b', true, date '2001-01-04'", "1, 'b', true, date '2001-01-05'", "1, 'b', false, date '2001-01-06'",
                          "null, 'c', false, date '2001-01-02'", "null, 'c', false, date '2001-01-04'",
                          "null, 'd', false, date '2001-01-03'", "2, 'e', true, date '2001-01-03'", "2, 'e', false, date '2001-01-01'"}) {
    rows.push_back("(" + std::string(row) + ")");
  }
  arrive(rows);
  const std::vector<std::string> at_once = published();
  EXPECT_EQ(at_once.size(), 7U);
  std::mt19937 random(7);
  const int rounds = std::string_view(GetParam()) == "trino" ? 1 : 8;
  for (int round = 0; round < rounds; ++round) {
    forget();
    std::shuffle(rows.begin(), rows.end(), random);
    for (std::size_t at = 0; at < rows.size();) {
      const std::size_t most = std::min(rows.size() - at, std::uniform_int_distribution<std::size_t>(2, 5)(random));
      const auto first = rows.begin() + static_cast<std::ptrdiff_t>(at);
      arrive({first, first + static_cast<std::ptrdiff_t>(most)});
      at += most;
    }
    ASSERT_EQ(published(), at_once) << "round " << round;
  }
}

TEST_P(HistoryInAnyOrder, SnapshotsThatComeLateCloseWhatTheyDoNotHave) {
  publish_.on_missing = model::Publish::Missing::close;
  publish_.tracked = {{Identifier::exact("name"), {}}};
  const std::vector<std::vector<std::string>> days{{"(1, 'a', false, null)", "(2, 'b', false, null)"},
                                                   {"(1, 'a', false, null)"},
                                                   {"(1, 'c', false, null)", "(2, 'b', false, null)"},
                                                   {}};
  for (const int day : {4, 2, 1, 3}) arrive(days[static_cast<std::size_t>(day - 1)], day);
  EXPECT_EQ(published(), (std::vector<std::string>{"1|a|2001-01-01|2001-01-03|false", "1|c|2001-01-03|2001-01-04|false",
                                                   "2|b|2001-01-01|2001-01-02|false", "2|b|2001-01-03|2001-01-04|false"}));
}

INSTANTIATE_TEST_SUITE_P(Near, History, testing::Values("databricks", "duckdb", "postgres", "trino"));
INSTANTIATE_TEST_SUITE_P(Near, HistoryInAnyOrder, testing::Values("duckdb", "postgres", "trino"));

}  // namespace
}  // namespace penstock::meaning
