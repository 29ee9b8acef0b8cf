#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "daemon/api/wakeups.h"
#include "daemon/cli/log.h"
#include "daemon/run/engine.h"

namespace penstock::cli {

/// What the store's events say to people: a line for every start, end, failure, retry, skip and warning, and for nothing else. Events of
/// one store in their order; one thread.
class EventLines {
 public:
  /// The lines of one event; the snapshot includes it. What has no state that was not told before has none.
  std::vector<LogLine> of(const store::Event& event, store::Snapshot& snapshot);

  /// The line of a run that an earlier process began and this one goes on with.
  LogLine adopt(const store::OpenRun& open);

 private:
  struct Told {
    std::string pipeline;
    std::string state;
    std::map<std::string, std::string> steps;  ///< The state of each that was told last.
  };

  void run(const store::Event& event, store::Snapshot& snapshot, std::vector<LogLine>& lines);
  void step(const store::Event& event, store::Snapshot& snapshot, std::vector<LogLine>& lines);
  void check(const store::Event& event, store::Snapshot& snapshot, std::vector<LogLine>& lines) const;
  void backfill(const store::Event& event, store::Snapshot& snapshot, std::vector<LogLine>& lines);
  std::string pipeline_of(const store::Event& event, store::Snapshot& snapshot) const;

  std::map<std::string, Told> runs_;              ///< Those that are open, by id.
  std::map<std::string, std::string> backfills_;  ///< The state of each open one that was told last.
};

/// Writes them as they come, from a thread of its own: the engine never waits for whoever reads the log.
class EventLog {
 public:
  /// What a store held before an engine opened it.
  struct Before {
    std::int64_t last_event = 0;
    std::vector<store::OpenRun> open;
  };
  static Before look_into(const std::string& store_path);

  /// The engine must outlive it.
  EventLog(run::Engine& engine, const Before& before);
  /// Writes what has become durable until then.
  ~EventLog();
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

 private:
  void follow();
  bool write_batch();

  run::Engine& engine_;
  std::int64_t after_;
  EventLines lines_;
  const std::shared_ptr<api::Bell> bell_ = std::make_shared<api::Bell>();
  std::atomic<bool> ending_ = false;
  std::unique_ptr<run::Subscription> subscription_;
  std::thread thread_;
};

}  // namespace penstock::cli
