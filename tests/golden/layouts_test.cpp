#include <gtest/gtest.h>

#include "tests/golden/golden.h"
#include "tests/golden/layout_cases.h"

// Every key of a step's layout on every target: what the plan says of it, and the statements that make the table.

namespace penstock::golden {
namespace {

std::string text_of(const LayoutCase& one, const dialects::Dialect& dialect) {
  const publish::SettledLayout lies = settled(one, dialect);
  std::string text;
  for (const std::string& note : lies.notes) text += "-- " + note + "\n";
  const bool replaces = dialect.capabilities().create_or_replace_table;
  text += "-- from a query\n" + sql_or_refusal(dialect.write(create_as(lies, replaces))) + ";\n\n";
  text += "-- by its columns\n" + sql_or_refusal(dialect.write(create(lies))) + ";\n";
  return text;
}

TEST(Layouts, AreSaidOnEveryTarget) {
  for (const dialects::Dialect* dialect : dialects::dialect_table()) {
    for (const LayoutCase& one : layout_cases(dialect->name())) {
      expect_golden("layouts/" + one.name, std::string(dialect->name()) + ".sql", text_of(one, *dialect));
    }
  }
}

// What a target has not is refused by its writer, whoever asks: nothing of a layout is ever left out in silence.
TEST(Layouts, ThatATargetHasNotAreRefused) {
  for (const dialects::Dialect* dialect : dialects::dialect_table()) {
    const dialects::LayoutFacts& facts = dialect->capabilities().layout;
    publish::SettledLayout lies;
    const auto is_refused = [&] { return !dialect->write(create(lies)); };
    lies.layout.partition = {{ir::PartitionBy::bucket, Identifier::exact("customer"), 4}};
    EXPECT_EQ(is_refused(), !facts.partition.has(ir::PartitionBy::bucket)) << dialect->name();
    lies.layout = {};
    lies.layout.cluster = {{ir::PartitionBy::value, Identifier::exact("customer")}};
    EXPECT_EQ(is_refused(), facts.cluster.empty()) << dialect->name();
    lies.layout = {};
    lies.layout.sort = {Identifier::exact("orders")};
    EXPECT_EQ(is_refused(), facts.sort != dialects::LayoutFacts::Sort::declared) << dialect->name();
    lies.layout = {};
    lies.layout.distribution = ir::Distribution::all;
    EXPECT_EQ(is_refused(), !facts.distribution.has(ir::Distribution::all)) << dialect->name();
    lies.layout = {};
    lies.layout.properties = {{"x", "1", false}};
    EXPECT_EQ(is_refused(), facts.properties == dialects::LayoutFacts::Properties::none) << dialect->name();
  }
}

}  // namespace
}  // namespace penstock::golden
