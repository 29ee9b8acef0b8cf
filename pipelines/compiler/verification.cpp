#include "pipelines/base/suggest.h"
#include "pipelines/compiler/compilation.h"
#include "pipelines/compiler/meaning.h"
#include "pipelines/dialects/dialect.h"

namespace penstock::compiler {
namespace {

/// Every column that `publish` names must be one of the query's.
class KeyCheck {
 public:
  KeyCheck(const model::Step& step, const ir::Columns& columns, Diagnostics& diagnostics)
      : step_(step), columns_(columns), diagnostics_(diagnostics) {}

  void column(const model::Located<Identifier>& name, std::string_view role) {
    if (ir::find_column(columns_, name.value)) return;
    std::vector<std::string> names;
    for (const ir::Column& column : columns_) names.push_back(column.name.text());
    diagnostics_.error(Code::unknown_column, name.where ? name.where : step_.publish.where,
                       "step \"" + step_.name + "\" has no column \"" + name.value.text() + "\" for its " + std::string(role),
                       did_you_mean(name.value.text(), names), "its columns: " + listed(names));
  }

 private:
  const model::Step& step_;
  const ir::Columns& columns_;
  Diagnostics& diagnostics_;
};

// The statement in which the target first meets the step's rows.
ir::Statement published_as(const model::Publish& publish, const TableName& target, const ir::RelationPtr& query) {
  if (publish.mode == model::Publish::Mode::view) return ir::CreateView{target, query};
  return ir::CreateTableAs{target, query};
}

}  // namespace

void Compilation::check_keys(const Entry& entry, const CompiledStep& compiled) {
  if (compiled.query->columns.empty()) return;
  const model::Publish& publish = entry.step->publish;
  KeyCheck check(*entry.step, compiled.query->columns, out_.diagnostics);
  for (const auto& key : publish.key) check.column(key, "key");
  for (const auto& column : publish.tracked) check.column(column, "tracked columns");
  if (publish.interval) check.column(*publish.interval, "interval");
  if (publish.effective_at) check.column(*publish.effective_at, "effective_at");
}

void Compilation::check_interval(const Entry& entry, const CompiledStep& compiled) {
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

void Compilation::check_target(const Entry& entry, const CompiledStep& compiled) {
  if (entry.step->body.index() == 2) return;
  const dialects::Dialect* dialect = dialects::find_dialect(entry.connection->type.value);
  if (dialect == nullptr) return;
  // The loader has said that a source has no name.
  for (const TableName& table : ir::tables_read(*compiled.query)) {
    if (table.name.empty()) return;
  }
  const Result<ir::RelationPtr> bound = ir::bind_parameters(compiled.query, example_values(*entry.pipeline));
  if (!bound) return;
  const Result<std::string> text = dialect->write(published_as(entry.step->publish, compiled.target, *bound));
  if (text) return;
  out_.diagnostics.error(Code::target_cannot, entry.step->where,
                         "step \"" + entry.step->name + "\" cannot run on " + entry.connection->type.value + ": " + text.error().message,
                         {}, text.error().hint);
}

}  // namespace penstock::compiler
