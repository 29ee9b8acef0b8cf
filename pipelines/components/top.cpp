#include "pipelines/components/building.h"
#include "pipelines/components/list.h"
#include "pipelines/components/reading.h"
#include "pipelines/components/uniqueness.h"

namespace penstock::components {
namespace {

constexpr model::KeySpec kKeys[] = {
    {.name = "count", .shape = model::Shape::integer, .required = true, .doc = "How many rows to keep.", .example = "10"},
    {.name = "order",
     .shape = model::Shape::order,
     .required = true,
     .doc = "What comes first; it must not leave ties.",
     .example = "[mean_delay desc, origin]"},
    {.name = "by",
     .shape = model::Shape::names,
     .doc = "Keep that many rows for every combination of these columns; without it, in all.",
     .example = "[state]"},
};

// The first rows of each group are those with a low row number, which no target needs anything special for.
ir::RelationPtr first_of_each(const Input& input, const std::vector<int>& by, std::vector<ir::SortKey> keys, std::int64_t count) {
  const Identifier number = unused_name(input.relation->columns, "row_in_group");
  const ir::RelationPtr counted = numbered(input.relation, ir::Function::row_number, by, std::move(keys), number);
  const int last = static_cast<int>(input.relation->columns.size());
  const ir::ExpressionPtr most = ir::literal(count, counted->columns.back().type);
  const ir::RelationPtr firsts = ir::filter(counted, ir::call(ir::Function::less_equal, {ir::column_of(*counted, last), most}));
  return ir::project(firsts, all_columns(*input.relation));
}

ir::RelationPtr build(const Input& input, const model::Node& parameters, Context& context) {
  const model::Node* count = required(parameters, "count");
  const model::Node* order = required(parameters, "order");
  if (!count || !order || !has_known_columns(input, parameters.where, context)) return nullptr;
  const auto most = read_count(*count, context);
  auto keys = read_order(*order, scope_of(input), context);
  std::vector<int> by;
  if (const model::Node* names = parameters.find("by")) {
    auto indices = read_columns(*names, input.relation->columns, "the input", context);
    if (!indices) return nullptr;
    by = *std::move(indices);
  }
  if (!most || !keys) return nullptr;
  warn_unless_total(input, by, *keys, order->where, context);
  if (!by.empty()) return first_of_each(input, by, *std::move(keys), *most);
  return ir::limit(ir::sort(input.relation, *std::move(keys)), *most);
}

}  // namespace

ComponentSpec top_component() {
  return {.parameters = {"top", "Keeps the first rows of an order, in all or of each group.", kKeys},
          .example = "top: {count: 10, order: [flights desc, origin]}",
          .build = build};
}

}  // namespace penstock::components
