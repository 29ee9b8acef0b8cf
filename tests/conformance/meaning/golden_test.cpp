#include <gtest/gtest.h>

#include "pipelines/dialects/dialect.h"
#include "tests/conformance/meaning/target.h"
#include "tests/golden/cases.h"

// The golden SQL of the near dialects is explained by the real engines, over the tables that it names.

namespace penstock::meaning {
namespace {

class Golden : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    target_ = Target::open(GetParam());
    if (target_ == nullptr) GTEST_SKIP() << "there is no " << GetParam() << " to ask";
    target_->run({"create schema if not exists raw"}, false);
    ir::Columns columns = golden::wide_columns();
    // Iceberg keeps no JSON.
    if (std::string_view(GetParam()) == "trino") columns.pop_back();
    make("wide", columns);
    using K = ir::TypeKind;
    make("orders", {{Identifier::exact("order_id"), ir::Type::of(K::int64), true},
                    {Identifier::exact("customer"), ir::Type::of(K::text), true},
                    {Identifier::exact("placed_on"), ir::Type::of(K::date), true},
                    {Identifier::exact("amount"), ir::Type::decimal(12, 2), true}});
    make("customers",
         {{Identifier::exact("customer"), ir::Type::of(K::text), true}, {Identifier::exact("state"), ir::Type::of(K::text), true}});
    make("t", {{Identifier::exact("a"), ir::Type::of(K::int64), true}, {Identifier::exact("b"), ir::Type::of(K::text), true}});
  }
  void TearDown() override {
    if (target_ == nullptr) return;
    for (const char* name : {"wide", "orders", "customers", "t"}) target_->run({std::string("drop table if exists raw.") + name}, false);
  }

  void make(const char* name, const ir::Columns& columns) {
    const TableName table{{}, Identifier::exact("raw"), Identifier::exact(name)};
    target_->run({std::string("drop table if exists raw.") + name}, false);
    const auto outcome = target_->run({target_->dialect().write(ir::CreateTable{table, columns, {}, false}).value()}, false);
    ASSERT_EQ(outcome.state, connectors::Outcome::State::succeeded) << outcome.error.message;
  }

  void hold(const std::vector<golden::StatementCase>& cases) {
    for (const auto& one : cases) {
      const auto written = target_->dialect().write(one.statement);
      const bool over_json = std::string_view(GetParam()) == "trino" && written && written->find("\"document\"") != std::string::npos;
      if (!written || over_json) continue;
      const auto outcome = target_->run({"explain " + *written}, true);
      EXPECT_EQ(outcome.state, connectors::Outcome::State::succeeded) << one.name << ": " << outcome.error.message << "\n" << *written;
    }
  }

  std::unique_ptr<Target> target_;
};

TEST_P(Golden, FunctionsAreExplained) { hold(golden::function_cases()); }
TEST_P(Golden, RelationsAreExplained) { hold(golden::relation_cases()); }

INSTANTIATE_TEST_SUITE_P(Near, Golden, testing::Values("duckdb", "postgres", "trino"));

}  // namespace
}  // namespace penstock::meaning
