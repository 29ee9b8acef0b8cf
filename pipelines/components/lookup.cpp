#include "pipelines/components/joining.h"
#include "pipelines/components/list.h"
#include "pipelines/components/reading.h"

namespace penstock::components {
namespace {

constexpr model::KeySpec kKeys[] = {
    {.name = "in", .shape = model::Shape::given_name, .required = true, .doc = "The step or source to look in.", .example = "airports"},
    {.name = "on",
     .shape = model::Shape::expression,
     .required = true,
     .doc = "The condition, or a list of columns that both have and that must be equal.",
     .example = "origin = airports.iata",
     .shorthand = model::Shape::names,
     .has_shorthand = true},
    {.name = "columns",
     .shape = model::Shape::any,
     .required = true,
     .doc = "The columns to fetch, as names or as `new: old`.",
     .example = "[city, {origin_state: state}]"},
};

ir::RelationPtr build(const Input& input, const model::Node& parameters, Context& context) {
  const model::Node* table = required(parameters, "in");
  const model::Node* on = required(parameters, "on");
  const model::Node* columns = required(parameters, "columns");
  if (!table || !on || !columns || !has_known_columns(input, parameters.where, context)) return nullptr;
  const Input* right = context.table(*table);
  if (!right || !has_known_columns(*right, table->where, context)) return nullptr;
  const Joining joining{input, *right, ir::Join::Kind::left, read_condition(*on, input, *right, context)};
  const auto taken = read_taken(*columns, *right, context);
  if (!joining.condition || !taken) return nullptr;
  expect_at_most_one(joining, table->where, context);
  return joined(joining, *taken, context);
}

}  // namespace

ComponentSpec lookup_component() {
  return {
      .parameters = {"lookup",
                     "Fetches columns of a matching row of another step or source, NULL where there is none. Two matches stop the publish, "
                     "so it never makes more rows.",
                     kKeys},
      .example = "lookup: {in: airports, on: origin = airports.iata, columns: [{origin_state: state}]}",
      .build = build};
}

}  // namespace penstock::components
