#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/store/reader.h"
#include "tests/conformance/connectors/engine.h"
#include "tests/faults/kill/program.h"

namespace penstock::faults {

/// Rows of a table, each as its cells with bars between them, in order; "absent" alone where there is no table.
using Rows = std::vector<std::string>;

/// A write mode under test: a pipeline of one step, and what its table holds, worked out by hand.
struct Mode {
  std::string name;     ///< Of the pipeline, of its step and of its table.
  std::string publish;  ///< In YAML.
  Rows before;
  Rows after;  ///< Of one run over `before`.
  Rows twice;  ///< Of two runs.
  Rows first;  ///< Of one run where there was no table.
};
const std::vector<Mode>& modes();

/// A project folder with its store, and a schema of its own on one engine.
class Site {
 public:
  explicit Site(const connectors::Engine& engine);
  ~Site();
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  const connectors::Engine& engine() const { return engine_; }
  const std::string& root() const { return root_; }
  std::string table(const std::string& name) const {
    const std::string quote = name == "table" ? engine_.words.quote : std::string();
    return engine_.schema + "." + quote + name + quote;
  }
  std::string store_path() const { return root_ + "/.penstock/store.db"; }

  /// Writes a file of the project.
  void write(const std::string& path, const std::string& text) const;
  void remove(const std::string& path) const;
  /// A pipeline of one step of the same name.
  void write_pipeline(const std::string& name, const std::string& publish, const std::string& query, const std::string& more = {}) const;
  /// The connection as penstock.yaml has it, with other settings where given.
  std::string connection(const std::map<std::string, std::string>& other = {}) const;
  void write_project(const std::map<std::string, std::string>& other = {}) const;

  /// An empty store, as a first start leaves it.
  void forget_runs() const;
  /// The table of the mode holds what it held before; or there is none.
  void reset(const Mode& mode, bool exists = true);

  Rows rows_of(const std::string& name);
  /// The only cell of a query; what went wrong where there is none.
  std::string ask(const std::string& query);
  connectors::Outcome run(const std::string& statement);
  /// Tables and views of the schema whose names begin so.
  std::vector<connectors::Trace> traces(const std::string& prefix);
  /// Tables that a step works with and must not leave.
  Rows working_tables();
  /// How many rows of the ledger a run has written; 1 where the engine has no ledger.
  int ledger_rows(const std::string& run_id);

  /// A connector of the test's own. DuckDB lets one process at its file, so there it must be let go before the program starts.
  connectors::Connector& connector();
  void let_go() { connector_.reset(); }

  std::vector<std::string> command(const std::string& words) const;

 private:
  const connectors::Engine& engine_;
  std::string root_;
  std::unique_ptr<connectors::Connector> connector_;
};

/// What a store says, read beside its owner.
class StoreView {
 public:
  explicit StoreView(const Site& site);

  std::vector<store::Run> runs();
  std::vector<store::StepRun> steps(const std::string& run_id);
  std::vector<store::UnitRun> units(const std::string& run_id);
  bool has_open_run();
  /// How far the newest run is known to have come: "publish submitted".
  std::string progress();

 private:
  std::unique_ptr<store::Readers> readers_;
};

/// Asks again and again until the condition holds; false when five minutes have passed first. Every question goes to an engine or a daemon.
bool comes_true(const std::function<bool()>& holds);

/// penstockd over a site, from when it answers.
class Daemon {
 public:
  explicit Daemon(const Site& site, const Program::Options& options = {}, const std::vector<std::string>& more = {});

  const std::string& url() const { return url_; }
  Program& program() { return program_; }

  /// Waits, woken by the daemon's events, until the condition holds. False after five minutes.
  bool wait_until(const std::function<bool()>& holds) const;
  /// Waits until no run is open.
  bool finish_all() const;
  std::string post(const std::string& path, const std::string& body = "{}") const;
  std::string get(const std::string& path) const;
  /// SIGTERM; its exit code.
  int stop();

 private:
  const Site& site_;
  Program program_;
  std::string url_;
};

}  // namespace penstock::faults
