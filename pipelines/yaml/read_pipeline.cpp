#include <map>

#include "pipelines/ir/type.h"
#include "pipelines/ir/value.h"
#include "pipelines/model/language.h"
#include "pipelines/yaml/names.h"
#include "pipelines/yaml/reader.h"

namespace penstock::yaml {
namespace {

using model::Located;
using model::Node;
using model::Pipeline;
using Kind = model::Node::Kind;

// Steps and sources share their names: both are called as tables.
class Names {
 public:
  explicit Names(const ReadContext& context) : context_(context) {}

  // False after a diagnostic.
  bool take(const std::string& name, Span where, const std::string& what) {
    const auto [known, is_new] = taken_.emplace(name, std::pair(where, what));
    if (is_new) return true;
    const auto& [first, first_what] = known->second;
    context_.diagnostics.add(
        Diagnostic{Code::duplicate_name,
                   Severity::error,
                   where,
                   "the name \"" + name + "\" is taken by another " + first_what + " of this pipeline",
                   "",
                   what == first_what ? "rename one of them" : "steps and sources share their names: rename one of them",
                   {{first, "the first one"}}});
    return false;
  }

 private:
  const ReadContext& context_;
  std::map<std::string, std::pair<Span, std::string>> taken_;
};

model::Schedule read_schedule(const Node& node, const ReadContext& context) {
  model::Schedule schedule;
  schedule.where = node.where;
  if (node.kind == Kind::scalar) {
    schedule.cron = {node.text, node.where};
    return schedule;
  }
  const ObjectReader reader(node, model::schedule_spec(), context);
  schedule.cron = reader.located("cron").value_or(Located<std::string>{"", node.where});
  schedule.timezone = reader.located("timezone").value_or(schedule.timezone);
  schedule.interval = reader.choice<model::IntervalUnit>("interval");
  schedule.dst_gap = reader.choice<model::Schedule::Gap>("dst_gap").value_or(schedule.dst_gap);
  schedule.dst_overlap = reader.choice<model::Schedule::Overlap>("dst_overlap").value_or(schedule.dst_overlap);
  schedule.misfire = reader.choice<model::Schedule::Misfire>("misfire").value_or(schedule.misfire);
  schedule.overlap = reader.choice<model::Schedule::Concurrency>("overlap").value_or(schedule.overlap);
  if (const auto window = reader.duration("misfire_window")) {
    schedule.misfire_window = std::chrono::duration_cast<std::chrono::seconds>(*window);
  }
  return schedule;
}

model::ParameterSpec read_parameter(const Node::Entry& entry, const ReadContext& context) {
  model::ParameterSpec parameter;
  parameter.name = entry.key;
  parameter.where = entry.where;
  if (entry.value.kind == Kind::scalar) {
    parameter.type = ir::parse_type(entry.value.text).value_or(ir::Type());
    return parameter;
  }
  const ObjectReader reader(entry.value, model::parameter_spec(), context);
  parameter.type = ir::parse_type(reader.text("type")).value_or(ir::Type());
  parameter.description = reader.text("description");
  const Node* fallback = reader.get("default");
  // An empty default is NULL.
  if (fallback == nullptr) fallback = entry.value.find("default");
  if (fallback == nullptr || parameter.type.is_unknown()) return parameter;
  if (fallback->kind == Kind::null) {
    parameter.fallback = ir::Value();
  } else if (fallback->kind == Kind::scalar) {
    Result<ir::Value> value = ir::parse_value(fallback->text, parameter.type);
    if (value) {
      parameter.fallback = *std::move(value);
    } else {
      context.diagnostics.error(Code::invalid_value, fallback->where,
                                "the default of parameter \"" + entry.key + "\" is no " + ir::to_string(parameter.type), "",
                                value.error().message);
    }
  }
  return parameter;
}

std::optional<model::Source> read_source(const Node::Entry& entry, const ReadContext& context) {
  model::Source source;
  source.name = entry.key;
  source.where = entry.where;
  const Node* table = &entry.value;
  if (entry.value.kind != Kind::scalar) {
    const ObjectReader reader(entry.value, model::source_spec(), context);
    table = reader.scalar("table");
    source.description = reader.text("description");
    if (const Node* columns = reader.get("columns"); columns != nullptr && columns->kind == Kind::mapping) {
      source.columns = read_columns(*columns, context);
      source.has_columns = true;
    }
  }
  // A source that could not be read stays, so that the steps that read it are not reported as well.
  if (table == nullptr) return source;
  source.table.where = table->where;
  if (Result<TableName> name = read_table_name(table->text)) source.table.value = *std::move(name);
  return source;
}

bool has_body(const model::Step& step) {
  const auto* sql = std::get_if<model::SqlBody>(&step.body);
  return sql == nullptr || sql->text.kind == Kind::scalar;
}

void read_steps(const Node& list, Names& names, Pipeline& pipeline, const ReadContext& context) {
  pipeline.steps.reserve(list.items.size());
  for (const Node& item : list.items) {
    std::optional<model::Step> step = read_step(item, context);
    if (!step || !names.take(step->name, step->where, "step")) continue;
    if (has_body(*step)) {
      pipeline.steps.push_back(std::move(*step));
    } else {
      pipeline.unreadable_steps.push_back(step->name);
    }
  }
}

}  // namespace

std::optional<Pipeline> read_pipeline(const Node& root, std::uint32_t file, const ReadContext& context) {
  if (root.kind != Kind::mapping) return std::nullopt;
  const ObjectReader reader(root, model::pipeline_spec(), context);
  Pipeline pipeline;
  pipeline.file = file;
  const std::optional<Located<std::string>> name = reader.located("pipeline");
  pipeline.description = reader.text("description");
  pipeline.owner = reader.text("owner");
  for (const Node* tag : reader.scalars("tags")) pipeline.tags.push_back(tag->text);
  if (const Node* schedule = reader.get("schedule")) pipeline.schedule = read_schedule(*schedule, context);
  pipeline.target = reader.located("target");
  pipeline.schema = reader.located("schema");
  pipeline.compute = reader.located("compute");
  if (const Node* parameters = reader.get("parameters")) {
    for (const Node::Entry& entry : parameters->entries) pipeline.parameters.push_back(read_parameter(entry, context));
  }
  Names names(context);
  if (const Node* sources = reader.get("sources")) {
    for (const Node::Entry& entry : sources->entries) {
      names.take(entry.key, entry.where, "source");
      if (auto source = read_source(entry, context)) pipeline.sources.push_back(std::move(*source));
    }
  }
  if (const Node* steps = reader.get("steps")) read_steps(*steps, names, pipeline, context);
  if (!name) return std::nullopt;
  pipeline.name = name->value;
  pipeline.where = name->where;
  pipeline.version = content_hash(root);
  return pipeline;
}

}  // namespace penstock::yaml
