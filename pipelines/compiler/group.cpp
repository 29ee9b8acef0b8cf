#include "pipelines/compiler/group.h"

#include <algorithm>

#include "pipelines/compiler/placement.h"

namespace penstock::compiler {
namespace {

bool same_input(const components::Input& left, const components::Input& right) {
  if (left.open != right.open) return false;
  return left.relation == right.relation ||
         (left.relation != nullptr && right.relation != nullptr && left.relation->columns == right.relation->columns);
}

}  // namespace

Surroundings::Surroundings(const model::Project& project, const Layout& layout, const Options& options)
    : project_(project), layout_(layout), options_(options), first_steps_(layout.places().size(), nullptr) {}

CompiledGroup::Member Surroundings::member(int pipeline) const {
  const auto number = static_cast<std::size_t>(pipeline);
  const model::Connection& connection = *layout_.places()[number].connection;
  return {project_.pipelines.shared(number), connection.name, connection.type.value, connection.schema, connection.catalog};
}

CompiledGroup::Found Surroundings::look(const Layout::Group& group, int member, const TableName& table) const {
  const int reader = group[static_cast<std::size_t>(member)];
  const model::Connection& connection = *layout_.places()[static_cast<std::size_t>(reader)].connection;
  CompiledGroup::Found found{member, qualified(table, connection), {}, false, {}};
  if (const auto at = layout_.publisher_of(found.table, connection)) {
    const auto publisher = static_cast<std::size_t>(at->pipeline);
    found.publisher = layout_.places()[publisher].pipeline->name + "." + layout_.step(*at).name;
    found.is_inside = std::binary_search(group.begin(), group.end(), at->pipeline);
    if (!found.is_inside) found.input = first_steps_[publisher][at->step].table;
    return found;
  }
  const SourceColumns* snapshot = options_.source_columns;
  const bool is_known = snapshot != nullptr && snapshot->contains(found.table);
  found.input = {found.table.name, ir::scan(found.table, is_known ? snapshot->at(found.table) : ir::Columns{}), !is_known};
  return found;
}

bool Surroundings::answers_the_same(const Layout::Group& group, const CompiledGroup& before) const {
  if (group.size() != before.members.size()) return false;
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (member(group[i]) != before.members[i]) return false;
  }
  return std::all_of(before.found.begin(), before.found.end(), [&](const CompiledGroup::Found& then) {
    const CompiledGroup::Found found = look(group, then.member, then.table);
    return found.publisher == then.publisher && found.is_inside == then.is_inside && same_input(found.input, then.input);
  });
}

void Surroundings::add(const Layout::Group& group, const CompiledGroup& compiled) {
  const CompiledGroup::Step* step = compiled.steps.data();
  for (const int member : group) {
    first_steps_[static_cast<std::size_t>(member)] = step;
    step += layout_.places()[static_cast<std::size_t>(member)].targets.size();
  }
}

}  // namespace penstock::compiler
