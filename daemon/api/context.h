#pragma once

#include <functional>
#include <string>
#include <vector>

#include "daemon/api/wakeups.h"
#include "daemon/run/engine.h"
#include "daemon/store/reader.h"

namespace penstock::api {

/// How the last load of the project folder went.
struct LoadReport {
  store::Time at{};
  std::vector<Diagnostic> failure;     ///< Empty where it is in force.
  const SourceMap* sources = nullptr;  ///< Of `failure`.
};

/// What the routes work with. The engine is null in a process that may only read: then requests that change something are refused.
struct Context {
  run::Engine* engine = nullptr;
  store::Readers& readers;
  std::function<run::ProjectPtr()> project;
  /// Asks every connection's target for its estimate and the target tables' columns; needed by plan. Empty: plan works without them.
  run::Connect connect;
  std::function<LoadReport()> load_report;
  std::string version;
  store::Time started{};
  bool needs_token = false;
  Wakeups wakeups;
};

}  // namespace penstock::api
