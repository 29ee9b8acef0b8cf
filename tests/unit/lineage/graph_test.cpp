#include "pipelines/lineage/graph.h"

#include <gtest/gtest.h>

namespace penstock::lineage {
namespace {

TableName table(const std::string& name) { return {{}, {}, Identifier::exact(name)}; }

ColumnName column(const std::string& table_name, const std::string& name) { return {table(table_name), Identifier::exact(name)}; }

StepLineage::OutputColumn output(const char* name, std::vector<InputColumn> inputs) { return {Identifier::exact(name), std::move(inputs)}; }

std::string shown(const std::vector<ColumnGraph::Reached>& reached) {
  std::string text;
  for (const auto& one : reached) {
    text += (text.empty() ? "" : " ") + to_string(one.column->table) + "." + one.column->column.text() + "@" +
            std::to_string(one.distance) + (one.direct ? "" : "?");
  }
  return text;
}

/// raw.a -> first.x -> second.y; raw.key decides over the rows of first; raw.flag decides second.y alone.
class GraphTest : public testing::Test {
 protected:
  GraphTest() {
    first_.tables = {table("raw")};
    first_.columns.push_back(output("x", {{0, Identifier::exact("a"), true, Subtype::identity}}));
    first_.rows.push_back({0, Identifier::exact("key"), false, Subtype::filter});
    second_.tables = {table("first"), table("raw")};
    second_.columns.push_back(output(
        "y", {{0, Identifier::exact("x"), true, Subtype::transformation}, {1, Identifier::exact("flag"), false, Subtype::conditional}}));
    second_.columns.push_back(output("z", {}));
    const std::vector<TableLineage> tables{{table("first"), &first_}, {table("second"), &second_}};
    graph_ = ColumnGraph(tables);
  }

  StepLineage first_;
  StepLineage second_;
  ColumnGraph graph_;
};

TEST_F(GraphTest, UpstreamFollowsValues) {
  EXPECT_EQ(shown(graph_.upstream(column("second", "y"), ColumnGraph::Follow::direct)), "first.x@1 raw.a@2");
  EXPECT_EQ(shown(graph_.upstream(column("second", "z"), ColumnGraph::Follow::direct)), "");
}

TEST_F(GraphTest, UpstreamFollowsWhatDecides) {
  EXPECT_EQ(shown(graph_.upstream(column("second", "y"), ColumnGraph::Follow::all)), "first.x@1 raw.flag@1? raw.a@2 raw.key@2?");
}

TEST_F(GraphTest, DownstreamIsTheWayBack) {
  EXPECT_EQ(shown(graph_.downstream(column("raw", "a"), ColumnGraph::Follow::direct)), "first.x@1 second.y@2");
  EXPECT_EQ(shown(graph_.downstream(column("raw", "key"), ColumnGraph::Follow::direct)), "");
  EXPECT_EQ(shown(graph_.downstream(column("raw", "key"), ColumnGraph::Follow::all)), "first.x@1? second.y@2?");
}

TEST_F(GraphTest, UnknownColumnsReachNothing) {
  EXPECT_FALSE(graph_.contains(column("raw", "missing")));
  EXPECT_TRUE(graph_.upstream(column("raw", "missing"), ColumnGraph::Follow::all).empty());
  EXPECT_TRUE(ColumnGraph().downstream(column("raw", "a"), ColumnGraph::Follow::all).empty());
}

TEST_F(GraphTest, ACircleEnds) {
  StepLineage step;
  step.tables = {table("loop")};
  step.columns.push_back(output("a", {{0, Identifier::exact("a"), true, Subtype::identity}}));
  const std::vector<TableLineage> tables{{table("loop"), &step}};
  EXPECT_EQ(shown(ColumnGraph(tables).upstream(column("loop", "a"), ColumnGraph::Follow::all)), "");
}

TEST_F(GraphTest, EdgesDoNotMultiplyWithRows) {
  StepLineage step;
  step.tables = {table("raw")};
  for (int i = 0; i < 100; ++i) {
    step.columns.push_back(output(("c" + std::to_string(i)).c_str(), {}));
    step.rows.push_back({0, Identifier::exact("k" + std::to_string(i)), false, Subtype::join});
  }
  const std::vector<TableLineage> tables{{table("wide"), &step}};
  EXPECT_EQ(ColumnGraph(tables).edge_count(), 200U);
}

}  // namespace
}  // namespace penstock::lineage
