#include "daemon/run/dependants.h"

#include "pipelines/compiler/placement.h"

namespace penstock::run {
namespace {

publish::Restoring restoring_of(const connectors::Restoring& one) { return {one.statement, Identifier::exact(one.column), one.same_kind}; }

std::vector<publish::Restoring> restoring_of(const std::vector<connectors::Restoring>& all) {
  std::vector<publish::Restoring> out;
  for (const connectors::Restoring& one : all) out.push_back(restoring_of(one));
  return out;
}

std::string words_of(const connectors::Dependant& one) {
  return one.kind + " " + one.name + (one.owner.empty() ? "" : " (owner " + one.owner + ")");
}

const std::string* type_of(const compiler::CompiledProject& project, const compiler::CompiledStep& step) {
  const model::Connection* connection = compiler::find_connection(*project.project, step.connection);
  return connection == nullptr ? nullptr : &connection->type.value;
}

/// The steps that publish views on targets of one step's kind, and that have done so where it publishes, by whatever connection.
class OwnViews {
 public:
  OwnViews(const compiler::CompiledProject& project, const compiler::CompiledStep& beside, const connectors::Dependants& found) {
    const std::string* type = type_of(project, beside);
    for (const compiler::CompiledStep& step : project.steps) {
      if (step.step->publish.mode != model::Publish::Mode::view) continue;
      const std::string* other = type_of(project, step);
      if (type == nullptr || other == nullptr || *type != *other) continue;
      const std::string schema = step.target.schema.empty() ? found.own_schema : step.target.schema.text();
      if (found.publishers.count({schema, step.name}) > 0) steps_.emplace(std::pair{schema, step.target.name.text()}, &step);
    }
  }

  /// Null where it is no view of the project's.
  const compiler::CompiledStep* find(const connectors::Dependant& one) const {
    const auto found = steps_.find({one.schema, one.view});
    return one.is_own_view && found != steps_.end() ? found->second : nullptr;
  }

 private:
  std::map<std::pair<std::string, std::string>, const compiler::CompiledStep*> steps_;
};

TableName name_of(const connectors::Dependant& one) { return {{}, Identifier::exact(one.schema), Identifier::exact(one.view)}; }

ir::RelationPtr query_of(const compiler::CompiledStep& view, const compiler::CompiledStep& step, const PublishingRun& run,
                         const connectors::Dependant& found) {
  const bool is_in_run = view.pipeline == step.pipeline && (run.steps.empty() || run.steps.count(view.step->name) > 0);
  if (view.query && (view.parameters.empty() || is_in_run)) {
    if (auto bound = ir::bind_parameters(view.query, run.values)) return *std::move(bound);
  }
  return ir::native(found.query, {}, {});
}

}  // namespace

connectors::DependedOn depended_on(const compiler::CompiledStep& step, const publish::Taken& taken) {
  connectors::DependedOn asked{
      step.target.catalog.text(), step.target.schema.text(), step.target.name.text(), {}, publish::ledger_table(step.target).name.text()};
  for (const Identifier& column : taken.columns) asked.columns.push_back(column.text());
  return asked;
}

Result<void> check_staged_views(const compiler::CompiledStep& step, const connectors::Dependants& found) {
  for (const connectors::Dependant& one : found.all) {
    if (!one.is_own_view || !publish::is_staged_name(Identifier::exact(one.view))) continue;
    return fail(ErrorKind::transient, "another run is checking a view over " + to_string(step.target) + ": " + words_of(one),
                "it is dropped when the checks have ended; drop it by hand where no run of the project is left");
  }
  return {};
}

publish::Dependants sort_dependants(const compiler::CompiledProject& project, const compiler::CompiledStep& step, const PublishingRun& run,
                                    const connectors::Dependants& found) {
  const OwnViews own(project, step, found);
  publish::Dependants sorted;
  sorted.guard = found.guard;
  sorted.restoring = restoring_of(found.restoring);
  for (const connectors::Dependant& one : found.all) {
    const compiler::CompiledStep* view = own.find(one);
    if (view == nullptr) {
      sorted.others.push_back(words_of(one));
    } else {
      sorted.views.push_back({name_of(one), query_of(*view, step, run, one), restoring_of(one.restoring)});
    }
  }
  return sorted;
}

}  // namespace penstock::run
