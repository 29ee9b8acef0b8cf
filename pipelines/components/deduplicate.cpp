#include "pipelines/components/building.h"
#include "pipelines/components/list.h"
#include "pipelines/components/reading.h"
#include "pipelines/components/uniqueness.h"

namespace penstock::components {
namespace {

constexpr std::string_view kKeeps[] = {"first", "last"};

constexpr model::KeySpec kKeys[] = {
    {.name = "by",
     .shape = model::Shape::names,
     .required = true,
     .doc = "The key: one row is kept for every combination of these columns. NULL counts as a value.",
     .example = "[customer_id]"},
    {.name = "order",
     .shape = model::Shape::order,
     .required = true,
     .doc = "In which order the rows of one key are looked at; it must not leave ties.",
     .example = "[updated_at desc, version desc]"},
    {.name = "keep",
     .shape = model::Shape::choice,
     .doc = "Which row of that order stays: first (the default) or last.",
     .example = "first",
     .choices = kKeeps},
};

ir::RelationPtr build(const Input& input, const model::Node& parameters, Context& context) {
  const model::Node* by = required(parameters, "by");
  const model::Node* order = required(parameters, "order");
  if (!by || !order || !has_known_columns(input, parameters.where, context)) return nullptr;
  const auto indices = read_columns(*by, input.relation->columns, "the input", context);
  auto keys = read_order(*order, scope_of(input), context);
  if (!indices || !keys) return nullptr;
  if (const model::Node* keep = parameters.find("keep")) {
    const auto read = read_choice(*keep, kKeeps, context);
    if (!read) return nullptr;
    if (*read == "last") {
      for (ir::SortKey& key : *keys) {
        key.descending = !key.descending;
        key.nulls_first = !key.nulls_first;
      }
    }
  }
  warn_unless_total(input, *indices, *keys, order->where, context);
  const Identifier number = unused_name(input.relation->columns, "row_in_key");
  const ir::RelationPtr counted = numbered(input.relation, ir::Function::row_number, *indices, *std::move(keys), number);
  const int last = static_cast<int>(input.relation->columns.size());
  const ir::RelationPtr firsts = ir::filter(
      counted, ir::call(ir::Function::equal, {ir::column_of(*counted, last), ir::literal(std::int64_t{1}, counted->columns.back().type)}));
  return ir::project(firsts, all_columns(*input.relation));
}

}  // namespace

ComponentSpec deduplicate_component() {
  return {.parameters = {"deduplicate", "Keeps one whole row per key: the first or the last in an order.", kKeys},
          .example = "deduplicate: {by: [customer_id], order: [updated_at desc, version desc]}",
          .build = build};
}

}  // namespace penstock::components
