#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pipelines/compiler/compiled.h"
#include "pipelines/components/component.h"
#include "pipelines/sql/query.h"

namespace penstock::compiler {

/// One compilation of one project: which tables there are, which steps are done, and what is wrong. Steps are compiled in reading order,
/// and on demand where that order guessed wrong. One use, one thread.
class Compilation {
 public:
  Compilation(std::shared_ptr<const model::Project> project, const Options& options);

  CompiledProject run();

 private:
  friend class PipelineTables;

  enum class State : char { fresh, busy, done };

  /// A step by its number: pipeline by pipeline, as they stand in the project.
  struct Entry {
    const model::Pipeline* pipeline = nullptr;
    const model::Step* step = nullptr;
    const model::Connection* connection = nullptr;
    TableName target;
    State state = State::fresh;
    int index = -1;           ///< In out_.steps, once it is done.
    components::Input table;  ///< What readers of its published table see, once it is done.
  };

  void enter_steps();
  void enter_pipeline(const model::Pipeline& pipeline);
  std::vector<int> likely_reads(int number) const;
  void compile_step(int number);
  ir::RelationPtr build(const Entry& entry, const sql::Tables& tables, const sql::Parameters& parameters,
                        std::vector<components::ImpliedCheck>& implied);
  ir::RelationPtr build_chain(const model::ChainBody& body, const sql::Tables& tables, const sql::Parameters& parameters,
                              std::vector<components::ImpliedCheck>& implied);
  ir::RelationPtr build_native(const Entry& entry, const model::NativeBody& body, const sql::Tables& tables,
                               const sql::Parameters& parameters);
  void add_checks(const Entry& entry, CompiledStep& compiled, const sql::Tables& tables, const sql::Parameters& parameters,
                  const std::vector<components::ImpliedCheck>& implied);
  void add_reads(const Entry& entry, CompiledStep& compiled) const;
  void check_keys(const Entry& entry, const CompiledStep& compiled);
  void check_interval(const Entry& entry, const CompiledStep& compiled);
  void check_target(const Entry& entry, const CompiledStep& compiled);
  /// The step's number by its name in a pipeline; -1.
  int find_step(const model::Pipeline& pipeline, std::string_view name) const;
  /// The step whose published table it is; -1.
  int publisher_of(const TableName& table, const model::Connection& connection) const;
  components::Input source_table(const model::Source& source, const model::Connection& connection);
  /// The table of a step, compiled first if need be; an open one where the steps form a cycle.
  const components::Input* step_table(int number, const Entry* reader);

  const Options& options_;
  CompiledProject out_;
  std::vector<Entry> entries_;
  std::map<TableName, int> published_;
  std::unordered_map<std::string, int> by_name_;  ///< "pipeline.step".
  std::map<const model::Pipeline*, std::pair<int, int>> ranges_;
  const components::Input unknown_{Identifier(), nullptr, true};
  int depth_ = 0;
};

}  // namespace penstock::compiler
