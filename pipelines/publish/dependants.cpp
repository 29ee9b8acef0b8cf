#include <algorithm>
#include <iterator>

#include "pipelines/publish/layout.h"

namespace penstock::publish {
namespace {

constexpr std::size_t kMostNamed = 5;

std::string listed(const std::vector<std::string>& all) {
  std::string text;
  for (std::size_t i = 0; i < std::min(all.size(), kMostNamed); ++i) text += (i > 0 ? ", " : "") + all[i];
  return all.size() > kMostNamed ? text + " and " + std::to_string(all.size() - kMostNamed) + " more" : text;
}

std::string taken_words(const Taken& taken, const TableName& target) {
  if (taken.columns.empty()) return to_string(target) + " cannot be replaced";
  std::vector<std::string> names;
  for (const Identifier& column : taken.columns) names.push_back("\"" + column.text() + "\"");
  const std::string columns = (names.size() == 1 ? "the column " : "the columns ") + listed(names);
  return columns + " of " + to_string(target) + " cannot be altered or dropped";
}

void restore(const std::vector<Restoring>& restoring, const ir::Columns& columns, bool same_kind, std::vector<ir::Statement>& statements) {
  for (const Restoring& one : restoring) {
    // Nobody knows the columns of a native query: then it has those that it had.
    const bool is_there = one.column.empty() || columns.empty() || ir::find_column(columns, one.column);
    if (is_there && (same_kind || !one.same_kind)) statements.emplace_back(ir::NativeStatement{one.statement});
  }
}

}  // namespace

Result<std::vector<ir::Statement>> with_dependants(const StepInput& input, const Taken& taken, const ir::Columns& columns,
                                                   std::vector<ir::Statement> statements) {
  const Dependants& dependants = input.facts.dependants;
  if (!dependants.others.empty()) {
    return fail(
        ErrorKind::refused,
        "step \"" + input.step + "\": " + taken_words(taken, input.target) + ", because others depend on it: " + listed(dependants.others),
        "drop them by hand or ask their owners to, or keep the columns as they are; a view that a step of this project publishes "
        "is made again by itself once that step has run");
  }
  std::vector<ir::Statement> all;
  if (!dependants.guard.empty()) all.emplace_back(ir::NativeStatement{dependants.guard});
  // From the outermost view inwards, as whoever reads it locks: so no reader and this wait for each other.
  for (auto view = dependants.views.rbegin(); view != dependants.views.rend(); ++view) all.emplace_back(ir::DropView{view->name, false});
  std::move(statements.begin(), statements.end(), std::back_inserter(all));
  const bool was_view = input.facts.kind == TargetFacts::Kind::view;
  restore(dependants.restoring, columns, was_view == (input.publish->mode == model::Publish::Mode::view), all);
  for (const DependentView& view : dependants.views) {
    all.emplace_back(ir::CreateView{view.name, view.query});
    restore(view.restoring, view.query->columns, true, all);
  }
  return all;
}

std::vector<Remaking> remakings_in(const std::vector<ir::Statement>& statements, const Dependants& dependants) {
  std::vector<Remaking> found;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    const auto* create = std::get_if<ir::CreateView>(&statements[i]);
    const auto is_this = [&](const DependentView& view) { return view.name == create->view; };
    if (create && std::any_of(dependants.views.begin(), dependants.views.end(), is_this)) found.push_back({i, create->view});
  }
  return found;
}

}  // namespace penstock::publish
