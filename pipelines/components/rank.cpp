#include "pipelines/components/building.h"
#include "pipelines/components/list.h"
#include "pipelines/components/reading.h"
#include "pipelines/components/uniqueness.h"

namespace penstock::components {
namespace {

constexpr std::string_view kMethods[] = {"row_number", "rank", "dense_rank"};

constexpr model::KeySpec kKeys[] = {
    {.name = "by",
     .shape = model::Shape::names,
     .doc = "The ranks start again for every combination of these columns.",
     .example = "[state]"},
    {.name = "order",
     .shape = model::Shape::order,
     .required = true,
     .doc = "What comes first. NULLs come last ascending and first descending unless `nulls first|last` says otherwise.",
     .example = "[mean_delay desc, origin, destination]"},
    {.name = "as", .shape = model::Shape::name, .required = true, .doc = "The name of the new column.", .example = "place"},
    {.name = "method",
     .shape = model::Shape::choice,
     .doc = "row_number (the default) counts 1, 2, 3 and needs an order without ties; rank gives ties the same number and leaves a gap "
            "after them; dense_rank leaves no gap.",
     .example = "dense_rank",
     .choices = kMethods},
};

ir::Function function_named(const std::string& method) {
  if (method == "rank") return ir::Function::rank;
  if (method == "dense_rank") return ir::Function::dense_rank;
  return ir::Function::row_number;
}

ir::RelationPtr build(const Input& input, const model::Node& parameters, Context& context) {
  const model::Node* order = required(parameters, "order");
  const model::Node* as = required(parameters, "as");
  if (!order || !as || !has_known_columns(input, parameters.where, context)) return nullptr;
  std::vector<int> by;
  if (const model::Node* names = parameters.find("by")) {
    auto indices = read_columns(*names, input.relation->columns, "the input", context);
    if (!indices) return nullptr;
    by = *std::move(indices);
  }
  std::string method = "row_number";
  if (const model::Node* choice = parameters.find("method")) {
    const auto read = read_choice(*choice, kMethods, context);
    if (!read) return nullptr;
    method = *read;
  }
  auto keys = read_order(*order, scope_of(input), context);
  const auto name = read_name(as->text, as->where, context);
  if (!keys || !name) return nullptr;
  if (ir::find_column(input.relation->columns, *name)) {
    context.diagnostics.error(Code::duplicate_column, as->where, "the input has a column \"" + name->text() + "\" already", {},
                              "choose another name, or drop that column first");
    return nullptr;
  }
  if (method == "row_number") warn_unless_total(input, by, *keys, order->where, context);
  return numbered(input.relation, function_named(method), by, *std::move(keys), *name);
}

}  // namespace

ComponentSpec rank_component() {
  return {.parameters = {"rank", "Numbers the rows of each group in an order, as a new last column.", kKeys},
          .example = "rank: {by: [state], order: [mean_delay desc, origin, destination], as: place}",
          .build = build};
}

}  // namespace penstock::components
