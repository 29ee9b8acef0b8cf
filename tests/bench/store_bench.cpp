#include <stdlib.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "daemon/store/reader.h"
#include "daemon/store/store.h"

// Durable transitions per second with several waiters, and reads over many runs. Usage: bench_store [RUNS], 100000 by default.

namespace {

using namespace penstock;
using Steady = std::chrono::steady_clock;

double seconds_since(Steady::time_point start) { return std::chrono::duration<double>(Steady::now() - start).count(); }

store::Run make_run(int number) {
  static const char* const kPipelines[] = {"staging", "traffic", "routes", "airports", "weather"};
  store::Run run;
  char id[32];
  std::snprintf(id, sizeof id, "r-%09d", number);
  run.id = id;
  run.pipeline = kPipelines[number % 5];
  run.environment = "bench";
  run.state = number % 17 == 0 ? store::RunState::failed : store::RunState::succeeded;
  run.created = store::Time(std::chrono::seconds(number));
  run.started = run.created;
  run.finished = run.created + std::chrono::seconds(3);
  return run;
}

std::vector<store::StepRun> make_steps(const store::Run& run) {
  std::vector<store::StepRun> steps(10);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    steps[i].run_id = run.id;
    steps[i].pipeline = run.pipeline;
    steps[i].name = "step_" + std::to_string(i);
    steps[i].ordinal = static_cast<int>(i);
    steps[i].connection = "main";
    steps[i].state = store::StepState::succeeded;
    steps[i].started = run.started;
    steps[i].finished = run.finished;
  }
  return steps;
}

void measure_transitions(store::Store& store, int waiters) {
  std::atomic<int> done{0};
  constexpr int kEach = 1500;
  const auto commits = store.counts().commits;
  const auto start = Steady::now();
  std::vector<std::thread> threads;
  for (int i = 0; i < waiters; ++i) {
    threads.emplace_back([&store, &done, i] {
      store::Run run = make_run(900000000 + i);
      run.state = store::RunState::queued;
      run.finished.reset();
      std::vector<store::StepRun> steps = make_steps(run);
      for (store::StepRun& open : steps) open.state = store::StepState::running;
      if (!store.commit({run.created, {store::InsertRun{run, steps}}})) return;
      store::StepRun step = steps[0];
      for (int n = 0; n < kEach; ++n) {
        step.units_finished = n;
        if (store.commit({run.created, {store::UpdateStep{step, store::StepState::running, 0}}})) ++done;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const double seconds = seconds_since(start);
  std::printf("durable transitions, %3d waiters: %8.0f per second, %.1f per sync\n", waiters, done / seconds,
              static_cast<double>(done) / static_cast<double>(store.counts().commits - commits));
}

template <typename F>
void measure_read(const char* name, F read) {
  std::vector<double> times;
  for (int i = 0; i < 300; ++i) {
    const auto start = Steady::now();
    read(i);
    times.push_back(seconds_since(start) * 1e3);
  }
  std::sort(times.begin(), times.end());
  std::printf("%-34s p50 %7.3f ms  p99 %7.3f ms\n", name, times[times.size() / 2], times[times.size() * 99 / 100]);
}

}  // namespace

int main(int argc, char** argv) {
  const int runs = argc > 1 ? std::atoi(argv[1]) : 100000;
  std::string folder = (std::filesystem::temp_directory_path() / "penstock_bench_XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return 1;
  store::Options options;
  options.path = folder + "/penstock.db";
  auto opened = store::Store::open(options);
  if (!opened) return 1;
  store::Store& store = **opened;
  for (const int waiters : {1, 8, 64}) measure_transitions(store, waiters);

  const auto start = Steady::now();
  for (int i = 0; i < runs; ++i) {
    const store::Run run = make_run(i);
    store::Transaction transaction{run.created, {store::InsertRun{run, make_steps(run)}}};
    if (i % 200 == 199 || i + 1 == runs) {
      if (!store.commit(std::move(transaction))) return 1;
    } else {
      store.commit(std::move(transaction), store::Urgency::later, {});
    }
  }
  std::printf("%d runs with ten steps each written in %.1f s\n", runs, seconds_since(start));

  auto readers = store::Readers::open(options.path);
  if (!readers) return 1;
  const auto list = [&](const store::RunFilter& filter) { return (*readers)->snapshot()->runs(filter, {50, ""})->items.size(); };
  measure_read("runs, newest", [&](int) { list({}); });
  measure_read("runs of a pipeline that failed", [&](int) { list({.pipeline = "routes", .states = {store::RunState::failed}}); });
  measure_read("runs in two states", [&](int) { list({.states = {store::RunState::failed, store::RunState::running}}); });
  measure_read("runs, a page from the middle", [&](int) { list({.until = store::Time(std::chrono::seconds(runs / 2))}); });
  measure_read("one run with its steps", [&](int i) {
    auto snapshot = (*readers)->snapshot();
    const std::string id = make_run(i * 37 % runs).id;
    if (!*snapshot->run(id) || snapshot->steps(id)->size() != 10) std::abort();
  });
  measure_read("heads of five pipelines", [&](int) {
    (*readers)->snapshot()->heads({"staging", "traffic", "routes", "airports", "weather"}, 14);
  });
  measure_read("a step over all runs", [&](int) {
    (*readers)->snapshot()->step_history({.pipeline = "routes", .step = "step_3"}, {50, ""});
  });
  opened->reset();
  std::filesystem::remove_all(folder);
  return 0;
}
