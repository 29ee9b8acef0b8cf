#include "pipelines/components/alignment.h"

#include <algorithm>
#include <optional>
#include <string>

#include "pipelines/components/building.h"
#include "pipelines/components/reading.h"

namespace penstock::components {
namespace {

/// One output column: its name, its type and where each input has it.
struct Aligned {
  Identifier name;
  ir::Type type;
  std::vector<std::optional<int>> places;
};

std::string list_of(const std::vector<std::string>& names) { return (names.size() == 1 ? "column " : "columns ") + quoted_list(names); }

std::vector<std::string> names_missing_in(const Input& input, const Input& other) {
  std::vector<std::string> missing;
  for (const ir::Column& column : other.relation->columns) {
    if (!ir::find_column(input.relation->columns, column.name)) missing.push_back(column.name.text());
  }
  return missing;
}

bool have_same_names(const std::vector<const Input*>& inputs, Span where, Context& context) {
  bool good = true;
  const auto report = [&](const Input& with, const Input& without) {
    const auto missing = names_missing_in(without, with);
    if (missing.empty()) return;
    good = false;
    context.diagnostics.error(Code::column_count_mismatch, where,
                              "\"" + with.name.text() + "\" has the " + list_of(missing) + " and \"" + without.name.text() + "\" has not",
                              {}, "`columns: all` fills what is missing with NULL, `columns: common` leaves it out");
  };
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    report(*inputs[0], *inputs[i]);
    report(*inputs[i], *inputs[0]);
  }
  return good;
}

bool have_same_count(const std::vector<const Input*>& inputs, Span where, Context& context) {
  bool good = true;
  for (const Input* input : inputs) {
    if (input->relation->columns.size() == inputs[0]->relation->columns.size()) continue;
    good = false;
    context.diagnostics.error(Code::column_count_mismatch, where,
                              "\"" + inputs[0]->name.text() + "\" has " + std::to_string(inputs[0]->relation->columns.size()) +
                                  " columns and \"" + input->name.text() + "\" has " + std::to_string(input->relation->columns.size()));
  }
  return good;
}

std::vector<Aligned> by_position(const std::vector<const Input*>& inputs) {
  std::vector<Aligned> columns;
  for (std::size_t i = 0; i < inputs[0]->relation->columns.size(); ++i) {
    columns.push_back({inputs[0]->relation->columns[i].name, {}, std::vector<std::optional<int>>(inputs.size(), static_cast<int>(i))});
  }
  return columns;
}

std::vector<Aligned> by_name(const std::vector<const Input*>& inputs, bool only_common) {
  std::vector<Aligned> columns;
  for (const Input* input : inputs) {
    for (const ir::Column& column : input->relation->columns) {
      const auto known = std::find_if(columns.begin(), columns.end(), [&](const Aligned& aligned) { return aligned.name == column.name; });
      if (known != columns.end()) continue;
      Aligned aligned{column.name, {}, {}};
      for (const Input* other : inputs) aligned.places.push_back(ir::find_column(other->relation->columns, column.name));
      const bool everywhere =
          std::all_of(aligned.places.begin(), aligned.places.end(), [](const auto& place) { return place.has_value(); });
      if (everywhere || !only_common) columns.push_back(std::move(aligned));
    }
  }
  return columns;
}

bool find_common_type(Aligned& column, const std::vector<const Input*>& inputs, Span where, Context& context) {
  std::optional<ir::Type> type;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!column.places[i]) continue;
    const ir::Type& own = inputs[i]->relation->columns[static_cast<std::size_t>(*column.places[i])].type;
    const auto both = type ? ir::common_type(*type, own) : own;
    if (!both) {
      context.diagnostics.error(Code::type_mismatch, where,
                                "the column \"" + column.name.text() + "\" is " + ir::to_string(*type) + " in \"" + inputs[0]->name.text() +
                                    "\" and " + ir::to_string(own) + " in \"" + inputs[i]->name.text() + "\"",
                                {}, "cast one of them first: calculate: {" + column.name.text() + ": ...::" + ir::to_string(*type) + "}");
      return false;
    }
    type = both;
  }
  column.type = *type;
  return true;
}

ir::RelationPtr project_to(const std::vector<Aligned>& columns, const Input& input, std::size_t number) {
  std::vector<ir::NamedExpression> projected;
  for (const Aligned& column : columns) {
    ir::ExpressionPtr value =
        column.places[number] ? ir::column_of(*input.relation, *column.places[number]) : ir::null_literal(column.type);
    if (!column.type.is_unknown() && !(value->type == column.type)) value = ir::cast(std::move(value), column.type);
    projected.push_back({column.name, std::move(value)});
  }
  return ir::project(input.relation, std::move(projected));
}

}  // namespace

std::vector<ir::RelationPtr> align(const std::vector<const Input*>& inputs, Matching matching, Span where, Context& context) {
  for (const Input* input : inputs) {
    if (!has_known_columns(*input, where, context)) return {};
  }
  if (matching == Matching::same_names && !have_same_names(inputs, where, context)) return {};
  if (matching == Matching::position && !have_same_count(inputs, where, context)) return {};
  std::vector<Aligned> columns = matching == Matching::position ? by_position(inputs) : by_name(inputs, matching == Matching::common_names);
  if (columns.empty()) {
    context.diagnostics.error(Code::column_count_mismatch, where, "the inputs have no column in common");
    return {};
  }
  bool good = true;
  for (Aligned& column : columns) good = find_common_type(column, inputs, where, context) && good;
  if (!good) return {};
  std::vector<ir::RelationPtr> relations;
  for (std::size_t i = 0; i < inputs.size(); ++i) relations.push_back(project_to(columns, *inputs[i], i));
  return relations;
}

std::vector<const Input*> inputs_with(const Input& input, const model::Node& names, Context& context) {
  std::vector<const Input*> inputs{&input};
  bool good = true;
  for (const model::Node* name : items_of(names)) {
    const Input* other = context.table(*name);
    good = other && good;
    inputs.push_back(other);
  }
  if (good && inputs.size() < 2) {
    context.diagnostics.error(Code::invalid_component, names.where, "at least one other step or source is needed here");
    good = false;
  }
  if (!good) inputs.clear();
  return inputs;
}

ir::RelationPtr combine(ir::SetOperation::Kind kind, std::vector<ir::RelationPtr> inputs) {
  if (inputs.empty()) return nullptr;
  ir::Columns columns = inputs[0]->columns;
  for (const ir::RelationPtr& input : inputs) {
    for (std::size_t i = 0; i < columns.size(); ++i) columns.edit()[i].nullable |= input->columns[i].nullable;
  }
  return ir::set_operation(kind, std::move(inputs), std::move(columns));
}

}  // namespace penstock::components
