#pragma once

#include <functional>
#include <string>

#include "daemon/run/engine.h"
#include "daemon/store/reader.h"

namespace penstock::api {

/// What the routes work with. The engine is null in a process that may only read: then requests that change something are refused.
struct Context {
  run::Engine* engine = nullptr;
  store::Readers& readers;
  std::function<run::ProjectPtr()> project;
  /// Asks every connection's target for its estimate and the target tables' columns; needed by plan. Empty: plan works without them.
  run::Connect connect;
  std::string version;
  std::string instance;  ///< Who answers: the daemon's name, or the command line's process.
};

}  // namespace penstock::api
