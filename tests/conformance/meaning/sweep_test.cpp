#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <set>

#include "tests/conformance/meaning/generated.h"
#include "tests/conformance/meaning/target.h"

// What compiles for an engine is taken by that engine: every function with generated arguments is run. What each answers is held by the
// cases of this folder.

namespace penstock::meaning {
namespace {

constexpr std::size_t kBatch = 120;
// PostgreSQL's class 22: the data are at fault, not the statement.
constexpr std::string_view kDataException = "22";

struct Compiled {
  const Generated* call;
  ir::RelationPtr query;
};

class Sweep : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    targets() = filled_targets();
    calls() = generated_calls();
  }
  static void TearDownTestSuite() { targets().clear(); }

  void SetUp() override {
    if (targets().size() < 3) GTEST_SKIP() << "an engine is missing: PENSTOCK_DUCKDB_LIBRARY, PENSTOCK_TEST_POSTGRES, PENSTOCK_TEST_TRINO";
  }

  static std::map<std::string, std::unique_ptr<Target>>& targets() {
    static std::map<std::string, std::unique_ptr<Target>> kTargets;
    return kTargets;
  }
  static std::vector<Generated>& calls() {
    static std::vector<Generated> kCalls;
    return kCalls;
  }

  // One row with a value in every column, and one of NULLs.
  static std::string text_of(std::span<const Generated* const> some) {
    std::string sql = "select ";
    for (std::size_t i = 0; i < some.size(); ++i) sql += (i == 0 ? "" : ", ") + some[i]->sql + " as x" + std::to_string(i + 1);
    return sql + " from wide where id in (1, 3)";
  }

  static std::optional<std::string> compile(Target& target, std::span<const Generated* const> some) {
    const ir::RelationPtr query = Wide(target.schema()).try_parse(text_of(some));
    if (query == nullptr) return std::nullopt;
    const auto written = target.dialect().write(ir::SelectStatement{query});
    return written ? std::optional(*written) : std::nullopt;
  }

  // Halves what an engine refuses until it is one call.
  static void hold(Target& target, std::span<const Generated* const> some, std::set<const Generated*>& refused) {
    if (some.empty()) return;
    const auto sql = compile(target, some);
    ASSERT_TRUE(sql) << target.dialect().name() << " takes these one by one, and not together: " << text_of(some);
    const auto outcome = target.run({*sql}, true);
    if (outcome.state == connectors::Outcome::State::succeeded) return;
    if (some.size() > 1) {
      hold(target, some.first(some.size() / 2), refused);
      hold(target, some.subspan(some.size() / 2), refused);
      return;
    }
    refused.insert(some.front());
    const bool is_oracle = target.dialect().name() == "postgres";
    if (is_oracle && outcome.error.sqlstate.starts_with(kDataException)) return;
    ADD_FAILURE() << target.dialect().name() << " refuses what compiles: " << some.front()->sql << "\n"
                  << outcome.error.message << "\n"
                  << *sql;
  }

  static void sweep(bool aggregate) {
    std::set<const Generated*> at_fault;
    for (const char* name : {"postgres", "duckdb", "trino", "databricks"}) {
      if (!targets().contains(name)) continue;
      Target& target = *targets().at(name);
      std::set<const Generated*> refused;
      std::vector<const Generated*> batch;
      // Spark takes minutes for all: there, every third call, from one by chance; all with PENSTOCK_TEST_WHOLE.
      const bool is_sampled = std::string_view(name) == "databricks" && std::getenv("PENSTOCK_TEST_WHOLE") == nullptr;
      const std::size_t first = is_sampled ? std::random_device{}() % 3 : 0;
      if (is_sampled) std::cout << "databricks: every third call from number " << first << "\n";
      for (std::size_t i = first; i < calls().size(); i += is_sampled ? 3 : 1) {
        const Generated& call = calls()[i];
        const Generated* const one = &call;
        // What PostgreSQL fails on for these rows, others may fail on too.
        if (call.aggregate != aggregate || at_fault.contains(one) || !compile(target, {&one, 1})) continue;
        batch.push_back(one);
        if (batch.size() < kBatch) continue;
        hold(target, batch, refused);
        batch.clear();
      }
      hold(target, batch, refused);
      at_fault.merge(refused);
    }
  }
};

TEST_F(Sweep, WhatCompilesIsTaken) { sweep(false); }

TEST_F(Sweep, AggregatesThatCompileAreTaken) { sweep(true); }

// Functions that no call of which compiles would be held by nothing.
TEST_F(Sweep, EveryFunctionIsCalled) {
  std::set<ir::Function> called;
  for (const Generated& call : calls()) {
    const Generated* const one = &call;
    if (!called.contains(call.function) && compile(*targets().at("postgres"), {&one, 1})) called.insert(call.function);
  }
  for (const ir::FunctionSpec& spec : ir::function_table()) EXPECT_TRUE(called.contains(spec.function)) << spec.signature;
}

}  // namespace
}  // namespace penstock::meaning
