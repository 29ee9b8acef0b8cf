#include <algorithm>
#include <functional>
#include <iterator>
#include <set>

#include "daemon/api/request_reader.h"
#include "daemon/api/resources.h"
#include "daemon/api/table_graph.h"
#include "daemon/run/cron.h"
#include "daemon/run/dependants.h"
#include "daemon/run/earlier_runs.h"
#include "daemon/run/preview.h"
#include "daemon/run/step_input.h"
#include "pipelines/base/hash.h"
#include "pipelines/base/suggest.h"
#include "pipelines/compiler/meaning.h"
#include "pipelines/compiler/placement.h"
#include "pipelines/compiler/targets.h"
#include "pipelines/model/language.h"

namespace penstock::api {
namespace {

Json units_json(const std::vector<run::PreviewUnit>& units) {
  Json list = Json::array();
  std::string_view phase;
  int ordinal = 0;
  for (const run::PreviewUnit& unit : units) {
    const std::string_view here = store::phase_of(unit.purpose);
    ordinal = here == phase ? ordinal + 1 : 0;
    phase = here;
    list.push_back({{"phase", here}, {"ordinal", ordinal}, {"purpose", store::name_of(unit.purpose)}, {"sql", unit.sql}});
  }
  return list;
}

const dialects::Dialect* dialect_of(const compiler::CompiledProject& project, const std::string& connection) {
  const model::Connection* found = compiler::find_connection(*project.project, connection);
  return found == nullptr ? nullptr : dialects::find_dialect(found->type.value);
}

/// What the target's catalogue says of published tables, one connector per connection, each made at its first use.
class Catalogue {
 public:
  Catalogue(const Context& context, const compiler::CompiledProject& project) : context_(context), project_(project) {}

  /// What is known of a table; `absent` with a diagnostic where the target cannot be asked.
  publish::TargetFacts facts(const std::string& connection, const TableName& name) {
    connectors::Connector* connector = reach(connection);
    const dialects::Dialect* dialect = dialect_of(project_, connection);
    if (connector == nullptr || dialect == nullptr) return {};
    const auto table = connector->describe(name.catalog.text(), name.schema.text(), name.name.text());
    if (table) return run::facts_from(*table, *dialect);
    give_up(connection, table.error());
    return {};
  }

  /// What depends on what a publish takes away, for a run of all the step's pipeline.
  Result<publish::Dependants> dependants(const compiler::CompiledStep& step, const publish::Taken& taken) {
    connectors::Connector* connector = reach(step.connection);
    if (connector == nullptr) return publish::Dependants{};
    const auto found = connector->dependants(run::depended_on(step, taken));
    if (!found) {
      give_up(step.connection, found.error());
      return tl::unexpected(found.error());
    }
    const ir::ParameterValues values = compiler::example_values(*step.pipeline);
    return run::sort_dependants(project_, step, {values, {}}, *found);
  }

  std::optional<std::int64_t> estimated_bytes(const compiler::CompiledStep& step, const dialects::Dialect& dialect) {
    connectors::Connector* connector = reach(step.connection);
    if (connector == nullptr) return std::nullopt;
    const Result<std::string> query = run::preview_query(step, dialect);
    if (!query) return std::nullopt;
    const auto estimate = connector->estimate(*query);
    if (estimate) return estimate->bytes;
    if (estimate.error().kind == ErrorKind::unavailable) give_up(step.connection, estimate.error());
    return std::nullopt;
  }

  Json diagnostics() const { return diagnostics_; }

 private:
  connectors::Connector* reach(const std::string& name) {
    const auto [place, is_new] = connectors_.try_emplace(name);
    if (!is_new || !context_.connect) return place->second.get();
    const model::Connection* connection = compiler::find_connection(*project_.project, name);
    if (connection == nullptr) return nullptr;
    auto made = context_.connect(*connection);
    if (made) {
      place->second = std::move(*made);
    } else {
      note(name, made.error());
    }
    return place->second.get();
  }

  /// A target that cannot be reached is not asked again: each question would wait for its deadline.
  void give_up(const std::string& connection, const Error& error) {
    if (error.kind == ErrorKind::unavailable) connectors_[connection].reset();
    note(connection, error);
  }

  void note(const std::string& connection, const Error& error) {
    if (!noted_.insert(connection).second) return;
    Error told = error;
    told.message = "connection \"" + connection + "\" cannot be asked what is there: " + error.message;
    diagnostics_.push_back(diagnostic_json(told, Severity::warning));
  }

