#include "pipelines/components/building.h"
#include "pipelines/components/list.h"
#include "pipelines/components/reading.h"

namespace penstock::components {
namespace {

constexpr model::KeySpec kKeys[] = {
    {.name = "by",
     .shape = model::Shape::names,
     .required = true,
     .doc = "One output row per distinct combination of these columns.",
     .example = "[origin]"},
    {.name = "column", .shape = model::Shape::name, .required = true, .doc = "The column whose values become columns.", .example = "month"},
    {.name = "values",
     .shape = model::Shape::any,
     .required = true,
     .doc = "The values that become columns, as a list, or as `name: value` to name the columns. They are written down so that the columns "
            "are the same at every run; rows with other values count nowhere.",
     .example = "{january: 1, february: 2}"},
    {.name = "aggregate",
     .shape = model::Shape::aggregate,
     .required = true,
     .doc = "What each new column holds: an expression with aggregates over the rows that have its value.",
     .example = "sum(delay)"},
    {.name = "prefix", .shape = model::Shape::text, .doc = "Put before the new columns' names.", .example = "delay_"},
};

struct NewColumn {
  Identifier name;
  ir::ExpressionPtr condition;
};

struct Reader {
  const Input& input;
  int column;
  std::string prefix;
  Context& context;
  std::vector<NewColumn> columns;
  OutputNames names;
  bool good = true;

  ir::ExpressionPtr condition_for(const model::Node& value) {
    ir::ExpressionPtr subject = ir::column_of(*input.relation, column);
    if (value.kind == model::Node::Kind::null) return ir::call(ir::Function::is_null, {std::move(subject)});
    ir::ExpressionPtr wanted = read_literal(value, subject->type, context);
    return wanted ? fitted_call(ir::Function::equal, {std::move(subject), std::move(wanted)}) : nullptr;
  }

  void add(const std::string& text, Span where, const model::Node& value) {
    const auto name = read_name(prefix + text, where, context);
    ir::ExpressionPtr condition = condition_for(value);
    if (!name || !condition || !names.add(*name, where, context)) {
      good = false;
      return;
    }
    columns.push_back({*name, std::move(condition)});
  }

  void read(const model::Node& values) {
    for (const model::Node& value : values.items) {
      add(value.kind == model::Node::Kind::null ? "null" : value.text, value.where, value);
    }
    for (const model::Node::Entry& entry : values.entries) add(entry.key, entry.where, entry.value);
    if (!good || !columns.empty()) return;
    context.diagnostics.error(Code::invalid_component, values.where, "\"values\" needs a list of values, or `name: value`", {},
                              "pivot writes its columns down, so that they are the same at every run");
    good = false;
  }
};

// The aggregates once per new column, each over the rows that have its value.
ir::RelationPtr pivoted(const Input& input, std::vector<ir::NamedExpression> keys, const std::vector<NewColumn>& columns,
                        const ir::ExpressionPtr& result, const std::vector<ir::Aggregate::NamedCall>& calls) {
  const int key_count = static_cast<int>(keys.size());
  std::vector<ir::Aggregate::NamedCall> all;
  std::vector<ir::NamedExpression> results;
  for (const NewColumn& column : columns) {
    const int offset = static_cast<int>(all.size());
    for (ir::Aggregate::NamedCall call : calls) {
      call.name = Identifier::exact("value_" + std::to_string(all.size() + 1));
      call.call.filter = call.call.filter ? ir::all_of({call.call.filter, column.condition}) : column.condition;
      all.push_back(std::move(call));
    }
    results.push_back({column.name, map_columns(result, [=](int index) { return index < key_count ? index : index + offset; })});
  }
  const ir::RelationPtr grouped = ir::aggregate(input.relation, std::move(keys), std::move(all));
  std::vector<ir::NamedExpression> output;
  for (int i = 0; i < key_count; ++i) {
    output.push_back({grouped->columns[static_cast<std::size_t>(i)].name, ir::column_of(*grouped, i)});
  }
  for (ir::NamedExpression& named : results) output.push_back(std::move(named));
  return ir::project(grouped, std::move(output));
}

ir::RelationPtr build(const Input& input, const model::Node& parameters, Context& context) {
  const model::Node* by = required(parameters, "by");
  const model::Node* column = required(parameters, "column");
  const model::Node* values = required(parameters, "values");
  const model::Node* aggregate = required(parameters, "aggregate");
  if (!by || !column || !values || !aggregate || !has_known_columns(input, parameters.where, context)) return nullptr;
  const auto indices = read_columns(*by, input.relation->columns, "the input", context);
  const auto subject = read_column(*column, input.relation->columns, "the input", context);
  if (!indices || !subject) return nullptr;
  const model::Node* prefix = parameters.find("prefix");
  Reader reader{input, *subject, prefix ? prefix->text : std::string(), context, {}, {}};
  std::vector<ir::NamedExpression> keys = columns_at(*input.relation, *indices);
  for (const ir::NamedExpression& key : keys) reader.names.add(key.name, by->where, context);
  reader.read(*values);
  std::vector<ir::Aggregate::NamedCall> calls;
  const ir::ExpressionPtr result = context.expressions.aggregate(*aggregate, scope_of(input), keys, calls);
  if (!reader.good || !result) return nullptr;
  if (calls.empty()) {
    context.diagnostics.error(Code::invalid_component, aggregate->where, "\"aggregate\" needs an aggregate such as sum(x) or count(*)");
    return nullptr;
  }
  return pivoted(input, std::move(keys), reader.columns, result, calls);
}

}  // namespace

ComponentSpec pivot_component() {
  return {.parameters = {"pivot", "Turns the values of one column into columns of their own, each with an aggregate over its rows.", kKeys},
          .example = "pivot: {by: [origin], column: month, values: {january: 1, february: 2}, aggregate: sum(delay)}",
          .build = build};
}

}  // namespace penstock::components
