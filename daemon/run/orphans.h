#pragma once

#include <string>
#include <vector>

#include "connectors/connector.h"
#include "daemon/store/reader.h"
#include "pipelines/compiler/compiled.h"
#include "pipelines/dialects/dialect.h"

namespace penstock::run {

/// A working table, view or session at a target, and whose it is by the store.
struct Orphan {
  enum class State {
    in_use,   ///< Of a run that is open, or of a step in doubt, which may still read it.
    left,     ///< Of a run that has ended: nobody comes for it.
    unknown,  ///< The store has no such run: another daemon may be at work with it, or it is older than what the store keeps.
  };
  connectors::Trace trace;
  State state = State::unknown;
  std::string run_id;  ///< Empty where unknown.
  std::string step;    ///< "pipeline.step", or empty.
};

std::string_view name_of(Orphan::State state);
/// "schema.name", or what the engine calls the session.
std::string name_of(const connectors::Trace& trace);

/// What is at the target of one connection: sessions, and tables and views whose names begin with one of `prefixes`. The store is looked
/// at after the target: what a run of this store made is then known.
Result<std::vector<Orphan>> find_orphans(const compiler::CompiledProject& project, const model::Connection& connection,
                                         connectors::Connector& connector, store::Readers& readers,
                                         const std::vector<std::string>& prefixes);

/// Drops the table or view, or ends the session's unit and returns when the engine has confirmed that. What is gone already is no error.
Result<void> remove_orphan(const connectors::Trace& trace, const dialects::Dialect& dialect, connectors::Connector& connector);

}  // namespace penstock::run
