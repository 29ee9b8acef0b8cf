#pragma once

#include <functional>
#include <optional>
#include <string>

#include "daemon/api/plan_slots.h"
#include "daemon/api/project_index.h"
#include "daemon/api/readiness.h"
#include "daemon/api/wakeups.h"
#include "daemon/run/engine.h"
#include "daemon/store/reader.h"

namespace penstock::api {

/// How the last load of the project folder went.
struct LoadReport {
  store::Time at{};              ///< When the version in force was loaded.
  run::ProjectPtr refused;       ///< What the folder holds, where its errors kept it from coming into force.
  std::optional<Error> failure;  ///< Why the folder could not be read or taken at all.

  bool failed() const { return refused != nullptr || failure.has_value(); }
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
  ProjectIndexes indexes{};
  PlanSlots plans{};
  std::string identity_key{};  ///< That of the file by which the command line finds this daemon; empty where there is none.
  Readiness readiness{};

  /// The project in force, with its index.
  IndexPtr index() { return indexes.of(project()); }
};

}  // namespace penstock::api
