#pragma once

#include <memory>
#include <string>
#include <vector>

#include "pipelines/compiler/compiled.h"
#include "pipelines/compiler/layout.h"
#include "pipelines/components/component.h"

namespace penstock::compiler {

/// Pipelines that were compiled together, usually one, with all that this asked of the rest of the project. Immutable: every later version
/// of the project that would answer the same takes it over.
struct CompiledGroup {
  /// What decides of a pipeline where and how it runs.
  struct Member {
    std::shared_ptr<const model::Pipeline> pipeline;
    std::string connection;
    std::string type;
    std::string schema;
    std::string catalog;

    friend bool operator==(const Member&, const Member&) = default;
  };

  /// What was found under the name of a table.
  struct Found {
    int member = -1;  ///< Who looked.
    TableName table;
    std::string publisher;    ///< "pipeline.step"; empty: no step publishes it.
    bool is_inside = false;   ///< By a step of this group; then it has no input here.
    components::Input input;  ///< Its columns.
  };

  /// A step that another one waits for: one of this group by its place in `steps`, or the publisher of a found table.
  struct Read {
    int step = -1;
    int found = -1;

    friend bool operator==(const Read&, const Read&) = default;
  };

  struct Step {
    std::shared_ptr<const CompiledStep> compiled;
    components::Input table;  ///< What readers of its published table see.
    std::vector<Read> reads;
  };

  std::vector<Member> members;
  std::vector<Step> steps;  ///< As they stand in the members.
  std::vector<int> order;   ///< Of the steps: each after those that it reads.
  std::vector<Found> found;
  Diagnostics diagnostics;
};

/// The project around a group: what it is laid out as, and what has been compiled of it. Filled layer by layer; while a layer is being
/// compiled any thread may read it.
class Surroundings {
 public:
  Surroundings(const model::Project& project, const Layout& layout, const Options& options);

  CompiledGroup::Member member(int pipeline) const;
  /// What the table of that name is for the pipeline. A step inside `group` is named, and has no input.
  CompiledGroup::Found look(const Layout::Group& group, int member, const TableName& table) const;
  bool answers_the_same(const Layout::Group& group, const CompiledGroup& before) const;
  void add(const Layout::Group& group, const CompiledGroup& compiled);

  const model::Project& project() const { return project_; }
  const Layout& layout() const { return layout_; }
  const Options& options() const { return options_; }

 private:
  const model::Project& project_;
  const Layout& layout_;
  const Options& options_;
  std::vector<const CompiledGroup::Step*> first_steps_;  ///< Of each pipeline that has been compiled.
};

}  // namespace penstock::compiler
