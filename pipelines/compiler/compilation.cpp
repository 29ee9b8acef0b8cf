#include "pipelines/compiler/compilation.h"

#include <algorithm>

#include "pipelines/base/suggest.h"
#include "pipelines/compiler/meaning.h"
#include "pipelines/compiler/pipeline_tables.h"
#include "pipelines/compiler/placement.h"
#include "pipelines/compiler/reading_order.h"
#include "pipelines/dialects/dialect.h"
#include "pipelines/sql/expressions.h"
#include "pipelines/sql/native.h"

namespace penstock::compiler {
namespace {

/// More steps than this inside each other are no project but an attack on the stack.
constexpr int kDeepestDemand = 200;

sql::Parameters parameters_of(const model::Pipeline& pipeline) {
  sql::Parameters parameters{{"interval_start", ir::Type::of(ir::TypeKind::timestamp)},
                             {"interval_end", ir::Type::of(ir::TypeKind::timestamp)},
                             {"run_id", ir::Type::of(ir::TypeKind::text)},
                             {"run_started_at", ir::Type::of(ir::TypeKind::timestamptz)}};
  for (const model::ParameterSpec& parameter : pipeline.parameters) parameters[parameter.name] = parameter.type;
  return parameters;
}

}  // namespace

Compilation::Compilation(std::shared_ptr<const model::Project> project, const Options& options) : options_(options) {
  out_.project = std::move(project);
  out_.environment = options.environment;
  if (out_.environment.empty() && !out_.project->environments.empty()) out_.environment = out_.project->environments.front().name;
}

CompiledProject Compilation::run() {
  enter_steps();
  out_.steps.reserve(entries_.size());
  const std::vector<int> order = reading_order(static_cast<int>(entries_.size()), [this](int number) { return likely_reads(number); });
  for (const int number : order) compile_step(number);
  return std::move(out_);
}

void Compilation::enter_steps() {
  const bool is_known = options_.environment.empty() || environment_target(*out_.project, options_.environment) != nullptr;
  if (!is_known) {
    std::vector<std::string> names;
    for (const model::Environment& environment : out_.project->environments) names.push_back(environment.name);
    out_.diagnostics.error(Code::unknown_environment, Span{}, "there is no environment \"" + options_.environment + "\"",
                           did_you_mean(options_.environment, names), "environments are listed in penstock.yaml");
    return;
  }
  for (const model::Pipeline& pipeline : out_.project->pipelines) enter_pipeline(pipeline);
}

void Compilation::enter_pipeline(const model::Pipeline& pipeline) {
  const model::Connection* connection = connection_of(*out_.project, pipeline, options_.environment);
  if (connection == nullptr) {
    if (!pipeline.target) {
      out_.diagnostics.error(Code::unknown_connection, pipeline.where, "pipeline \"" + pipeline.name + "\" has no target", {},
                             "name a connection in penstock.yaml, under environments or as the pipeline's target");
    }
    return;
  }
  const int first = static_cast<int>(entries_.size());
  for (const model::Step& step : pipeline.steps) {
    const int number = static_cast<int>(entries_.size());
    entries_.push_back(Entry{&pipeline, &step, connection, published_table(pipeline, step, *connection), State::fresh, -1, {}});
    by_name_.emplace(pipeline.name + "." + step.name, number);
    const auto [other, is_new] = published_.emplace(entries_.back().target, number);
    if (is_new || entries_[static_cast<std::size_t>(other->second)].connection != connection) continue;
    const Entry& first_publisher = entries_[static_cast<std::size_t>(other->second)];
    if (first_publisher.pipeline == &pipeline && first_publisher.step->name == step.name) continue;  // the loader said so already
    Diagnostic diagnostic{Code::duplicate_name,
                          Severity::error,
                          step.where,
                          "the steps \"" + first_publisher.pipeline->name + "." + first_publisher.step->name + "\" and \"" + pipeline.name +
                              "." + step.name + "\" publish the same table " + to_string(entries_.back().target),
                          {},
                          "give one of them another name, or another table under publish",
                          {}};
    diagnostic.related.push_back({first_publisher.step->where, "the other one"});
    out_.diagnostics.add(std::move(diagnostic));
  }
  ranges_[&pipeline] = {first, static_cast<int>(entries_.size())};
}

int Compilation::find_step(const model::Pipeline& pipeline, std::string_view name) const {
  const auto found = by_name_.find(pipeline.name + "." + std::string(name));
  return found == by_name_.end() ? -1 : found->second;
}

int Compilation::publisher_of(const TableName& table, const model::Connection& connection) const {
  const auto found = published_.find(qualified(table, connection));
  if (found == published_.end()) return -1;
  return entries_[static_cast<std::size_t>(found->second)].connection == &connection ? found->second : -1;
}

std::vector<int> Compilation::likely_reads(int number) const {
  const Entry& entry = entries_[static_cast<std::size_t>(number)];
  std::vector<int> reads;
  for (const std::string& word : words_of(*entry.step)) {
    int read = find_step(*entry.pipeline, word);
    if (read < 0) {
      const auto& sources = entry.pipeline->sources;
      const auto source = std::find_if(sources.begin(), sources.end(), [&](const model::Source& each) { return each.name == word; });
      if (source != sources.end()) read = publisher_of(source->table.value, *entry.connection);
    }
    if (read >= 0 && read != number) reads.push_back(read);
  }
  return reads;
}

components::Input Compilation::source_table(const model::Source& source, const model::Connection& connection) {
  if (const int publisher = publisher_of(source.table.value, connection); publisher >= 0) {
    components::Input input = *step_table(publisher, nullptr);
    input.name = Identifier::exact(source.name);
    return input;
  }
  const TableName table = qualified(source.table.value, connection);
  ir::Columns columns = source.columns;
  bool is_open = !source.has_columns;
  if (is_open && options_.source_columns != nullptr) {
    if (const auto known = options_.source_columns->find(table); known != options_.source_columns->end()) {
      columns = known->second;
      is_open = false;
    }
  }
  return components::Input{Identifier::exact(source.name), ir::scan(table, std::move(columns), Identifier::exact(source.name)), is_open};
}

const components::Input* Compilation::step_table(int number, const Entry* reader) {
  Entry& entry = entries_[static_cast<std::size_t>(number)];
  if (entry.state == State::fresh && depth_ < kDeepestDemand) compile_step(number);
  if (entry.state == State::done) return &entry.table;
  if (entry.state == State::busy && reader != nullptr) {
    Diagnostic diagnostic{Code::cyclic_steps,
                          Severity::error,
                          reader->step->where,
                          reader->step == entry.step
                              ? "step \"" + entry.step->name + "\" reads itself"
                              : "step \"" + reader->step->name + "\" reads \"" + entry.step->name + "\", which reads it in turn",
                          {},
                          "steps must form no circle: let one of them read a source instead",
                          {}};
    if (reader->step != entry.step) diagnostic.related.push_back({entry.step->where, "the other end of the circle"});
    out_.diagnostics.add(std::move(diagnostic));
  }
  entry.table =
      components::Input{Identifier::exact(entry.step->name), ir::scan(entry.target, {}, Identifier::exact(entry.step->name)), true};
  return &entry.table;
}

void Compilation::compile_step(int number) {
  Entry& entry = entries_[static_cast<std::size_t>(number)];
  if (entry.state != State::fresh) return;
  entry.state = State::busy;
  ++depth_;
  const PipelineTables tables(*this, *entry.pipeline, number);
  const sql::Parameters parameters = parameters_of(*entry.pipeline);
  std::vector<components::ImpliedCheck> implied;

  CompiledStep compiled;
  compiled.pipeline = entry.pipeline;
  compiled.step = entry.step;
  compiled.name = entry.pipeline->name + "." + entry.step->name;
  compiled.target = entry.target;
  compiled.connection = entry.connection->name;
  compiled.query = build(entry, tables, parameters, implied);
  const bool is_open = compiled.query == nullptr || (entry.step->body.index() == 2 && compiled.query->columns.empty());
  if (compiled.query != nullptr) {
    compiled.columns = publish::published_columns(entry.step->publish, compiled.query->columns);
    check_keys(entry, compiled);
  }
  const Identifier name = Identifier::exact(entry.step->name);
  entry.table = components::Input{name, ir::scan(entry.target, compiled.columns, name), is_open};
  add_checks(entry, compiled, tables, parameters, implied);
  add_reads(entry, compiled);
  if (compiled.query != nullptr) {
    compiled.parameters = parameters_used(*compiled.query);
    check_interval(entry, compiled);
    compiled.lineage = lineage::trace(*compiled.query);
    compiled.hash = meaning_of(compiled);
    if (options_.check_target) check_target(entry, compiled);
  }
  --depth_;
  entry.state = State::done;
  entry.index = static_cast<int>(out_.steps.size());
  out_.steps.push_back(std::move(compiled));
}

ir::RelationPtr Compilation::build(const Entry& entry, const sql::Tables& tables, const sql::Parameters& parameters,
                                   std::vector<components::ImpliedCheck>& implied) {
  struct Visitor {
    Compilation& compilation;
    const Entry& entry;
    const sql::Tables& tables;
    const sql::Parameters& parameters;
    std::vector<components::ImpliedCheck>& implied;

    ir::RelationPtr operator()(const model::SqlBody& body) const {
      if (body.text.text.find_first_not_of(" \t\r\n") == std::string::npos) return nullptr;  // the loader said so
      return sql::parse_query(body.text, tables, parameters, compilation.out_.diagnostics);
    }
    ir::RelationPtr operator()(const model::ChainBody& body) const { return compilation.build_chain(body, tables, parameters, implied); }
    ir::RelationPtr operator()(const model::NativeBody& body) const { return compilation.build_native(entry, body, tables, parameters); }
  };
  return std::visit(Visitor{*this, entry, tables, parameters, implied}, entry.step->body);
}

ir::RelationPtr Compilation::build_chain(const model::ChainBody& body, const sql::Tables& tables, const sql::Parameters& parameters,
                                         std::vector<components::ImpliedCheck>& implied) {
  const auto lookup = [&](std::string_view name, Span where) {
    const components::Input* input = tables.find(name);
    if (input == nullptr) {
      out_.diagnostics.error(Code::unknown_table, where, "there is no step or source \"" + std::string(name) + "\" in this pipeline",
                             did_you_mean(name, tables.names()), "name a step of this pipeline, or add the table under sources");
    }
    return input;
  };
  const components::Input* from = lookup(body.from.value, body.from.where);
  if (from == nullptr || from->relation == nullptr) return nullptr;
  sql::Expressions expressions(&tables, parameters, out_.diagnostics);
  components::Context context{expressions, out_.diagnostics, [&](const model::Node& name) { return lookup(name.text, name.where); },
                              implied};
  components::Input input = *from;
  for (const model::ComponentCall& call : body.calls) {
    const components::ComponentSpec* component = components::find_component(call.component);
    if (component == nullptr) return nullptr;  // the loader said so
    input.relation = component->build(input, call.parameters, context);
    if (input.relation == nullptr) return nullptr;
    input.open = false;
  }
  return input.relation;
}

ir::RelationPtr Compilation::build_native(const Entry& entry, const model::NativeBody& body, const sql::Tables& tables,
                                          const sql::Parameters& parameters) {
  const dialects::Dialect* dialect = dialects::find_dialect(entry.connection->type.value);
  ir::Native native = sql::read_native(body.text, dialect == nullptr ? SqlLexicon() : dialect->lexicon(), parameters, out_.diagnostics);
  native.columns = body.columns;
  for (const auto& name : body.reads) {
    const components::Input* input = tables.find(name.value);
    if (input == nullptr) {
      out_.diagnostics.error(Code::unknown_table, name.where, "there is no step or source \"" + name.value + "\" in this pipeline",
                             did_you_mean(name.value, tables.names()));
    } else if (input->relation != nullptr) {
      for (TableName& table : ir::tables_read(*input->relation)) native.reads.push_back(std::move(table));
    }
  }
  return ir::native(std::move(native));
}

void Compilation::add_checks(const Entry& entry, CompiledStep& compiled, const sql::Tables& tables, const sql::Parameters& parameters,
                             const std::vector<components::ImpliedCheck>& implied) {
  sql::Expressions expressions(&tables, parameters, out_.diagnostics);
  std::vector<components::ImpliedCheck> further;
  components::Context context{expressions, out_.diagnostics,
                              [&](const model::Node& name) {
                                const components::Input* input = tables.find(name.text);
                                if (input == nullptr) {
                                  out_.diagnostics.error(Code::unknown_table, name.where,
                                                         "there is no step or source \"" + name.text + "\" in this pipeline",
                                                         did_you_mean(name.text, tables.names()));
                                }
                                return input;
                              },
                              further};
  // A batch has the query's columns; those that its publishing adds are not there when it is checked.
  components::Input staged = entry.table;
  if (compiled.query != nullptr) staged.relation = ir::scan(entry.target, compiled.query->columns, staged.name);
  for (const model::Check& check : entry.step->checks) {
    const components::CheckSpec* spec = components::find_check(check.kind);
    if (spec == nullptr || compiled.query == nullptr) continue;
    ir::RelationPtr failing = spec->failing_rows(staged, check.parameters, context);
    if (failing != nullptr) compiled.checks.push_back({check.name, check.kind, check.severity, std::move(failing), check.where});
  }
  for (const components::ImpliedCheck& check : implied) {
    compiled.checks.push_back({check.name, "join", model::Check::Severity::error, check.failing, check.where});
  }
}

void Compilation::add_reads(const Entry& entry, CompiledStep& compiled) const {
  const auto add = [&](int number) {
    const int index = number < 0 ? -1 : entries_[static_cast<std::size_t>(number)].index;
    if (index >= 0 && std::find(compiled.reads.begin(), compiled.reads.end(), index) == compiled.reads.end())
      compiled.reads.push_back(index);
  };
  std::vector<TableName> tables;
  if (compiled.query != nullptr) tables = ir::tables_read(*compiled.query);
  for (const publish::CompiledCheck& check : compiled.checks) {
    for (TableName& table : ir::tables_read(*check.failing)) tables.push_back(std::move(table));
  }
  for (const TableName& table : tables) {
    if (qualified(table, *entry.connection) == entry.target) continue;  // its own staged rows
    const int publisher = publisher_of(table, *entry.connection);
    if (publisher >= 0) {
      add(publisher);
    } else if (std::find(compiled.sources.begin(), compiled.sources.end(), table) == compiled.sources.end()) {
      compiled.sources.push_back(table);
    }
  }
  for (const auto& name : entry.step->after) add(find_step(*entry.pipeline, name.value));
  std::sort(compiled.reads.begin(), compiled.reads.end());
}

CompiledProject compile(std::shared_ptr<const model::Project> project, const Options& options) {
  return Compilation(std::move(project), options).run();
}

const CompiledStep* CompiledProject::find(std::string_view pipeline_and_step) const {
  const auto found = std::find_if(steps.begin(), steps.end(), [&](const CompiledStep& step) { return step.name == pipeline_and_step; });
  return found == steps.end() ? nullptr : &*found;
}

}  // namespace penstock::compiler