  const Context& context_;
  const compiler::CompiledProject& project_;
  std::map<std::string, std::unique_ptr<connectors::Connector>> connectors_;
  std::set<std::string> noted_;
  Json diagnostics_ = Json::array();
};

Json change(const std::string& column, std::string_view what, const std::string& from, const std::string& to, bool breaking) {
  return {{"column", column}, {"change", what}, {"from", text_or_null(from)}, {"to", text_or_null(to)}, {"breaking", breaking}};
}

/// The difference between the table that is there and the one that the step publishes.
Json schema_changes(const ir::Columns& there, const ir::Columns& wanted) {
  Json changes = Json::array();
  for (const ir::Column& column : wanted) {
    const std::optional<int> old = ir::find_column(there, column.name);
    if (!old) {
      changes.push_back(change(column.name.text(), "added", {}, to_string(column.type), false));
      continue;
    }
    const ir::Type& before = there[static_cast<std::size_t>(*old)].type;
    if (before.is_unknown() || column.type.is_unknown() || before == column.type || (before.is_text() && column.type.is_text())) continue;
    const bool narrows = is_assignable(before, column.type) == ir::Verdict::refuted;
    changes.push_back(change(column.name.text(), "type_changed", to_string(before), to_string(column.type), narrows));
  }
  for (const ir::Column& column : there) {
    if (!ir::find_column(wanted, column.name)) changes.push_back(change(column.name.text(), "removed", to_string(column.type), {}, true));
  }
  return changes;
}

Json reason(std::string_view code, const std::string& message) { return {{"code", code}, {"message", message}}; }

/// What becomes of the rows that another query made, where the mode leaves them in place.
std::string earlier_rows(model::Publish::Mode mode) {
  if (mode == model::Publish::Mode::view || mode == model::Publish::Mode::table) return {};
  if (mode == model::Publish::Mode::append) return "; earlier rows stay as they are, and a backfill adds its own to them";
  return "; earlier rows stay as they are until a backfill";
}

/// What differs between the step as it is and as it was when it last published; without a record nothing can be said of the table.
Json meaning_changes(const compiler::CompiledStep& step, const store::Published* last) {
  Json reasons = Json::array();
  if (last == nullptr) {
    reasons.push_back(reason("unrecorded", "no run in this store made " + to_string(step.target)));
    return reasons;
  }
  const std::string since = " since run " + last->run_id + " published it";
  if (last->query != step.meaning.query) {
    reasons.push_back(reason("query_changed", "the query has changed" + since + earlier_rows(step.step->publish.mode)));
  }
  if (last->publish != step.meaning.publish) reasons.push_back(reason("publish_changed", "where or how it publishes has changed" + since));
  if (last->checks != step.meaning.checks) reasons.push_back(reason("checks_changed", "the checks have changed" + since));
  return reasons;
}

class Planner {
 public:
  Planner(const Context& context, const ProjectIndex& index, const std::vector<store::Published>& published,
          std::vector<store::LaidOut> laid_out, bool include_sql)
      : project_(index.project()),
        graph_(index.graph()),
        catalogue_(context, project_),
        include_sql_(include_sql),
        laid_out_(std::move(laid_out)) {
    for (const store::Published& last : published) published_[last.pipeline + "." + last.step] = &last;
    for (const compiler::CompiledStep& step : project_.steps) targets_.insert({step.connection, step.target});
  }

  /// Bytes of SQL and names so far, which make the most of the answer.
  std::size_t size() const { return size_; }

