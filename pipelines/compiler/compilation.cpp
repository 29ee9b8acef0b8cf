#include "pipelines/compiler/compilation.h"

#include <algorithm>
#include <utility>

#include "pipelines/base/suggest.h"
#include "pipelines/compiler/meaning.h"
#include "pipelines/compiler/pipeline_tables.h"
#include "pipelines/compiler/placement.h"
#include "pipelines/compiler/reading_order.h"
#include "pipelines/dialects/dialect.h"
#include "pipelines/ir/rewrite.h"
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

Compilation::Compilation(const Surroundings& surroundings, const Layout::Group& group) : surroundings_(surroundings), group_(group) {
  for (const int pipeline : group) enter(pipeline);
  out_.steps.resize(entries_.size());
}

CompiledGroup Compilation::run() {
  const std::vector<int> order = reading_order(static_cast<int>(entries_.size()), [this](int number) { return likely_reads(number); });
  for (const int number : order) compile_step(number);
  out_.diagnostics.append(diagnostics_);
  return std::move(out_);
}

void Compilation::enter(int pipeline) {
  const Layout::PipelinePlace& place = surroundings_.layout().places()[static_cast<std::size_t>(pipeline)];
  const int member = static_cast<int>(out_.members.size());
  out_.members.push_back(surroundings_.member(pipeline));
  first_entries_.push_back(static_cast<int>(entries_.size()));
  auto& names = names_.emplace_back();
  for (std::size_t i = 0; i < place.targets.size(); ++i) {
    const model::Step& step = place.pipeline->steps[i];
    names.emplace(step.name, static_cast<int>(entries_.size()));
    entries_.push_back(Entry{member, place.pipeline, &step, place.connection, place.targets[i], State::fresh, {}});
  }
}

int Compilation::find_step(int member, std::string_view name) const {
  const auto& names = names_[static_cast<std::size_t>(member)];
  const auto found = names.find(name);
  return found == names.end() ? -1 : found->second;
}

int Compilation::publisher_inside(int member, const TableName& table) const {
  const Layout& layout = surroundings_.layout();
  const int reader = group_[static_cast<std::size_t>(member)];
  const auto at = layout.publisher_of(table, *layout.places()[static_cast<std::size_t>(reader)].connection);
  if (!at) return -1;
  const auto publisher = std::lower_bound(group_.begin(), group_.end(), at->pipeline);
  if (publisher == group_.end() || *publisher != at->pipeline) return -1;
  return first_entries_[static_cast<std::size_t>(publisher - group_.begin())] + at->step;
}

int Compilation::look(int member, const TableName& table) {
  CompiledGroup::Found found = surroundings_.look(group_, member, table);
  const auto [place, is_new] = found_.try_emplace({member, found.table}, static_cast<int>(out_.found.size()));
  if (is_new) out_.found.push_back(std::move(found));
  return place->second;
}

std::vector<int> Compilation::likely_reads(int number) const {
  const Entry& entry = entries_[static_cast<std::size_t>(number)];
  std::vector<int> reads;
  for (const std::string& word : words_of(*entry.step)) {
    int read = find_step(entry.member, word);
    if (read < 0) {
      const auto& sources = entry.pipeline->sources;
      const auto source = std::find_if(sources.begin(), sources.end(), [&](const model::Source& each) { return each.name == word; });
      if (source != sources.end()) read = publisher_inside(entry.member, source->table.value);
    }
    if (read >= 0 && read != number) reads.push_back(read);
  }
  return reads;
}

components::Input Compilation::source_table(int member, const model::Source& source) {
  const Identifier name = Identifier::exact(source.name);
  const CompiledGroup::Found& found = out_.found[static_cast<std::size_t>(look(member, source.table.value))];
  if (found.is_inside) {
    components::Input input = *step_table(publisher_inside(member, source.table.value), nullptr);
    input.name = name;
    return input;
  }
  if (!found.publisher.empty()) return {name, found.input.relation, found.input.open};
  if (source.has_columns) return {name, ir::scan(found.table, source.columns, name), false};
  return {name, ir::scan(found.table, found.input.relation->columns, name), found.input.open};
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
  const PipelineTables tables(*this, number);
  const sql::Parameters parameters = parameters_of(*entry.pipeline);
  std::vector<components::ImpliedCheck> implied;
  Diagnostics of_others = std::exchange(out_.diagnostics, {});

  CompiledStep compiled;
  compiled.pipeline = entry.pipeline;
  compiled.step = entry.step;
  compiled.name = entry.pipeline->name + "." + entry.step->name;
  compiled.target = entry.target;
  compiled.connection = entry.connection->name;
  compiled.dialect = entry.connection->type.value;
  compiled.query = build(entry, tables, parameters, implied, compiled.places);
  const bool is_open = compiled.query == nullptr || (compiled.is_native() && compiled.query->columns.empty());
  if (compiled.query != nullptr) {
    compiled.columns = publish::published_columns(entry.step->publish, compiled.query->columns);
    check_keys(entry, compiled);
    check_layout(entry, compiled);
  }
  check_compute(entry);
  const Identifier name = Identifier::exact(entry.step->name);
  entry.table = components::Input{name, ir::scan(entry.target, compiled.columns, name), is_open};
  add_checks(entry, compiled, tables, parameters, implied);
  add_reads(number, compiled);
  if (compiled.query != nullptr) {
    compiled.parameters = parameters_used(*compiled.query);
    check_interval(entry, compiled);
    compiled.lineage = lineage::trace(*compiled.query);
    compiled.meaning = meaning_of(compiled);
    compiled.diagnostics = out_.diagnostics;
    look_at_targets(compiled);
  }
  --depth_;
  entry.state = State::done;
  diagnostics_.append(out_.diagnostics);
  compiled.diagnostics = std::exchange(out_.diagnostics, std::move(of_others));
  CompiledGroup::Step& done = out_.steps[static_cast<std::size_t>(number)];
  done.compiled = std::make_shared<const CompiledStep>(std::move(compiled));
  done.table = entry.table;
  out_.order.push_back(number);
}

