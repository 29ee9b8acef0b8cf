#include <algorithm>
#include <iterator>

#include "pipelines/base/suggest.h"
#include "pipelines/compiler/compilation.h"
#include "pipelines/compiler/targets.h"
#include "pipelines/dialects/dialect.h"

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