  void add(const compiler::CompiledStep& step) {
    const dialects::Dialect* dialect = dialect_of(project_, step.connection);
    if (dialect == nullptr || step.query == nullptr) return;
    publish::TargetFacts facts = catalogue_.facts(step.connection, step.target);
    const LayoutChange layout = layout_change(step, *dialect, facts);
    facts.has_other_layout = layout.is_other;
    Json changes = facts.kind == publish::TargetFacts::Kind::table ? schema_changes(facts.columns, step.columns) : Json::array();
    Json reasons = Json::array();
    std::string_view action = "unchanged";
    if (facts.kind == publish::TargetFacts::Kind::absent) {
      action = "create";
      reasons.push_back(reason("new", to_string(step.target) + " does not exist yet"));
    } else {
      const auto last = published_.find(step.name);
      reasons = meaning_changes(step, last == published_.end() ? nullptr : last->second);
      if (!changes.empty()) reasons.push_back(reason("schema_changed", "the columns differ from those of " + to_string(step.target)));
    }
    for (const Json& each : changes) breaking_.insert(each["breaking"].get<bool>() ? step.name : std::string());
    Json notes = Json::array();
    Json units = Json::array();
    const auto look = [&](const publish::Taken& taken) { return catalogue_.dependants(step, taken); };
    if (const auto preview = run::preview_units(step, *dialect, facts, look)) {
      if (layout.is_other) say_layout_change(layout, *preview, reasons, notes);
      for (const run::PreviewUnit& unit : *preview) {
        for (const std::string& view : unit.remade) reasons.push_back(reason("remakes", "the view " + view + " is made again"));
      }
      if (include_sql_) {
        units = units_json(*preview);
        for (const run::PreviewUnit& unit : *preview) size_ += unit.sql.size();
      }
    } else {
      reasons.push_back(reason("cannot", preview.error().message));
    }
    if (facts.kind != publish::TargetFacts::Kind::absent && !reasons.empty()) action = "change";
    ++counts_[std::string(action)];
    for (const std::string& words : run::layout_notes(step, *dialect)) notes.push_back(reason("layout", words));
    add_compute_note(step, *dialect, notes);
    for (const std::string& wanted : run::wanted_declarations(step, *dialect)) notes.push_back(reason("plain_keys", wanted));
    const auto bytes = catalogue_.estimated_bytes(step, *dialect);
    steps_.push_back({{"pipeline", step.pipeline->name},
                      {"step", step.step->name},
                      {"action", action},
                      {"reasons", std::move(reasons)},
                      {"notes", std::move(notes)},
                      {"table", to_string(step.target)},
                      {"connection", step.connection},
                      {"publish", publish_json(step.step->publish)},
                      {"schema_changes", std::move(changes)},
                      {"downstream", downstream(step)},
                      {"estimated_bytes", count_or_null(bytes)},
                      {"units", std::move(units)}});
  }

  /// A table that a step published and that none publishes any more, while it is still there. Nothing drops it.
  void add_orphan(const store::Published& last) {
    if (project_.diagnostics.has_errors() || targets_.count({last.connection, last.table}) > 0) return;
    if (catalogue_.facts(last.connection, last.table).kind == publish::TargetFacts::Kind::absent) return;
    orphans_.push_back({{"pipeline", last.pipeline},
                        {"step", last.step},
                        {"connection", last.connection},
                        {"table", to_string(last.table)},
                        {"run_id", last.run_id},
                        {"published_at", rfc3339(last.at)}});
  }

  /// What a run that is started now would do to what earlier ones published.
  Result<void> warn(const model::Pipeline& pipeline, const std::vector<std::string>& steps, store::Snapshot& snapshot) {
    if (!pipeline.schedule) return {};
    const auto cron = run::Cron::make(*pipeline.schedule);
    if (!cron) return {};
    const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    auto warnings = run::warnings_of(project_, pipeline, steps, {cron->last_ended(now)}, snapshot);
    if (!warnings) return tl::unexpected(warnings.error());
    for (run::Warning& warning : *warnings) {
      warning.step = pipeline.name + "." + warning.step;
      warnings_.push_back(std::move(warning));
    }
    return {};
  }

  Json finish() {
    breaking_.erase(std::string());
    Json plan{{"environment", project_.environment},
              {"summary",
               {{"create", counts_["create"]},
                {"change", counts_["change"]},
                {"unchanged", counts_["unchanged"]},
                {"orphaned", orphans_.size()},
                {"breaking", breaking_.size()}}},
              {"steps", std::move(steps_)},
              {"orphans", std::move(orphans_)},
              {"warnings", warnings_json(warnings_)},
              {"diagnostics", catalogue_.diagnostics()}};
    add_diagnostics(plan, project_.diagnostics.sorted(), project_.project->sources);
    Json whole{{"hash", to_hex(hash_content(plan.dump(-1, ' ', false, Json::error_handler_t::replace)))},
               {"created_at", rfc3339(std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()))}};
    whole.update(plan);
    return whole;
  }

