#pragma once

#include <map>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "pipelines/compiler/group.h"
#include "pipelines/components/component.h"
#include "pipelines/sql/query.h"

namespace penstock::compiler {

/// One compilation of one group: which of its steps are done, what they found around them, and what is wrong. Steps are compiled in
/// reading order, and on demand where that order guessed wrong. One use, one thread.
class Compilation {
 public:
  Compilation(const Surroundings& surroundings, const Layout::Group& group);

  CompiledGroup run();

 private:
  friend class PipelineTables;

  enum class State : char { fresh, busy, done };

  /// A step by its number: member by member, as they stand in their pipelines.
  struct Entry {
    int member = -1;
    const model::Pipeline* pipeline = nullptr;
    const model::Step* step = nullptr;
    const model::Connection* connection = nullptr;
    TableName target;
    State state = State::fresh;
    components::Input table;  ///< What readers of its published table see, once it is done.
  };

  void enter(int pipeline);
  std::vector<int> likely_reads(int number) const;
  void compile_step(int number);
  ir::RelationPtr build(const Entry& entry, const sql::Tables& tables, const sql::Parameters& parameters,
                        std::vector<components::ImpliedCheck>& implied, sql::Places& places);
  ir::RelationPtr build_chain(const model::ChainBody& body, const sql::Tables& tables, const sql::Parameters& parameters,
                              std::vector<components::ImpliedCheck>& implied, sql::Places& places);
  ir::RelationPtr build_native(const Entry& entry, const model::NativeBody& body, const sql::Tables& tables,
                               const sql::Parameters& parameters);
  void add_checks(const Entry& entry, CompiledStep& compiled, const sql::Tables& tables, const sql::Parameters& parameters,
                  const std::vector<components::ImpliedCheck>& implied);
  void add_reads(int number, CompiledStep& compiled);
  void check_keys(const Entry& entry, const CompiledStep& compiled);
  void check_layout(const Entry& entry, const CompiledStep& compiled);
  void check_compute(const Entry& entry);
  void check_interval(const Entry& entry, const CompiledStep& compiled);
  void look_at_targets(const CompiledStep& compiled);
  /// The step's number by its name in a pipeline; -1.
  int find_step(int member, std::string_view name) const;
  /// What the table is around here; a number in out_.found.
  int look(int member, const TableName& table);
  /// The number of the step in this group whose published table it is; -1.
  int publisher_inside(int member, const TableName& table) const;
  components::Input source_table(int member, const model::Source& source);
  /// The table of a step, compiled first if need be; an open one where the steps form a cycle.
  const components::Input* step_table(int number, const Entry* reader);

  const Surroundings& surroundings_;
  const Layout::Group& group_;
  CompiledGroup out_;
  std::vector<Entry> entries_;
  std::vector<int> first_entries_;                                      ///< Of each member.
  std::vector<std::unordered_map<std::string_view, int>> names_;        ///< Of each member's steps.
  std::map<std::pair<int, TableName>, int> found_;                      ///< The members' tables in out_.found.
  Diagnostics diagnostics_;  ///< Of the steps that are done; while one is compiled, out_ holds its own.
  int depth_ = 0;
};

}  // namespace penstock::compiler
