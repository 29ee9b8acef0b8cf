#include <algorithm>
#include <iterator>
#include <utility>

#include "pipelines/base/suggest.h"
#include "pipelines/compiler/compilation.h"
#include "pipelines/compiler/targets.h"
#include "pipelines/dialects/dialect.h"
#include "pipelines/model/language.h"

namespace penstock::compiler {
namespace {

/// Every column that `publish` names must be one of the query's.
class KeyCheck {
 public:
  KeyCheck(const model::Step& step, const ir::Columns& columns, Diagnostics& diagnostics)
      : step_(step), columns_(columns), diagnostics_(diagnostics) {}

  void column(const model::Located<Identifier>& name, std::string_view role) {
    if (is_known(name)) return;
    std::vector<std::string> names;
    for (const ir::Column& column : columns_) names.push_back(column.name.text());
    diagnostics_.error(Code::unknown_column, name.where ? name.where : step_.publish.where,
                       "step \"" + step_.name + "\" has no column \"" + name.value.text() + "\" for its " + std::string(role),
                       did_you_mean(name.value.text(), names), "its columns: " + listed(names));
  }

  void flag(const model::Located<Identifier>& name, std::string_view role) {
    column(name, role);
    if (!is_known(name)) return;
    const ir::Type& type = columns_[static_cast<std::size_t>(*ir::find_column(columns_, name.value))].type;
    if (type.is_unknown() || type.kind == ir::TypeKind::boolean) return;
    diagnostics_.error(Code::invalid_publish, name.where ? name.where : step_.publish.where,
                       std::string(role) + " needs a boolean column, and \"" + name.value.text() + "\" is " + ir::to_string(type), {},
                       "give one in the query, such as: operation = 'D' as is_deleted");
  }

 private:
  bool is_known(const model::Located<Identifier>& name) const { return ir::find_column(columns_, name.value).has_value(); }