 private:
  /// How the published table lies, where that is not how the step wants it.
  struct LayoutChange {
    bool is_other = false;
    std::string since;  ///< "since run r1 made the table", or why that is not known.
  };

  LayoutChange layout_change(const compiler::CompiledStep& step, const dialects::Dialect& dialect,
                             const publish::TargetFacts& facts) const {
    LayoutChange change;
    if (facts.kind != publish::TargetFacts::Kind::table || step.step->publish.mode == model::Publish::Mode::view) return change;
    const std::string table = to_string(step.target);
    const auto made = std::find_if(laid_out_.begin(), laid_out_.end(),
                                   [&](const store::LaidOut& each) { return each.connection == step.connection && each.table == table; });
    change.is_other = (made == laid_out_.end() ? std::string() : made->layout) != run::layout_text(step, dialect);
    change.since = made == laid_out_.end() ? "no run in this store made " + table + " with a layout"
                                           : "the layout has changed since run " + made->run_id + " made the table";
    return change;
  }

  static void say_layout_change(const LayoutChange& change, const std::vector<run::PreviewUnit>& units, Json& reasons, Json& notes) {
    const bool makes = std::any_of(units.begin(), units.end(), [](const run::PreviewUnit& unit) { return unit.makes_table; });
    if (makes) {
      reasons.push_back(reason("layout_changed", change.since + ": it is made anew with its layout"));
    } else {
      notes.push_back(reason("layout_kept", change.since + ": it stays as it lies until it is made anew"));
    }
  }

  /// Where there is one kind of compute, a name for it means nothing.
  void add_compute_note(const compiler::CompiledStep& step, const dialects::Dialect& dialect, Json& notes) const {
    const auto& name = step.step->compute ? step.step->compute : step.pipeline->compute;
    if (!name || model::find_compute_spec(dialect.name()) != nullptr) return;
    notes.push_back(reason("compute", "compute: " + name->value + ": the connection \"" + step.connection +
                                          "\" has no choice of compute; the step runs as any other"));
  }

  Json downstream(const compiler::CompiledStep& step) {
    constexpr int kAny = 1000000;
    constexpr std::size_t kMost = 1000;
    const int node = graph_.find("step:" + step.name);
    Json list = Json::array();
    for (const int reached : graph_.around(node, Direction::downstream, kAny, kMost).nodes) {
      if (reached == node) continue;
      list.push_back(graph_.nodes()[static_cast<std::size_t>(reached)].id);
      size_ += graph_.nodes()[static_cast<std::size_t>(reached)].id.size();
    }
    return list;
  }