ir::RelationPtr Compilation::build(const Entry& entry, const sql::Tables& tables, const sql::Parameters& parameters,
                                   std::vector<components::ImpliedCheck>& implied, sql::Places& places) {
  struct Visitor {
    Compilation& compilation;
    const Entry& entry;
    const sql::Tables& tables;
    const sql::Parameters& parameters;
    std::vector<components::ImpliedCheck>& implied;
    sql::Places& places;

    ir::RelationPtr operator()(const model::SqlBody& body) const {
      if (body.text.text.find_first_not_of(" \t\r\n") == std::string::npos) return nullptr;  // the loader said so
      return sql::parse_query(body.text, tables, parameters, compilation.out_.diagnostics, places.add(body.text));
    }
    ir::RelationPtr operator()(const model::ChainBody& body) const {
      return compilation.build_chain(body, tables, parameters, implied, places);
    }
    ir::RelationPtr operator()(const model::NativeBody& body) const { return compilation.build_native(entry, body, tables, parameters); }
  };
  return std::visit(Visitor{*this, entry, tables, parameters, implied, places}, entry.step->body);
}

ir::RelationPtr Compilation::build_chain(const model::ChainBody& body, const sql::Tables& tables, const sql::Parameters& parameters,
                                         std::vector<components::ImpliedCheck>& implied, sql::Places& places) {
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
  sql::Expressions expressions(&tables, parameters, out_.diagnostics, &places);
  components::Context context{expressions, out_.diagnostics, [&](const model::Node& name) { return lookup(name.text, name.where); },
                              implied};
  components::Input input = *from;
  for (const model::ComponentCall& call : body.calls) {
    const components::ComponentSpec* component = components::find_component(call.component);
    if (component == nullptr) return nullptr;  // the loader said so
    const std::size_t checks_before = implied.size();
    const ir::RelationPtr built = component->build(input, call.parameters, context);
    if (built == nullptr) return nullptr;
    const ir::Place place = places.add(call.where);
    for (std::size_t i = checks_before; i < implied.size(); ++i) implied[i].failing = ir::placed(implied[i].failing, input.relation, place);
    input.relation = ir::placed(built, input.relation, place);
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
  sql::Expressions expressions(&tables, parameters, out_.diagnostics, &compiled.places);
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
    if (failing == nullptr) continue;
    failing = ir::placed(failing, staged.relation, compiled.places.add(check.where));
    compiled.checks.push_back({check.name, check.kind, check.severity, std::move(failing), check.where});
  }
  for (const components::ImpliedCheck& check : implied) {
    compiled.checks.push_back({check.name, "join", model::Check::Severity::error, check.failing, check.where});
  }
}

void Compilation::add_reads(int number, CompiledStep& compiled) {
  const Entry& entry = entries_[static_cast<std::size_t>(number)];
  std::vector<CompiledGroup::Read>& reads = out_.steps[static_cast<std::size_t>(number)].reads;
  const auto add = [&](CompiledGroup::Read read) {
    if (std::find(reads.begin(), reads.end(), read) == reads.end()) reads.push_back(read);
  };
  const auto add_inside = [&](int read) {
    if (read >= 0 && entries_[static_cast<std::size_t>(read)].state == State::done) add({read, -1});
  };
  std::vector<TableName> tables;
  if (compiled.query != nullptr) tables = ir::tables_read(*compiled.query);
  for (const publish::CompiledCheck& check : compiled.checks) {
    for (TableName& table : ir::tables_read(*check.failing)) tables.push_back(std::move(table));
  }
  for (const TableName& table : tables) {
    if (qualified(table, *entry.connection) == entry.target) continue;  // its own staged rows
    const int place = look(entry.member, table);
    const CompiledGroup::Found& found = out_.found[static_cast<std::size_t>(place)];
    if (found.is_inside) {
      add_inside(publisher_inside(entry.member, table));
    } else if (!found.publisher.empty()) {
      add({-1, place});
    } else if (std::find(compiled.sources.begin(), compiled.sources.end(), table) == compiled.sources.end()) {
      compiled.sources.push_back(table);
    }
  }
  for (const auto& name : entry.step->after) add_inside(find_step(entry.member, name.value));
}

}  // namespace penstock::compiler