  const model::Step& step_;
  const ir::Columns& columns_;
  Diagnostics& diagnostics_;
};

}  // namespace

void Compilation::check_keys(const Entry& entry, const CompiledStep& compiled) {
  if (compiled.query->columns.empty()) return;
  const model::Publish& publish = entry.step->publish;
  KeyCheck check(*entry.step, compiled.query->columns, out_.diagnostics);
  for (const auto& key : publish.key) check.column(key, "key");
  for (const auto& column : publish.tracked) check.column(column, "tracked columns");
  if (publish.interval) check.column(*publish.interval, "interval");
  if (publish.effective_at) check.column(*publish.effective_at, "effective_at");
  if (publish.deleted_when && publish.mode == model::Publish::Mode::scd2) check.flag(*publish.deleted_when, "deleted_when");
  if (publish.newest_by) check.column(*publish.newest_by, "newest_by");
}

void Compilation::check_layout(const Entry& entry, const CompiledStep& compiled) {
  if (!entry.step->layout || compiled.query->columns.empty()) return;
  const model::TableLayout& layout = *entry.step->layout;
  const ir::Columns& columns = compiled.columns;
  KeyCheck check(*entry.step, columns, out_.diagnostics);
  const auto unfit = [&](const std::string& what, const ir::Type& type, Span where, std::string help) {
    out_.diagnostics.error(Code::invalid_layout, where, what + ": it is " + ir::to_string(type), {}, std::move(help));
  };
  const auto type_of = [&](const Identifier& name) -> const ir::Type* {
    const auto place = ir::find_column(columns, name);
    return place ? &columns[static_cast<std::size_t>(*place)].type : nullptr;
  };
  for (const model::TableLayout::Key& key : layout.partition) {
    check.column({key.key.column, key.where}, "partition");
    const ir::Type* type = type_of(key.key.column);
    if (type == nullptr || ir::can_partition(key.key.by, *type)) continue;
    unfit("\"" + key.key.column.text() + "\" divides no table by " +
              (key.key.by == ir::PartitionBy::value ? "value" : std::string(ir::word_of(key.key.by))),
          *type, key.where,
          key.key.by == ir::PartitionBy::range ? "range is of whole numbers"
          : key.key.by == ir::PartitionBy::value || key.key.by == ir::PartitionBy::bucket
              ? "name a column whose values are equal or not"
              : "year, month and day are of dates and timestamps, hour of timestamps");
  }
  for (const auto& [names, role] :
       {std::pair{&layout.cluster, "cluster"}, std::pair{&layout.distribute, "distribute"}, std::pair{&layout.sort, "sort"}}) {
    for (const auto& name : *names) {
      check.column(name, role);
      const ir::Type* type = type_of(name.value);
      if (type == nullptr || ir::can_place(*type)) continue;
      unfit("\"" + name.value.text() + "\" puts no rows in their place", *type, name.where, "name a column whose values are compared");
    }
  }
}

void Compilation::check_compute(const Entry& entry) {
  const auto& name = entry.step->compute ? entry.step->compute : entry.pipeline->compute;
  if (!name || model::find_compute_spec(entry.connection->type.value) == nullptr || entry.connection->compute.contains(name->value)) return;
  // What the pipeline says is wrong once, whatever the number of its steps.
  if (!entry.step->compute) {
    const auto& steps = entry.pipeline->steps;
    const auto first = std::find_if(steps.begin(), steps.end(), [](const model::Step& step) { return !step.compute; });
    if (&*first != entry.step) return;
  }
  std::vector<std::string> names;
  for (const auto& known : entry.connection->compute) names.push_back(known.first);
  const std::string& connection = entry.connection->name;
  out_.diagnostics.error(Code::unknown_compute, name->where, "the connection \"" + connection + "\" has no compute \"" + name->value + "\"",
                         did_you_mean(name->value, names),
                         names.empty() ? "name it there: " + connection + ": { compute: { " + name->value + ": { ... } } }"
                                       : "its computes: " + listed(names));
}

void Compilation::check_interval(const Entry& entry, const CompiledStep& compiled) {
  const auto& used = compiled.parameters;
  const model::Publish& publish = entry.step->publish;
  if (publish.on_missing == model::Publish::Missing::close && std::find(used.begin(), used.end(), "interval_start") != used.end()) {
    out_.diagnostics.error(Code::invalid_publish, entry.step->where,
                           "step \"" + entry.step->name +
                               "\" reads :interval_start, so it does not give every key, and \"on_missing: close\" would end the others",
                           {}, "leave out on_missing, or let the query give every key at every run (:interval_end may bound it)");
  }
  if (entry.pipeline->schedule) return;
  const std::optional<model::Located<Identifier>>& interval = entry.step->publish.interval;
  std::string asked = interval ? "publishes by interval" : "";
  for (const std::string& name : compiled.parameters) {
    if (name == "interval_start" || name == "interval_end") asked = "reads :" + name;
  }
  if (asked.empty()) return;
  out_.diagnostics.error(Code::interval_without_schedule, interval && interval->where ? interval->where : entry.step->where,
                         "step \"" + entry.step->name + "\" " + asked + ", and the pipeline has no schedule from which an interval follows",
                         {}, "add one: schedule: { cron: \"0 2 * * *\" }");
}

void Compilation::look_at_targets(const CompiledStep& compiled) {
  const TargetChoice& choice = surroundings_.options().targets;
  const dialects::Dialect* own = choice.own ? dialects::find_dialect(compiled.dialect) : nullptr;
  std::vector<const dialects::Dialect*> targets;
  if (own != nullptr) targets.push_back(own);
  std::copy_if(choice.others.begin(), choice.others.end(), std::back_inserter(targets), [own](const auto* other) { return other != own; });
  if (!targets.empty()) check_targets(compiled, targets, out_.diagnostics);
}

}  // namespace penstock::compiler
