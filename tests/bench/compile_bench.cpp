#include <cstdio>
#include <fstream>
#include <random>
#include <sstream>

#include "daemon/run/project_folder.h"
#include "tests/bench/figures.h"

// Loads and compiles a generated project as the daemon does, again and again, and walks its columns: bench_compile FOLDER

namespace {

using namespace penstock;
using namespace penstock::bench;

constexpr int kRepeats = 9;
constexpr int kClosures = 300;

run::ProjectPtr load(run::ProjectLoader& loader, const std::string& folder) {
  auto files = run::read_project(folder);
  if (!files) return nullptr;
  return loader.load(folder, std::move(*files));
}

/// The files are read and compared with what is known; `before` prepares each repeat and is not measured.
template <typename F>
Json measure(run::ProjectLoader& loader, const std::string& folder, F before) {
  std::vector<double> wall;
  std::vector<double> cpu;
  for (int i = 0; i < kRepeats; ++i) {
    before(i);
    const double cpu_before = cpu_seconds();
    const auto start = Steady::now();
    const run::ProjectPtr project = load(loader, folder);
    wall.push_back(milliseconds_since(start));
    cpu.push_back(1e3 * (cpu_seconds() - cpu_before));
  }
  return {{"wall_ms", percentiles(wall)["p50"]}, {"cpu_ms", percentiles(cpu)["p50"]}};
}

/// Another constant in the first SELECT of one file: that pipeline means something else, and its columns stay as they are.
void edit(const std::string& folder, int number) {
  const std::string path = folder + "/pipelines/block_0000.yaml";
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  std::string changed = text.str();
  const std::string marker = "date '20";
  changed.replace(changed.find(marker) + marker.size(), 2, std::to_string(10 + number));
  std::ofstream(path) << changed;
}

Json walk_columns(const compiler::CompiledProject& project) {
  const auto start = Steady::now();
  const lineage::ColumnGraph graph = compiler::column_graph(project);
  Json json{{"graph_ms", milliseconds_since(start)}, {"columns", graph.column_count()}, {"edges", graph.edge_count()}};
  std::mt19937 random(1);
  std::vector<double> times;
  for (int i = 0; i < kClosures; ++i) {
    const compiler::CompiledStep& step = project.steps[random() % project.steps.size()];
    const lineage::ColumnName column{step.target, step.columns[random() % step.columns.size()].name};
    const auto asked = Steady::now();
    graph.upstream(column, lineage::ColumnGraph::Follow::all);
    graph.downstream(column, lineage::ColumnGraph::Follow::all);
    times.push_back(milliseconds_since(asked));
  }
  json["closure_ms"] = percentiles(times);
  return json;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: bench_compile FOLDER\n");
    return 2;
  }
  const std::string folder = argv[1];
  run::ProjectLoader loader("duckdb");
  const auto start = Steady::now();
  const run::ProjectPtr project = load(loader, folder);
  if (!project || project->diagnostics.has_errors()) {
    std::fprintf(stderr, "bench_compile: %s does not compile\n", folder.c_str());
    return 1;
  }
  Json json{{"steps", project->steps.size()},
            {"cold", {{"wall_ms", milliseconds_since(start)}, {"cpu_ms", 1e3 * cpu_seconds()}, {"peak_mb", peak_megabytes()}}}};
  json["nothing_changed"] = measure(loader, folder, [](int) {});
  json["one_file_changed"] = measure(loader, folder, [&](int i) { edit(folder, i); });
  json["lineage"] = walk_columns(*project);
  std::printf("%s\n", json.dump().c_str());
  return 0;
}
