#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipelines/yaml/load.h"
#include "pipelines/yaml/partition.h"
#include "tests/unit/yaml/vocabulary.h"

namespace penstock::yaml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Loaded load_step(const std::string& keys, const std::string& connection = "local: { type: duckdb, path: a.duckdb }") {
  const std::string project = "project: shop\nconnections:\n  " + connection + "\nenvironments: { dev: { target: local } }\n";
  const std::string pipeline = "pipeline: sales\ncompute: small\nsteps:\n  - name: flown\n    sql: select 1 as one\n" + keys;
  const Files files{"/srv/shop", {"penstock.yaml", project, ""}, {{"pipelines/sales.yaml", pipeline, ""}}};
  return load(files, LoadOptions{test_vocabulary(), {}});
}

std::string faults(const Loaded& loaded) { return render(loaded.diagnostics.sorted(), loaded.project->sources); }

TEST(Layout, IsRead) {
  const Loaded loaded = load_step(
      "    layout:\n      partition: [month(Flown_on), 'bucket(16, origin)']\n      cluster: origin\n      distribute: [origin]\n"
      "      sort: [origin, flown_on]\n      properties: { delta.logRetentionDuration: interval 30 days, fillfactor: 70, on: true, n: '7' "
      "}\n"
      "      on_change: rebuild\n    compute: large\n");
  ASSERT_EQ(faults(loaded), "");
  const model::Step& step = loaded.project->pipelines[0].steps[0];
  ASSERT_TRUE(step.layout.has_value());
  const model::TableLayout& layout = *step.layout;
  ASSERT_EQ(layout.partition.size(), 2U);
  EXPECT_EQ(ir::to_string(layout.partition[0].key), "month(flown_on)");
  EXPECT_EQ(ir::to_string(layout.partition[1].key), "bucket(16, origin)");
  EXPECT_EQ(layout.partition[0].where.line, 7U);
  EXPECT_EQ(layout.cluster.at(0).value.text(), "origin");
  EXPECT_EQ(layout.distribution, ir::Distribution::by_columns);
  EXPECT_EQ(layout.sort.size(), 2U);
  EXPECT_THAT(layout.properties, ElementsAre(ir::TableProperty{"delta.logRetentionDuration", "interval 30 days", true},
                                             ir::TableProperty{"fillfactor", "70", false}, ir::TableProperty{"on", "true", false},
                                             ir::TableProperty{"n", "7", true}));
  EXPECT_EQ(layout.on_change, model::TableLayout::Change::rebuild);
  EXPECT_EQ(step.compute->value, "large");
  EXPECT_EQ(loaded.project->pipelines[0].compute->value, "small");
}

TEST(Layout, DistributesEvenlyOrToAll) {
  const auto distribution_of = [](const std::string& value) {
    const Loaded loaded = load_step("    layout: { distribute: " + value + " }\n");
    EXPECT_EQ(faults(loaded), "");
    return loaded.project->pipelines[0].steps[0].layout->distribution;
  };
  EXPECT_EQ(distribution_of("even"), ir::Distribution::even);
  EXPECT_EQ(distribution_of("all"), ir::Distribution::all);
  EXPECT_EQ(distribution_of("[all]"), ir::Distribution::by_columns) << "a column of that name stands in a list";
  EXPECT_EQ(distribution_of("origin"), ir::Distribution::by_columns);
}

TEST(Layout, OfAStepWithoutOneIsNone) {
  const Loaded loaded = load_step("");
  ASSERT_EQ(faults(loaded), "");
  EXPECT_FALSE(loaded.project->pipelines[0].steps[0].layout.has_value());
}

TEST(Layout, SaysWhatIsWrongWithAPartition) {
  const auto fault_of = [](std::string_view text) {
    const PartitionText read = read_partition(text);
    return read.fault + " | " + read.suggestion + " | " + std::to_string(read.offset) + "+" + std::to_string(read.length);
  };
  EXPECT_EQ(fault_of("months(day)"), "no table is divided by \"months\" | did you mean \"month\"? | 0+6");
  EXPECT_EQ(fault_of("date_trunc('month', day)"), "no table is divided by \"date_trunc\" | write month(day) | 0+10");
  EXPECT_EQ(fault_of("timestamp_trunc(at, HOUR)"), "no table is divided by \"timestamp_trunc\" | write hour(at) | 0+15");
  EXPECT_EQ(fault_of("bucket(origin, 16)"), "the number of parts comes first | write bucket(16, origin) | 7+6");
  EXPECT_EQ(fault_of("bucket(0, origin)"), "\"0\" is no number of parts | a whole number from 1 to 10000 | 7+1");
  EXPECT_THAT(fault_of("month(a, b)"), HasSubstr("\"month\" takes one column | write month(column)"));
  EXPECT_THAT(fault_of("bucket(16"), HasSubstr("the bracket is not closed | put it in quotes"));
  EXPECT_THAT(fault_of("range(id, 0, 100, 30)"), HasSubstr("steps of 30 do not end at 100"));
  EXPECT_THAT(fault_of("range(id, 100, 0, 10)"), HasSubstr("ends before it begins"));
  EXPECT_THAT(fault_of("range(id, 0, 100, 0)"), HasSubstr("at least 1"));
  EXPECT_THAT(fault_of("range(id, -9223372036854775808, 9223372036854775807, 1)"), HasSubstr("more than 10000 steps"));
  EXPECT_THAT(fault_of("month(a b)"), HasSubstr("no column's name"));
  EXPECT_THAT(fault_of("a + 1"), HasSubstr("no column's name"));
  EXPECT_THAT(fault_of(""), HasSubstr("no column's name"));
  EXPECT_EQ(read_partition(" month ( \"The Day\" ) ").key.column.text(), "The Day");
  EXPECT_EQ(read_partition("range(id, -100, 100, 50)").key.first, -100);
}

TEST(Compute, IsReadWhereTheEngineHasAChoice) {
  const Loaded loaded =
      load_step("", "local: { type: snowflake, account: a, user: u, warehouse: W, compute: { large: { warehouse: WH_L }, same: {} } }");
  ASSERT_EQ(faults(loaded), "");
  const auto& compute = loaded.project->connections[0].compute;
  EXPECT_EQ(compute.size(), 2U);
  EXPECT_EQ(compute.at("large").at("warehouse"), "WH_L");
  EXPECT_TRUE(compute.at("same").empty());
}

TEST(Compute, IsRefusedWhereTheEngineHasNone) {
  EXPECT_THAT(faults(load_step("", "local: { type: duckdb, path: a.duckdb, compute: { large: {} } }")),
              HasSubstr("unknown key \"compute\" in duckdb connection \"local\""));
  EXPECT_THAT(faults(load_step("", "local: { type: duckdb, path: a.duckdb, compute: { large: {} } }")),
              HasSubstr("connections of type trino, bigquery, databricks and snowflake have it"));
  EXPECT_THAT(faults(load_step("", "local: { type: snowflake, account: a, user: u, warehouse: W, compute: { large: { warehose: X } } }")),
              HasSubstr("did you mean \"warehouse\"?"));
  EXPECT_THAT(
      faults(load_step("", "local: { type: snowflake, account: a, user: u, warehouse: W, compute: { large: { warehouse: 'env:W' } } }")),
      HasSubstr("write the value itself"));
}

}  // namespace
}  // namespace penstock::yaml
