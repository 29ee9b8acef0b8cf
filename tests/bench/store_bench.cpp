#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "daemon/store/pruning.h"
#include "daemon/store/store.h"
#include "tests/bench/figures.h"

//   bench_store transitions FOLDER COUNT  durable transitions per second with 1 and with 64 waiters, of so many each
//   bench_store fill STORE RUNS           a store with that many finished runs of ten steps, of the pipelines block_0000 and so on: as many
//                                         pipelines as it takes for retention to keep every run

namespace {

using namespace penstock;
using namespace penstock::bench;

constexpr int kFewestPipelines = 5;
constexpr int kSteps = 10;
constexpr int kRunsPerCommit = 200;

std::string numbered(const char* format, int number) {
  char text[32];
  std::snprintf(text, sizeof text, format, number);
  return text;
}

store::Run make_run(int number, int pipelines, store::Time created) {
  store::Run run;
  run.id = numbered("r-%09d", number);
  run.pipeline = numbered("block_%04d", number % pipelines);
  run.environment = "duckdb";
  run.state = number % 17 == 0 ? store::RunState::failed : store::RunState::succeeded;
  run.created = created;
  run.started = run.created;
  run.finished = run.created + std::chrono::seconds(3);
  return run;
}

std::vector<store::StepRun> make_steps(const store::Run& run, int number, int pipelines) {
  std::vector<store::StepRun> steps(kSteps);
  for (int i = 0; i < kSteps; ++i) {
    store::StepRun& step = steps[static_cast<std::size_t>(i)];
    step.run_id = run.id;
    step.pipeline = run.pipeline;
    step.name = numbered("m%04d", number % pipelines) + numbered("_%02d", i);
    step.ordinal = i;
    step.connection = "local";
    step.state = store::StepState::succeeded;
    step.started = run.started;
    step.finished = run.finished;
  }
  return steps;
}

std::unique_ptr<store::Store> open(const std::string& path) {
  store::Options options;
  options.path = path;
  auto opened = store::Store::open(options);
  if (!opened) {
    std::fprintf(stderr, "bench_store: %s\n", opened.error().message.c_str());
    std::exit(1);
  }
  return std::move(*opened);
}

Json measure_transitions(store::Store& store, int count, int waiters) {
  std::atomic<int> done{0};
  const auto commits = store.counts().commits;
  const auto start = Steady::now();
  std::vector<std::thread> threads;
  for (int i = 0; i < waiters; ++i) {
    threads.emplace_back([&store, &done, i, count, waiters] {
      const int number = 900000000 + waiters * 1000 + i;
      store::Run run = make_run(number, kFewestPipelines, store::Time(std::chrono::seconds(1)));
      run.state = store::RunState::queued;
      run.finished.reset();
      std::vector<store::StepRun> steps = make_steps(run, number, kFewestPipelines);
      for (store::StepRun& step : steps) step.state = store::StepState::running;
      if (!store.commit({run.created, {store::InsertRun{run, steps}}})) return;
      store::StepRun step = steps[0];
      for (int n = 0; n < count / waiters; ++n) {
        step.units_finished = n;
        if (store.commit({run.created, {store::UpdateStep{step, store::StepState::running, 0}}})) ++done;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const double seconds = milliseconds_since(start) / 1e3;
  return {{"waiters", waiters},
          {"per_second", done / seconds},
          {"per_commit", static_cast<double>(done) / static_cast<double>(store.counts().commits - commits)}};
}

bool fill(store::Store& store, int runs) {
  const int pipelines = std::max(kFewestPipelines, runs / (store::Retention().runs / 2));
  const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  for (int i = 0; i < runs; ++i) {
    const store::Run run = make_run(i, pipelines, now - std::chrono::seconds(runs - i + 10));
    store::Transaction transaction{run.created, {store::InsertRun{run, make_steps(run, i, pipelines)}}};
    if (i % kRunsPerCommit == kRunsPerCommit - 1 || i + 1 == runs) {
      if (!store.commit(std::move(transaction))) return false;
    } else {
      store.commit(std::move(transaction), store::Urgency::later, {});
    }
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "transitions" && argc == 4) {
    const auto store = open(std::string(argv[2]) + "/transitions.db");
    Json json = Json::array();
    for (const int waiters : {1, 64}) json.push_back(measure_transitions(*store, std::atoi(argv[3]), waiters));
    std::printf("%s\n", json.dump().c_str());
    return 0;
  }
  if (what == "fill" && argc == 4) return fill(*open(argv[2]), std::atoi(argv[3])) ? 0 : 1;
  std::fprintf(stderr, "usage: bench_store transitions FOLDER COUNT | bench_store fill STORE RUNS\n");
  return 2;
}
