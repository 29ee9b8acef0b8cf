#include "pipelines/components/building.h"
#include "pipelines/components/list.h"
#include "pipelines/components/reading.h"

namespace penstock::components {
namespace {

constexpr model::KeySpec kKeys[] = {
    {.name = "by",
     .shape = model::Shape::names,
     .doc = "One output row per distinct combination of these columns; NULL counts as a value. Without it there is exactly one row.",
     .example = "[origin, destination]"},
    {.name = "columns",
     .shape = model::Shape::aggregate_map,
     .required = true,
     .doc = "The computed columns: `name: expression` with aggregates such as count(*), sum(x), avg(x) filter (where y).",
     .example = "{flights: count(*), mean_delay: avg(delay)}"},
};

ir::RelationPtr build(const Input& input, const model::Node& parameters, Context& context) {
  const model::Node* wanted = required(parameters, "columns");
  if (!wanted || !has_known_columns(input, parameters.where, context)) return nullptr;
  OutputNames names;
  std::vector<ir::NamedExpression> keys;
  bool good = true;
  if (const model::Node* by = parameters.find("by")) {
    const auto indices = read_columns(*by, input.relation->columns, "the input", context);
    if (!indices) return nullptr;
    keys = columns_at(*input.relation, *indices);
    for (const ir::NamedExpression& key : keys) good = names.add(key.name, by->where, context) && good;
  }
  std::vector<ir::Aggregate::NamedCall> calls;
  std::vector<ir::NamedExpression> results;
  for (const model::Node::Entry& entry : wanted->entries) {
    const auto name = read_name(entry.key, entry.where, context);
    ir::ExpressionPtr result = context.expressions.aggregate(entry.value, scope_of(input), keys, calls);
    if (!name || !result || !names.add(*name, entry.where, context)) {
      good = false;
      continue;
    }
    results.push_back({*name, std::move(result)});
  }
  if (!good) return nullptr;
  const std::size_t key_count = keys.size();
  const ir::RelationPtr grouped = ir::aggregate(input.relation, std::move(keys), std::move(calls));
  std::vector<ir::NamedExpression> columns;
  for (std::size_t i = 0; i < key_count; ++i) columns.push_back({grouped->columns[i].name, ir::column_of(*grouped, static_cast<int>(i))});
  for (ir::NamedExpression& result : results) columns.push_back(std::move(result));
  return ir::project(grouped, std::move(columns));
}

}  // namespace

ComponentSpec aggregate_component() {
  return {.parameters = {"aggregate", "Groups rows and computes sums, counts and the like for each group.", kKeys},
          .example = "aggregate: {by: [origin, destination], columns: {flights: count(*), mean_delay: avg(delay)}}",
          .build = build};
}

}  // namespace penstock::components
