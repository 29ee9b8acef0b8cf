// Parses and resolves generated SELECTs of ten columns: wall, CPU and memory. Not a test: `bin/bench_sql [queries]`.

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "pipelines/lineage/graph.h"
#include "pipelines/sql/query.h"

namespace {

using namespace penstock;

constexpr int kColumns = 10;

class Steps final : public sql::Tables {
 public:
  explicit Steps(int count) {
    for (int i = 0; i < count; ++i) {
      const Identifier name = Identifier::exact("step_" + std::to_string(i));
      ir::Columns columns{{Identifier::exact("id"), ir::Type::of(ir::TypeKind::int64), false},
                          {Identifier::exact("day"), ir::Type::of(ir::TypeKind::date), false}};
      for (int c = 0; c < kColumns; ++c)
        columns.push_back({Identifier::exact("column_" + std::to_string(c)), ir::Type::decimal(12, 2), true});
      inputs_.emplace(name.text(), components::Input{name, ir::scan({{}, {}, name}, std::move(columns)), false});
    }
  }
  const components::Input* find(std::string_view name) const override {
    const auto found = inputs_.find(name);
    return found == inputs_.end() ? nullptr : &found->second;
  }
  std::vector<std::string> names() const override { return {}; }

 private:
  std::map<std::string, components::Input, std::less<>> inputs_;
};

std::string select(int number) {
  const std::string left = "step_" + std::to_string(number);
  const std::string right = "step_" + std::to_string(number / 2);
  return "select a.id, date_trunc('month', a.day)::date as month, coalesce(b.column_2, 0) as column_0,\n"
         "  sum(a.column_0) as column_1, count(*) as column_2, max(b.column_4 * 1.19) as column_3, avg(a.column_5) as column_4,\n"
         "  case when sum(a.column_6) > 100 then 'large' else 'small' end as column_5,\n"
         "  sum(a.column_7 - b.column_7) as column_6, min(a.column_8) as column_7\n"
         "from " +
         left + " a left join " + right +
         " b on a.id = b.id and a.day = b.day\n"
         "where a.day >= :interval_start and a.day < :interval_end and a.column_9 is not null\n"
         "group by a.id, month, coalesce(b.column_2, 0)\nhaving count(*) > 1\n";
}

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

double wall_seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

long peak_megabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

}  // namespace

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 10'000;
  const Steps steps(count);
  const sql::Parameters parameters{{"interval_start", ir::Type::of(ir::TypeKind::timestamp)},
                                   {"interval_end", ir::Type::of(ir::TypeKind::timestamp)}};
  std::vector<model::Node> texts;
  for (int i = 0; i < count; ++i) {
    model::Node node;
    node.kind = model::Node::Kind::scalar;
    node.block = true;
    node.where = {0, 1, 1, 1};
    node.text = select(i);
    texts.push_back(std::move(node));
  }
  const long before = peak_megabytes();
  double wall = wall_seconds();
  double cpu = cpu_seconds();
  Diagnostics diagnostics;
  std::vector<ir::RelationPtr> relations;
  for (const model::Node& text : texts) relations.push_back(sql::parse_query(text, steps, parameters, diagnostics));
  std::printf("parse and resolve %d: wall %.3f s, CPU %.3f s, %+ld MB\n", count, wall_seconds() - wall, cpu_seconds() - cpu,
              peak_megabytes() - before);
  if (diagnostics.has_errors()) {
    std::printf("%s\n", diagnostics.sorted().front().message.c_str());
    return 1;
  }
  wall = wall_seconds();
  cpu = cpu_seconds();
  std::size_t inputs = 0;
  std::vector<lineage::StepLineage> traced;
  for (const ir::RelationPtr& relation : relations) {
    traced.push_back(lineage::trace(*relation));
    for (const auto& column : traced.back().columns) inputs += column.inputs.size();
  }
  std::printf("trace %d: wall %.3f s, CPU %.3f s, %zu inputs\n", count, wall_seconds() - wall, cpu_seconds() - cpu, inputs);
  // Step n reads step n + 1 and step (n + 1) / 2, so that the first column reaches far.
  std::vector<lineage::TableLineage> tables;
  for (std::size_t i = 0; i < traced.size(); ++i) {
    tables.push_back({{{}, {}, Identifier::exact("step_" + std::to_string(i == 0 ? traced.size() : i - 1))}, &traced[i]});
  }
  wall = wall_seconds();
  const lineage::ColumnGraph graph(tables);
  std::printf("graph: %zu columns, %zu edges, built in %.1f ms\n", graph.column_count(), graph.edge_count(), 1e3 * (wall_seconds() - wall));
  for (const auto follow : {lineage::ColumnGraph::Follow::direct, lineage::ColumnGraph::Follow::all}) {
    std::vector<double> times;
    std::size_t most = 0;
    for (std::size_t i = 0; i < tables.size(); i += std::max<std::size_t>(1, tables.size() / 100)) {
      const lineage::ColumnName column{tables[i].table, Identifier::exact("column_1")};
      for (const bool up : {true, false}) {
        const double start = wall_seconds();
        most = std::max(most, (up ? graph.upstream(column, follow) : graph.downstream(column, follow)).size());
        times.push_back(wall_seconds() - start);
      }
    }
    std::sort(times.begin(), times.end());
    std::printf("closure (%s): at most %zu columns; %.2f ms in the middle, %.2f ms for the slowest of 20\n",
                follow == lineage::ColumnGraph::Follow::all ? "all" : "direct", most, 1e3 * times[times.size() / 2],
                1e3 * times[times.size() * 19 / 20]);
  }
  return 0;
}
