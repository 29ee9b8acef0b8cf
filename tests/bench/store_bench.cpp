#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "daemon/store/store.h"
#include "tests/bench/figures.h"

//   bench_store transitions FOLDER        durable transitions per second with 1 and with 64 waiters
//   bench_store fill STORE RUNS           a store with that many finished runs of ten steps, of the pipelines block_0000 to block_0004

namespace {

using namespace penstock;
using namespace penstock::bench;

constexpr int kPipelines = 5;
constexpr int kSteps = 10;
constexpr int kTransitions = 6000;
constexpr int kRunsPerCommit = 200;

std::string numbered(const char* format, int number) {
  char text[32];
  std::snprintf(text, sizeof text, format, number);
  return text;
}

store::Run make_run(int number, store::Time created) {
  store::Run run;
  run.id = numbered("r-%09d", number);
  run.pipeline = numbered("block_%04d", number % kPipelines);
  run.environment = "duckdb";
  run.state = number % 17 == 0 ? store::RunState::failed : store::RunState::succeeded;
  run.created = created;
  run.started = run.created;
  run.finished = run.created + std::chrono::seconds(3);
  return run;
}

std::vector<store::StepRun> make_steps(const store::Run& run, int number) {
  std::vector<store::StepRun> steps(kSteps);
  for (int i = 0; i < kSteps; ++i) {
    store::StepRun& step = steps[static_cast<std::size_t>(i)];
    step.run_id = run.id;
    step.pipeline = run.pipeline;
    step.name = numbered("m%04d", number % kPipelines) + numbered("_%02d", i);
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

Json measure_transitions(store::Store& store, int waiters) {
  std::atomic<int> done{0};
  const auto commits = store.counts().commits;
  const auto start = Steady::now();
  std::vector<std::thread> threads;
  for (int i = 0; i < waiters; ++i) {
    threads.emplace_back([&store, &done, i, waiters] {
      const int number = 900000000 + waiters * 1000 + i;
      store::Run run = make_run(number, store::Time(std::chrono::seconds(1)));
      run.state = store::RunState::queued;
      run.finished.reset();
      std::vector<store::StepRun> steps = make_steps(run, number);
      for (store::StepRun& step : steps) step.state = store::StepState::running;
      if (!store.commit({run.created, {store::InsertRun{run, steps}}})) return;
      store::StepRun step = steps[0];
      for (int n = 0; n < kTransitions / waiters; ++n) {
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
  const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  for (int i = 0; i < runs; ++i) {
    const store::Run run = make_run(i, now - std::chrono::seconds(runs - i + 10));
    store::Transaction transaction{run.created, {store::InsertRun{run, make_steps(run, i)}}};
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
  if (what == "transitions" && argc == 3) {
    const auto store = open(std::string(argv[2]) + "/transitions.db");
    Json json = Json::array();
    for (const int waiters : {1, 64}) json.push_back(measure_transitions(*store, waiters));
    std::printf("%s\n", json.dump().c_str());
    return 0;
  }
  if (what == "fill" && argc == 4) return fill(*open(argv[2]), std::atoi(argv[3])) ? 0 : 1;
  std::fprintf(stderr, "usage: bench_store transitions FOLDER | bench_store fill STORE RUNS\n");
  return 2;
}
