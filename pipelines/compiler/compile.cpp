#include <algorithm>
#include <unordered_map>

#include "pipelines/compiler/compilation.h"

namespace penstock::compiler {
namespace {

using GroupPtr = std::shared_ptr<const CompiledGroup>;

/// The groups of an earlier version, by their first pipeline.
class EarlierGroups {
 public:
  explicit EarlierGroups(const CompiledProject* before) {
    if (before == nullptr) return;
    for (const GroupPtr& group : before->groups) groups_.emplace(group->members.front().pipeline.get(), group);
  }

  GroupPtr find(const Layout::Group& group, const Surroundings& surroundings) const {
    const auto found = groups_.find(surroundings.layout().places()[static_cast<std::size_t>(group.front())].pipeline);
    if (found == groups_.end() || !surroundings.answers_the_same(group, *found->second)) return nullptr;
    return found->second;
  }

 private:
  std::unordered_map<const model::Pipeline*, GroupPtr> groups_;
};

std::vector<GroupPtr> compile_layer(const std::vector<Layout::Group>& layer, const Surroundings& surroundings,
                                    const EarlierGroups& before) {
  std::vector<GroupPtr> compiled;
  std::vector<std::size_t> missing;
  for (const Layout::Group& group : layer) {
    compiled.push_back(before.find(group, surroundings));
    if (!compiled.back()) missing.push_back(compiled.size() - 1);
  }
  run_all(surroundings.options().executor, missing.size(), [&](std::size_t i) {
    const std::size_t place = missing[i];
    compiled[place] = std::make_shared<const CompiledGroup>(Compilation(surroundings, layer[place]).run());
  });
  return compiled;
}

/// Puts the groups' steps in one row, in which every step has its number.
class Assembly {
 public:
  Assembly(const Layout& layout, CompiledProject& out) : layout_(layout), out_(out) {
    std::size_t count = 0;
    for (const Layout::PipelinePlace& place : layout.places()) {
      numbers_.emplace_back(place.targets.size(), -1);
      count += place.targets.size();
    }
    out_.steps.reserve(count);
    out_.reads.reserve(count);
  }

  void add(const Layout::Group& members, const GroupPtr& group) {
    std::vector<int> numbers(group->steps.size());
    const int first = static_cast<int>(out_.steps.size());
    for (std::size_t i = 0; i < group->order.size(); ++i) numbers[static_cast<std::size_t>(group->order[i])] = first + static_cast<int>(i);
    auto number = numbers.begin();
    for (const int member : members) {
      for (int& own : numbers_[static_cast<std::size_t>(member)]) own = *number++;
    }
    for (const int place : group->order) {
      const CompiledGroup::Step& step = group->steps[static_cast<std::size_t>(place)];
      out_.steps.push_back(step.compiled);
      std::vector<int>& reads = out_.reads.emplace_back();
      for (const CompiledGroup::Read& read : step.reads)
        reads.push_back(read.step >= 0 ? numbers[static_cast<std::size_t>(read.step)] : outside(members, *group, read.found));
      std::sort(reads.begin(), reads.end());
    }
    out_.diagnostics.append(group->diagnostics);
    out_.groups.push_back(group);
  }

 private:
  int outside(const Layout::Group& members, const CompiledGroup& group, int number) const {
    const CompiledGroup::Found& found = group.found[static_cast<std::size_t>(number)];
    const int reader = members[static_cast<std::size_t>(found.member)];
    const StepAt at = *layout_.publisher_of(found.table, *layout_.places()[static_cast<std::size_t>(reader)].connection);
    return numbers_[static_cast<std::size_t>(at.pipeline)][static_cast<std::size_t>(at.step)];
  }

  const Layout& layout_;
  CompiledProject& out_;
  std::vector<std::vector<int>> numbers_;  ///< Of each pipeline's steps.
};

}  // namespace

CompiledProject compile(std::shared_ptr<const model::Project> project, const Options& options) {
  CompiledProject out;
  out.project = std::move(project);
  out.environment = options.environment;
  if (out.environment.empty() && !out.project->environments.empty()) out.environment = out.project->environments.front().name;
  const Layout layout(*out.project, options.environment, out.diagnostics);
  Surroundings surroundings(*out.project, layout, options);
  const EarlierGroups before(options.before);
  Assembly assembly(layout, out);
  for (const std::vector<Layout::Group>& layer : layout.layers()) {
    const std::vector<GroupPtr> compiled = compile_layer(layer, surroundings, before);
    for (std::size_t i = 0; i < layer.size(); ++i) {
      surroundings.add(layer[i], *compiled[i]);
      assembly.add(layer[i], compiled[i]);
    }
  }
  return out;
}

lineage::ColumnGraph column_graph(const CompiledProject& project) {
  std::vector<lineage::TableLineage> tables;
  tables.reserve(project.steps.size());
  for (const CompiledStep& step : project.steps) tables.push_back({step.target, &step.lineage});
  return lineage::ColumnGraph(tables);
}

const CompiledStep* CompiledProject::find(std::string_view pipeline_and_step) const {
  const auto found = std::find_if(steps.begin(), steps.end(), [&](const CompiledStep& step) { return step.name == pipeline_and_step; });
  return found == steps.end() ? nullptr : &*found;
}

}  // namespace penstock::compiler
