#include "daemon/run/orphans.h"

#include <algorithm>
#include <map>

#include "daemon/run/lone_unit.h"
#include "pipelines/compiler/placement.h"

namespace penstock::run {
namespace {

using connectors::Trace;

// A run that is older than so many others and has left something is taken for unknown.
constexpr std::size_t kMostRuns = 5000;
constexpr int kPage = 200;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// The runs of the store, by what their working tables on one connection are called.
class Owners {
 public:
  Owners(const compiler::CompiledProject& project, const model::Connection& connection, store::Snapshot& snapshot)
      : project_(project), connection_(connection), snapshot_(snapshot), dialect_(dialects::find_dialect(connection.type.value)) {}

  Result<void> read() {
    if (dialect_ == nullptr) return {};
    const auto open = snapshot_.open_runs();
    if (!open) return tl::unexpected(open.error());
    for (const store::OpenRun& one : *open) add(one.run);
    store::PageRequest page{kPage, {}};
    for (std::size_t seen = 0; seen < kMostRuns;) {
      const auto runs = snapshot_.runs({}, page);
      if (!runs) return tl::unexpected(runs.error());
      for (const store::Run& run : runs->items) add(run);
      seen += runs->items.size();
      page.cursor = runs->next_cursor;
      if (page.cursor.empty()) break;
    }
    return {};
  }

  Result<Orphan> owned(Trace trace) {
    Orphan orphan{std::move(trace), Orphan::State::unknown, {}, {}};
    const Result<std::string> step = orphan.trace.kind == Trace::Kind::session ? by_token(orphan) : by_name(orphan);
    if (!step) return tl::unexpected(step.error());
    if (orphan.run_id.empty()) return orphan;
    const auto run = snapshot_.run(orphan.run_id);
    if (!run) return tl::unexpected(run.error());
    const auto state = snapshot_.step(orphan.run_id, *step);
    if (!state) return tl::unexpected(state.error());
    if (*run) orphan.step = (*run)->pipeline + "." + *step;
    const bool is_open = *run && !store::is_final((*run)->state);
    const bool in_doubt = *state && (*state)->state == store::StepState::unknown;
    orphan.state = is_open || in_doubt ? Orphan::State::in_use : Orphan::State::left;
    return orphan;
  }

 private:
  void add(const store::Run& run) {
    if (run.environment != project_.environment) return;
    for (const compiler::CompiledStep& step : project_.steps) {
      if (step.pipeline->name != run.pipeline || step.connection != connection_.name) continue;
      for (const Identifier& name : publish::working_names(step.target, run.id, step.name, dialect_->capabilities())) {
        names_.try_emplace(lower(name.text()), run.id, step.step->name);
      }
    }
  }

  Result<std::string> by_name(Orphan& orphan) {
    const auto found = names_.find(lower(orphan.trace.name));
    if (found == names_.end()) return std::string();
    orphan.run_id = found->second.first;
    return found->second.second;
  }

  Result<std::string> by_token(Orphan& orphan) {
    const auto unit = snapshot_.unit(orphan.trace.token);
    if (!unit) return tl::unexpected(unit.error());
    if (!*unit) return std::string();
    orphan.run_id = (*unit)->run_id;
    return (*unit)->step;
  }

  const compiler::CompiledProject& project_;
  const model::Connection& connection_;
  store::Snapshot& snapshot_;
  const dialects::Dialect* dialect_;
  std::map<std::string, std::pair<std::string, std::string>> names_;  ///< To run and step.
};

}  // namespace

std::string_view name_of(Orphan::State state) {
  switch (state) {
    case Orphan::State::in_use:
      return "in_use";
    case Orphan::State::left:
      return "left";
    case Orphan::State::unknown:
      break;
  }
  return "unknown";
}

std::string name_of(const Trace& trace) { return trace.schema.empty() ? trace.name : trace.schema + "." + trace.name; }

Result<std::vector<Orphan>> find_orphans(const compiler::CompiledProject& project, const model::Connection& connection,
                                         connectors::Connector& connector, store::Readers& readers,
                                         const std::vector<std::string>& prefixes) {
  auto traces = connector.traces(prefixes);
  if (!traces) return tl::unexpected(traces.error());
  std::vector<Orphan> orphans;
  if (traces->empty()) return orphans;
  auto snapshot = readers.snapshot();
  if (!snapshot) return tl::unexpected(snapshot.error());
  Owners owners(project, connection, *snapshot);
  if (!prefixes.empty()) {
    if (const auto read = owners.read(); !read) return tl::unexpected(read.error());
  }
  for (Trace& trace : *traces) {
    auto orphan = owners.owned(std::move(trace));
    if (!orphan) return tl::unexpected(orphan.error());
    orphans.push_back(*std::move(orphan));
  }
  return orphans;
}

Result<void> remove_orphan(const Trace& trace, const dialects::Dialect& dialect, connectors::Connector& connector) {
  if (trace.kind == Trace::Kind::session) return connector.cancel(trace.handle);
  const TableName name{Identifier::exact(trace.catalog), Identifier::exact(trace.schema), Identifier::exact(trace.name)};
  const auto drop = trace.kind == Trace::Kind::view ? dialect.write(ir::DropView{name}) : dialect.write(ir::DropTable{name});
  if (!drop) return tl::unexpected(drop.error());
  auto session = connector.open();
  if (!session) return tl::unexpected(session.error());
  return send_alone(**session, {*drop});
}

}  // namespace penstock::run