  const compiler::CompiledProject& project_;
  const TableGraph& graph_;
  Catalogue catalogue_;
  bool include_sql_;
  std::size_t size_ = 0;
  std::map<std::string, int> counts_;
  std::set<std::string> breaking_;
  std::map<std::string, const store::Published*> published_;  ///< By "pipeline.step".
  std::set<std::pair<std::string, TableName>> targets_;       ///< Of all steps, by connection.
  std::vector<store::LaidOut> laid_out_;
  std::vector<run::Warning> warnings_;
  Json orphans_ = Json::array();
  Json steps_ = Json::array();
};

Response problem_with(const Error& error, std::string_view instance, const std::vector<Diagnostic>& diagnostics, const SourceMap& sources) {
  Response response = problem(error, instance);
  Json body = Json::parse(response.body);
  add_diagnostics(body, diagnostics, sources);
  response.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

constexpr std::size_t kMostBytes = std::size_t{32} << 20U;
constexpr std::string_view kPlanLess = "name some pipelines or steps, or leave out include_sql";

Response too_many_plans(const Request& request) {
  Response response =
      problem(429, "too_many_plans", "Too many requests", "other plans are being made; try again in a moment", request.path);
  response.headers.emplace_back("Retry-After", "2");
  return response;
}

Response too_long(const Request& request) {
  return problem(504, "timed_out", "It took too long", "the plan takes longer than this token's role may wait", request.path, kPlanLess);
}

Response too_large(const Request& request) {
  const std::string most = std::to_string(kMostBytes >> 20U);
  return problem(422, "answer_too_large", "The request is invalid", "the plan would have more than " + most + " MB", request.path,
                 kPlanLess);
}

}  // namespace

Response create_plan(Context& context, const Request& request) {
  RequestReader reader(request);
  const Json body = reader.body({"pipelines", "steps", "include_sql"});
  const auto names_of = [&](const char* key) {
    const std::vector<std::string> names = reader.body_names(body, key);
    return std::set<std::string>(names.begin(), names.end());
  };
  const std::set<std::string> pipelines = names_of("pipelines");
  const std::set<std::string> steps = names_of("steps");
  const bool include_sql = reader.body_flag(body, "include_sql");
  if (!reader.ok()) return reader.refusal();
  const IndexPtr index = context.index();
  for (const std::string& name : pipelines) {
    if (index->pipeline(name) == nullptr) return no_such_pipeline(index->project(), request, name);
  }
  for (const std::string& name : steps) {
    if (index->project().find(name) == nullptr) return no_such_step(index->project(), request, name);
  }
  auto snapshot = context.readers.snapshot();
  if (!snapshot) return problem(snapshot.error(), request.path);
  const auto published = snapshot->published(index->project().environment);
  if (!published) return problem(published.error(), request.path);
  const auto is_wanted = [&](const std::string& pipeline, const std::string& step) {
    if (pipelines.empty() && steps.empty()) return true;
    return pipelines.contains(pipeline) || steps.contains(step);
  };
  const std::shared_ptr<void> slot = context.plans.take(request.principal.role);
  if (slot == nullptr) return too_many_plans(request);
  std::vector<store::LaidOut> laid_out;
  for (const model::Connection& connection : index->project().project->connections) {
    auto tables = snapshot->laid_out(connection.name);
    if (!tables) return problem(tables.error(), request.path);
    std::move(tables->begin(), tables->end(), std::back_inserter(laid_out));
  }
  Planner planner(context, *index, *published, std::move(laid_out), include_sql);
  for (const compiler::CompiledStep& step : index->project().steps) {
    if (request.due && std::chrono::steady_clock::now() > *request.due) return too_long(request);
    if (planner.size() > kMostBytes) return too_large(request);
    if (is_wanted(step.pipeline->name, step.name)) planner.add(step);
  }
  for (const model::Pipeline& pipeline : index->project().project->pipelines) {
    std::vector<std::string> wanted;
    for (const model::Step& step : pipeline.steps) {
      if (is_wanted(pipeline.name, pipeline.name + "." + step.name)) wanted.push_back(step.name);
    }
    if (wanted.empty()) continue;
    if (const auto warned = planner.warn(pipeline, wanted, *snapshot); !warned) return problem(warned.error(), request.path);
  }
  for (const store::Published& last : *published) {
    if (request.due && std::chrono::steady_clock::now() > *request.due) return too_long(request);
    if (is_wanted(last.pipeline, last.pipeline + "." + last.step)) planner.add_orphan(last);
  }
  return json(planner.finish());
}

Response get_compiled_sql(Context& context, const Request& request) {
  const std::string name = request.path_parameters.at("pipeline") + "." + request.path_parameters.at("step");
  const run::ProjectPtr project = context.project();
  const compiler::CompiledStep* step = project->find(name);
  if (step == nullptr) return no_such_step(*project, request, name);
  const std::string wanted = request.parameter("dialect").value_or("");
  const dialects::Dialect* dialect = wanted.empty() ? dialect_of(*project, step->connection) : dialects::find_dialect(wanted);
  if (dialect == nullptr) {
    return problem(Error{ErrorKind::invalid_input, "there is no dialect \"" + wanted + "\"", {}, {}, {}, -1}, request.path);
  }
  const SourceMap& sources = project->project->sources;
  Diagnostics wrong = step->diagnostics;
  compiler::check_targets(*step, std::span(&dialect, 1), wrong);
  const auto units = run::preview_units(*step, *dialect, {});
  if (!units) return problem_with(units.error(), request.path, wrong.sorted(), sources);
  const bool is_sql = step->step->body.index() != 1;
  std::string text;
  if (const auto* sql = std::get_if<model::SqlBody>(&step->step->body)) text = sql->text.text;
  if (const auto* native = std::get_if<model::NativeBody>(&step->step->body)) text = native->text.text;
  return json({{"pipeline", step->pipeline->name},
               {"step", step->step->name},
               {"dialect", dialect->name()},
               {"source", {{"language", is_sql ? "sql" : "yaml"}, {"text", text}, {"position", position_json(step->step->where, sources)}}},
               {"units", units_json(*units)}});
}

}  // namespace penstock::api
