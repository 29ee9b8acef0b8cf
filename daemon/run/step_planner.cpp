#include "daemon/run/step_planner.h"

#include <algorithm>

#include "daemon/run/dependants.h"
#include "daemon/run/expectation.h"
#include "daemon/run/run_id.h"
#include "daemon/run/step_input.h"
#include "daemon/run/zone.h"
#include "pipelines/base/suggest.h"
#include "pipelines/compiler/placement.h"
#include "pipelines/compiler/step_input.h"
#include "pipelines/dialects/dialect.h"
#include "pipelines/publish/plan.h"

namespace penstock::run {
namespace {

/// Only the writer knows how a name is quoted, so the name is what it prints after the words of a statement that holds nothing else.
std::string native_name(const dialects::Dialect& dialect, const TableName& table) {
  constexpr std::string_view kWords = "drop table ";
  ir::DropTable drop{table, false};
  const auto text = dialect.write(drop);
  return text && text->size() > kWords.size() ? text->substr(kWords.size()) : std::string();
}

/// The table that a statement writes; none for one that only takes something away.
std::optional<TableName> written_by(const ir::Statement& statement) {
  if (std::holds_alternative<ir::DropTable>(statement) || std::holds_alternative<ir::DropView>(statement)) return std::nullopt;
  if (const auto* create = std::get_if<ir::CreateTableAs>(&statement)) return create->table;
  if (const auto* insert = std::get_if<ir::InsertSelect>(&statement)) return insert->table;
  if (const auto* remove = std::get_if<ir::DeleteRows>(&statement)) return remove->table;
  if (const auto* merge = std::get_if<ir::Merge>(&statement)) return merge->target;
  return TableName();
}

std::string method_of(const publish::StepPlan& plan) {
  for (const publish::Unit& unit : plan.units) {
    if (unit.purpose != publish::Unit::Purpose::publish) continue;
    if (!unit.ledger_token.empty()) return "one transaction with a ledger row";
    if (unit.transaction) return "one transaction";
    return unit.statements.size() == 1 ? "one atomic statement" : "statements one after another";
  }
  return "";
}

ir::TimestampValue utc(Time moment) { return {moment.time_since_epoch().count()}; }

/// The bounds of the run's interval as the pipeline's wall clock shows them.
std::pair<ir::TimestampValue, ir::TimestampValue> wall_bounds(const model::Pipeline& pipeline, const store::Interval& interval) {
  const Zone zone = Zone::of(pipeline);
  return {zone.wall_clock(interval.start), zone.wall_clock(interval.end)};
}

}  // namespace

Result<void> check_parameters(const model::Pipeline& pipeline, const store::Parameters& parameters) {
  std::vector<std::string> names;
  for (const model::ParameterSpec& spec : pipeline.parameters) names.push_back(spec.name);
  for (const auto& [name, value] : parameters) {
    const auto spec =
        std::find_if(pipeline.parameters.begin(), pipeline.parameters.end(), [&](const auto& known) { return known.name == name; });
    if (spec == pipeline.parameters.end()) {
      return fail(ErrorKind::invalid_input, "the pipeline \"" + pipeline.name + "\" has no parameter \"" + name + "\"",
                  did_you_mean(name, names));
    }
    if (const auto parsed = ir::parse_value(value, spec->type); !parsed) {
      return fail(ErrorKind::invalid_input, "the parameter \"" + name + "\": " + parsed.error().message,
                  "its type is " + ir::to_string(spec->type));
    }
  }
  for (const model::ParameterSpec& spec : pipeline.parameters) {
    if (!spec.fallback && parameters.find(spec.name) == parameters.end()) {
      return fail(ErrorKind::invalid_input, "the parameter \"" + spec.name + "\" has no value",
                  "it has no default, so the run must give one");
    }
  }
  return {};
}

Result<ir::ParameterValues> bind_values(const model::Pipeline& pipeline, const Run& run) {
  ir::ParameterValues values;
  for (const model::ParameterSpec& spec : pipeline.parameters) {
    if (const auto given = run.parameters.find(spec.name); given != run.parameters.end()) {
      auto parsed = ir::parse_value(given->second, spec.type);
      if (!parsed) return tl::unexpected(parsed.error());
      values.values[spec.name] = {std::move(*parsed), spec.type};
    } else if (spec.fallback) {
      values.values[spec.name] = {*spec.fallback, spec.type};
    }
  }
  values.values["run_id"] = {run.id, ir::Type::of(ir::TypeKind::text)};
  const Time started = store::run_started_at(run);
  values.values["run_started_at"] = {Zone::of(pipeline).wall_clock(started), ir::Type::of(ir::TypeKind::timestamp)};
  values.instants["run_started_at"] = utc(started);
  if (run.interval) {
    const auto [start, end] = wall_bounds(pipeline, *run.interval);
    values.values["interval_start"] = {start, ir::Type::of(ir::TypeKind::timestamp)};
    values.values["interval_end"] = {end, ir::Type::of(ir::TypeKind::timestamp)};
    values.instants["interval_start"] = utc(run.interval->start);
    values.instants["interval_end"] = utc(run.interval->end);
  }
  return values;
}

std::string layout_made(const std::vector<store::LaidOut>& laid_out, const compiler::CompiledStep& step) {
  const std::string table = to_string(step.target);
  const auto found = std::find_if(laid_out.begin(), laid_out.end(),
                                  [&](const store::LaidOut& each) { return each.connection == step.connection && each.table == table; });
  return found == laid_out.end() ? std::string() : found->layout;
}

void StepPlanner::forget(const model::Connection& connection) {
  const ContentHash content = content_of(connection);
  const std::lock_guard lock(mutex_);
  for (auto at = ledgers_.begin(); at != ledgers_.end();) at = at->first == content ? ledgers_.erase(at) : std::next(at);
}

Result<PlannedUnit> StepPlanner::shorten_ledger(const compiler::CompiledStep& step, const std::string& dialect, store::Time before) {
  const dialects::Dialect* found = dialects::find_dialect(dialect);
  if (found == nullptr) return fail(ErrorKind::not_found, "there is no dialect \"" + dialect + "\"");
  auto text = found->write(publish::shorten_ledger(step.target, id_at('r', before), found->capabilities()));
  if (!text) return tl::unexpected(text.error());
  PlannedUnit unit;
  unit.purpose = Purpose::cleanup;
  unit.unit.idempotent = true;
  unit.unit.statements.push_back(std::move(*text));
  return unit;
}

Result<PlannedStep> StepPlanner::plan(const compiler::CompiledProject& project, const Run& run, const std::string& step,
                                      connectors::Connector& connector, const std::vector<store::LaidOut>& laid_out) {
  const std::string full_name = run.pipeline + "." + step;
  const compiler::CompiledStep* compiled = project.find(full_name);
  if (compiled == nullptr) return fail(ErrorKind::not_found, "there is no step \"" + full_name + "\"");
  const model::Connection* connection = compiler::find_connection(*project.project, compiled->connection);
  if (connection == nullptr) return fail(ErrorKind::not_found, "there is no connection \"" + compiled->connection + "\"");
  const dialects::Dialect* dialect = dialects::find_dialect(connection->type.value);
  if (dialect == nullptr) return fail(ErrorKind::not_found, "there is no dialect \"" + connection->type.value + "\"");
  const auto values = bind_values(*compiled->pipeline, run);
  if (!values) return tl::unexpected(values.error());
  auto input = compiler::bind_step(*compiled, *values);
  if (!input) return tl::unexpected(input.error());
  input->run_id = run.id;
  input->run_started_at = Zone::of(*compiled->pipeline).wall_clock(store::run_started_at(run));
  if (run.interval) {
    std::tie(input->interval_start, input->interval_end) = wall_bounds(*compiled->pipeline, *run.interval);
    input->interval_start_utc = utc(run.interval->start);
    input->interval_end_utc = utc(run.interval->end);
  }
  const TableName& target = compiled->target;
  const auto table = connector.describe(target.catalog.text(), target.schema.text(), target.name.text());
  if (!table) return tl::unexpected(table.error());
  input->facts = facts_from(*table, *dialect);
  const TableName ledger = publish::ledger_table(compiled->target);
  if (dialect->capabilities().settlement == dialects::Settlement::ledger) {
    const std::pair key{content_of(*connection), ledger};
    {
      const std::lock_guard lock(mutex_);
      input->facts.has_ledger = ledgers_.count(key) > 0;
    }
    if (!input->facts.has_ledger) {
      const auto described = connector.describe(ledger.catalog.text(), ledger.schema.text(), ledger.name.text());
      input->facts.has_ledger = described && described->kind == connectors::TableDescription::Kind::table;
      const std::lock_guard lock(mutex_);
      if (input->facts.has_ledger) ledgers_.insert(key);
    }
  }
  const std::string layout = publish::layout_text(*input, dialect->capabilities());
  input->facts.has_other_layout = layout_made(laid_out, *compiled) != layout;
  SeenTable seen{target, *table, std::nullopt, {}};
  auto plan = publish::plan_step(*input, dialect->capabilities());
  if (plan && plan->taken) {
    seen.taken = depended_on(*compiled, *plan->taken);
    auto found = connector.dependants(*seen.taken);
    if (!found) return tl::unexpected(found.error());
    if (const auto free = check_staged_views(*compiled, *found); !free) return tl::unexpected(free.error());
    const PublishingRun publishing{*values, {run.selected.begin(), run.selected.end()}};
    input->facts.dependants = sort_dependants(project, *compiled, publishing, *found);
    seen.dependants = *std::move(found);
    plan = publish::plan_step(*input, dialect->capabilities());
  }
  if (!plan) return tl::unexpected(plan.error());

  PlannedStep planned;
  planned.publish_method = method_of(*plan);
  planned.seen = std::move(seen);
  for (const publish::Unit& unit : plan->units) {
    PlannedUnit& out = planned.units.emplace_back();
    out.purpose = purpose_of(unit.purpose);
    out.unit.transaction = unit.transaction;
    out.unit.idempotent = unit.idempotent;
    out.unit.ledger_token = unit.ledger_token;
    if (!unit.ledger_token.empty()) out.unit.ledger_table = native_name(*dialect, ledger);
    out.unit.wants_rows = out.purpose == Purpose::check;
    for (const publish::Remaking& remaking : unit.remakes) out.remade[static_cast<int>(remaking.statement)] = to_string(remaking.view);
    for (const ir::Statement& statement : unit.statements) {
      auto text = dialect->write(statement);
      if (!text) return tl::unexpected(text.error());
      out.unit.statements.push_back(std::move(*text));
      const std::optional<TableName> written = written_by(statement);
      if (written) out.unit.written_table = written->name.empty() ? std::string() : native_name(*dialect, *written);
    }
    if (unit.makes_table) {
      out.made_table = to_string(target);
      out.made_layout = layout;
    }
    if (out.purpose != Purpose::check) continue;
    for (std::size_t i = 0; i < plan->checks.size(); ++i) {
      const publish::CompiledCheck& check = plan->checks[i];
      Expectation expected = expectation_of(*compiled->step, check.name);
      out.checks.push_back({static_cast<int>(i), check.name, check.kind, check.severity == model::Check::Severity::error,
                            std::move(expected.columns), std::move(expected.words)});
    }
  }
  return planned;
}

}  // namespace penstock::run
