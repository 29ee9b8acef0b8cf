// Loads a generated project and prints what that costs: bench_load [steps] [steps per file]

#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <thread>

#include "pipelines/components/component.h"
#include "pipelines/yaml/load.h"

namespace {

using namespace penstock;

// Half of the steps are SQL with a merge and checks, half are chains, each reading the one before.
std::string step_text(int number) {
  const std::string self = "step_" + std::to_string(number);
  const std::string before = number == 0 ? "orders" : "step_" + std::to_string(number - 1);
  if (number % 2 == 0) {
    return "  - name: " + self + "\n    sql: |\n" +
           "      select customer_id, region, sum(amount) as amount, count(*) as orders, max(updated_at) as updated_at\n      from " +
           before +
           " as s\n      join customers on customers.id = s.customer_id and customers.region = s.region\n"
           "      where s.updated_at >= :interval_start and s.updated_at < :interval_end\n      group by customer_id, region\n"
           "    publish: { as: merge, key: [customer_id, region] }\n    checks:\n      - not_null: [customer_id, region]\n"
           "      - row_count: { min: 1 }\n        severity: warn\n";
  }
  return "  - name: " + self + "\n    from: " + before +
         "\n    do:\n      - filter: amount > 100 and region is not null\n"
         "      - join: { with: customers, type: left, on: customer_id = customers.id, expect: at_most_one }\n"
         "      - aggregate: { by: [region], columns: { amount: sum(amount), orders: sum(orders) } }\n    publish: table\n";
}

yaml::Files generate(int steps, int per_file) {
  yaml::Files files{"", {"penstock.yaml", "project: bench\nconnections: { local: { type: duckdb, path: bench.duckdb } }\n", ""}, {}};
  for (int first = 0; first < steps; first += per_file) {
    std::string text = "pipeline: p" + std::to_string(first) + "\nsources: { orders: raw.orders, customers: raw.customers }\nsteps:\n";
    for (int i = first; i < steps && i < first + per_file; ++i) text += step_text(i - first);
    files.pipelines.push_back({"pipelines/p" + std::to_string(first) + ".yaml", std::move(text), ""});
  }
  return files;
}

model::Vocabulary vocabulary() {
  static std::vector<model::TaggedSpec> components;
  static std::vector<model::TaggedSpec> checks;
  for (const auto& spec : components::component_table()) components.push_back({&spec.parameters, spec.shorthand, spec.example});
  for (const auto& spec : components::check_table()) checks.push_back({&spec.parameters, spec.shorthand, spec.example});
  return {components, checks};
}

void on_two_threads(std::size_t count, const std::function<void(std::size_t)>& task) {
  const auto every_second = [&](std::size_t from) {
    for (std::size_t i = from; i < count; i += 2) task(i);
  };
  std::thread other(every_second, 1);
  every_second(0);
  other.join();
}

void report(const char* what, yaml::Loader& loader, const yaml::Files& files) {
  const auto wall = std::chrono::steady_clock::now();
  const std::clock_t cpu = std::clock();
  const yaml::Loaded loaded = loader.load(files);
  const double cpu_ms = 1000.0 * static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC;
  const double wall_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - wall).count();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("%-28s wall %8.1f ms   cpu %8.1f ms   peak %6.1f MB   faults %zu\n", what, wall_ms, cpu_ms,
              static_cast<double>(usage.ru_maxrss) / 1024.0, loaded.diagnostics.size());
}

}  // namespace

int main(int argc, char** argv) {
  const int steps = argc > 1 ? std::atoi(argv[1]) : 10'000;
  const int per_file = argc > 2 ? std::atoi(argv[2]) : 100;
  if (steps < 1 || per_file < 1) {
    std::fprintf(stderr, "usage: bench_load [steps] [steps per file]\n");
    return 2;
  }
  yaml::Files files = generate(steps, per_file);
  std::size_t bytes = 0;
  for (const yaml::File& file : files.pipelines) bytes += file.text.size();
  std::printf("%d steps in %zu files, %.1f MB\n", steps, files.pipelines.size(), static_cast<double>(bytes) / 1e6);
  yaml::Loader loader({vocabulary(), {}});
  report("cold, one thread", loader, files);
  report("nothing changed", loader, files);
  files.pipelines.back().text += "# changed\n";
  report("one file changed", loader, files);
  yaml::Loader parallel({vocabulary(), on_two_threads});
  report("cold, two threads", parallel, files);
  return 0;
}
