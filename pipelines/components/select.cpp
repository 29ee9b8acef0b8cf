#include "pipelines/components/building.h"
#include "pipelines/components/list.h"
#include "pipelines/components/reading.h"

namespace penstock::components {
namespace {

constexpr model::KeySpec kKeys[] = {
    {.name = "columns",
     .shape = model::Shape::any,
     .required = true,
     .doc = "The columns to give, in this order: names of the input's columns, and `name: expression` for computed ones.",
     .example = "[origin, destination, {late: delay > 15}]"},
};

struct Selection {
  const Input& input;
  Context& context;
  std::vector<ir::NamedExpression> columns;
  OutputNames names;
  bool good = true;

  void add_column(const model::Node& item) {
    const auto index = read_column(item, input.relation->columns, "the input", context);
    if (!index) {
      good = false;
      return;
    }
    const Identifier& name = input.relation->columns[static_cast<std::size_t>(*index)].name;
    good = names.add(name, item.where, context) && good;
    columns.push_back({name, ir::placed(ir::column_of(*input.relation, *index), context.expressions.place(item))});
  }

  void add_expressions(const model::Node& item) {
    for (const model::Node::Entry& entry : item.entries) {
      const auto name = read_name(entry.key, entry.where, context);
      ir::ExpressionPtr expression = context.expressions.scalar(entry.value, scope_of(input));
      if (!name || !expression || !names.add(*name, entry.where, context)) {
        good = false;
        continue;
      }
      columns.push_back({*name, std::move(expression)});
    }
  }
};

ir::RelationPtr build(const Input& input, const model::Node& parameters, Context& context) {
  const model::Node* list = &parameters;
  // A mapping with the one key `columns` whose value is a list is the long form; any other mapping is name: expression.
  if (const model::Node* columns = parameters.find("columns"); columns && columns->kind == model::Node::Kind::sequence) list = columns;
  if (!has_known_columns(input, list->where, context)) return nullptr;
  Selection selection{input, context, {}, {}};
  for (const model::Node* item : items_of(*list)) {
    if (item->kind == model::Node::Kind::mapping) {
      selection.add_expressions(*item);
    } else {
      selection.add_column(*item);
    }
  }
  if (selection.good && selection.columns.empty()) {
    context.diagnostics.error(Code::invalid_component, list->where, "\"select\" needs at least one column");
    return nullptr;
  }
  return selection.good ? ir::project(input.relation, std::move(selection.columns)) : nullptr;
}

}  // namespace

ComponentSpec select_component() {
  return {.parameters = {"select", "Gives exactly these columns, in this order. Expressions read the columns of the input.", kKeys},
          .shorthand = model::Shape::any,
          .example = "select: [origin, destination, {late: delay > 15}]",
          .build = build};
}

}  // namespace penstock::components
