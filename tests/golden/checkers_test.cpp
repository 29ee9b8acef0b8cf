#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "pipelines/dialects/dialect.h"
#include "tests/golden/cases.h"

// Every statement of the far dialects is judged by their makers' own parsers.

namespace penstock::golden {
namespace {

/// The checkers' process: a line to it, a line from it.
class Checkers {
 public:
  explicit Checkers(const char* command) {
    std::array<int, 2> to{};
    std::array<int, 2> from{};
    if (pipe(to.data()) != 0 || pipe(from.data()) != 0) return;
    const pid_t child = fork();
    if (child == 0) {
      dup2(to[0], STDIN_FILENO);
      dup2(from[1], STDOUT_FILENO);
      for (const int end : {to[0], to[1], from[0], from[1]}) close(end);
      execlp(command, command, nullptr);
      _exit(127);
    }
    close(to[0]);
    close(from[1]);
    in_ = fdopen(to[1], "w");
    out_ = fdopen(from[0], "r");
  }
  ~Checkers() {
    if (in_ != nullptr) std::fclose(in_);
    if (out_ != nullptr) std::fclose(out_);
  }
  Checkers(const Checkers&) = delete;
  Checkers& operator=(const Checkers&) = delete;

  nlohmann::json ask(const nlohmann::json& request) {
    std::fprintf(in_, "%s\n", request.dump().c_str());
    std::fflush(in_);
    std::string line;
    for (int c = std::fgetc(out_); c != EOF && c != '\n'; c = std::fgetc(out_)) line += static_cast<char>(c);
    const auto answer = nlohmann::json::parse(line, nullptr, false);
    return answer.is_discarded() ? nlohmann::json{{"ok", false}, {"message", "no answer: " + line}} : answer;
  }

 private:
  std::FILE* in_ = nullptr;
  std::FILE* out_ = nullptr;
};

constexpr const char* kSources =
    "create table raw.wide (id int64 not null, flag bool, other_flag bool, small int64, number int64, other_number int64, big int64, price "
    "numeric(12, 2), rate numeric(6, 4), single float64, ratio float64, other_ratio float64, name string, other_name string, day date, "
    "other_day date, clock time, moment datetime, other_moment datetime, instant timestamp, other_instant timestamp, document json);"
    "create table raw.orders (order_id int64, customer string, placed_on date, amount numeric(12, 2));"
    "create table raw.customers (customer string, state string); create table raw.t (a int64, b string)";

constexpr const char* kTargets =
    "; create table mart.totals (customer string, orders int64, total bignumeric); create table mart.totals__staged (customer string, "
    "orders int64, total bignumeric)";

class CheckersTest : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const char* command = std::getenv("PENSTOCK_TEST_SQL_CHECKERS");
    if (command == nullptr || *command == '\0') GTEST_SKIP() << "PENSTOCK_TEST_SQL_CHECKERS names no checkers";
    // Starting them takes seconds: one pair of processes for all tests.
    static Checkers checkers(command);
    checkers_ = &checkers;
  }

  nlohmann::json judge(std::string sql, bool with_targets) {
    nlohmann::json request{{"dialect", GetParam()}, {"sql", sql}};
    if (std::string_view(GetParam()) == "bigquery") request["schema"] = std::string(kSources) + (with_targets ? kTargets : "");
    // The checker reads CREATE TABLE AS only at the start of its text.
    if (sql.starts_with("if object_id(")) request["sql"] = sql.substr(sql.find('\n') + 1);
    return checkers_->ask(request);
  }

  void hold(const std::vector<StatementCase>& cases) {
    const dialects::Dialect& dialect = *dialects::find_dialect(GetParam());
    for (const StatementCase& one : cases) {
      const auto written = dialect.write(one.statement);
      if (!written) continue;
      const bool makes = one.name.starts_with("create_") || one.name.starts_with("rename_");
      const auto verdict = judge(*written, !makes);
      const bool missing = one.name == "rename_table" && verdict.value("message", "").find("totals__staged") != std::string::npos;
      EXPECT_TRUE(verdict.value("ok", false) || missing) << one.name << ": " << verdict.dump() << "\n" << *written;
    }
  }

  Checkers* checkers_ = nullptr;
};

TEST_P(CheckersTest, TakeEveryFunction) { hold(function_cases()); }
TEST_P(CheckersTest, TakeEveryRelation) { hold(relation_cases()); }
TEST_P(CheckersTest, TakeEveryStatement) { hold(statement_cases()); }

TEST_P(CheckersTest, RefuseWhatIsWrong) {
  for (const char* wrong :
       {"select a::int64 from raw.t", "select distinct on (a) a from raw.t", "select a from raw.t limit limit", "selec 1"}) {
    EXPECT_FALSE(judge(wrong, true).value("ok", true)) << wrong;
  }
}

INSTANTIATE_TEST_SUITE_P(Far, CheckersTest, testing::Values("bigquery", "synapse"));

}  // namespace
}  // namespace penstock::golden
