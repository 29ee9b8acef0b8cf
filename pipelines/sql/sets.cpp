#include <algorithm>
#include <utility>

#include "pipelines/sql/select.h"

namespace penstock::sql {
namespace {

using Kind = ir::SetOperation::Kind;

Kind kind_of(Part select) {
  const std::string_view op = select.text("op");
  const bool all = select.flag("all");
  if (op == "SETOP_INTERSECT") return all ? Kind::intersect_all : Kind::intersect_distinct;
  if (op == "SETOP_EXCEPT") return all ? Kind::except_all : Kind::except_distinct;
  return all ? Kind::union_all : Kind::union_distinct;
}

std::string_view name_of_kind(Part select) {
  const std::string_view op = select.text("op");
  return op == "SETOP_INTERSECT" ? "INTERSECT" : op == "SETOP_EXCEPT" ? "EXCEPT" : "UNION";
}

bool is_plain_operation(Part select) {
  return !select["sortClause"] && !select["limitCount"] && !select["limitOffset"] && !select["withClause"];
}

/// a UNION b UNION c is one operation over three; EXCEPT is not associative.
std::vector<Part> inputs_of(Part select) {
  std::vector<Part> inputs{select["rarg"]};
  Part left = select["larg"];
  const bool is_except = select.text("op") == "SETOP_EXCEPT";
  while (!is_except && left.text("op") == select.text("op") && left.flag("all") == select.flag("all") && is_plain_operation(left)) {
    inputs.push_back(left["rarg"]);
    left = left["larg"];
  }
  inputs.push_back(left);
  std::reverse(inputs.begin(), inputs.end());
  return inputs;
}

/// What a query's column is made of; a constant among the outputs of a SELECT is one still.
ir::ExpressionPtr output_of(const Query& query, std::size_t index) {
  const auto* projected = std::get_if<ir::Project>(&query.relation->node);
  return projected ? projected->columns[index].expression : ir::column_of(*query.relation, static_cast<int>(index));
}

/// Where the word stands last before an offset; the syntax tree does not say it of UNION.
std::size_t word_before(const std::string& text, std::size_t offset, std::string_view word) {
  const auto same = [](char left, char right) { return (left | 0x20) == (right | 0x20); };
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(offset, text.size()));
  const auto found = std::find_end(text.begin(), end, word.begin(), word.end(), same);
  return found == end ? offset : static_cast<std::size_t>(found - text.begin());
}

std::size_t first_place(const Query& query) { return query.places.empty() ? 0 : query.places.front(); }

}  // namespace

std::optional<ir::Columns> Resolver::common_columns(const std::vector<Query>& inputs, std::string_view name) {
  ir::Columns columns = inputs.front().relation->columns;
  for (const Query& input : inputs) {
    if (input.relation->columns.size() == columns.size()) continue;
    reporter_.error(first_place(input), Code::column_count_mismatch,
                    "the sides of " + std::string(name) + " have " + std::to_string(columns.size()) + " and " +
                        std::to_string(input.relation->columns.size()) + " columns");
    return std::nullopt;
  }
  for (std::size_t c = 0; c < columns.size(); ++c) {
    std::vector<ir::ExpressionPtr> outputs;
    for (const Query& input : inputs) outputs.push_back(output_of(input, c));
    const std::vector<ir::Type> types = ir::types_together(outputs);
    ir::Column& column = columns.edit()[c];
    column.type = types.front();
    for (std::size_t i = 1; i < inputs.size(); ++i) {
      const auto type = common_type(column.type, types[i]);
      if (!type) {
        reporter_.error(inputs[i].places[c], Code::type_mismatch,
                        "column \"" + column.name.text() + "\" of " + std::string(name) + " is " + to_string(column.type) +
                            " on one side and " + to_string(types[i]) + " on the other",
                        {}, "cast one of them");
        return std::nullopt;
      }
      column.type = *type;
      column.nullable = column.nullable || inputs[i].relation->columns[c].nullable;
    }
    if (column.type.kind == ir::TypeKind::null) column.type = ir::Type::of(ir::TypeKind::text);
  }
  return columns;
}

Query Resolver::coerced(Query query, const ir::Columns& columns) {
  bool differs = false;
  for (std::size_t i = 0; i < columns.size(); ++i) differs = differs || query.relation->columns[i].type != columns[i].type;
  if (!differs) return query;
  const auto* projected = std::get_if<ir::Project>(&query.relation->node);
  std::vector<ir::NamedExpression> expressions;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    ir::ExpressionPtr old = projected ? projected->columns[i].expression : ir::column_of(*query.relation, static_cast<int>(i));
    ir::ExpressionPtr expression = coerced(std::move(old), columns[i].type, query.places[i]);
    if (!expression) return {};
    expressions.push_back({query.relation->columns[i].name, std::move(expression)});
  }
  query.relation = ir::project(projected ? projected->input : query.relation, std::move(expressions));
  return query;
}

Query Resolver::settled(Query query) {
  if (!query) return query;
  const auto is_null = [](const ir::Column& column) { return column.type.kind == ir::TypeKind::null; };
  ir::Columns columns = query.relation->columns;
  if (std::none_of(columns.begin(), columns.end(), is_null)) return query;
  for (ir::Column& column : columns.edit()) {
    if (is_null(column)) column.type = ir::Type::of(ir::TypeKind::text);
  }
  return coerced(std::move(query), columns);
}

Query Resolver::set_operation(Part select, const Frame* outer) {
  std::vector<Query> inputs;
  bool good = true;
  for (const Part input : inputs_of(select)) {
    inputs.push_back(query(input, outer));
    good = good && inputs.back();
  }
  if (!good) return {};
  const auto columns = common_columns(inputs, name_of_kind(select));
  if (!columns) return {};
  const std::size_t place = word_before(reporter_.masked().text, first_place(inputs[1]), name_of_kind(select));
  Query result;
  result.names = inputs.front().names;
  result.places = inputs.front().places;
  result.unnamed = inputs.front().unnamed;
  std::vector<ir::RelationPtr> relations;
  for (Query& input : inputs) {
    Query fitting = coerced(std::move(input), *columns);
    if (!fitting) return {};
    relations.push_back(std::move(fitting.relation));
  }
  result.relation = ir::set_operation(kind_of(select), std::move(relations), *columns, reporter_.mark(place));
  return limited(ordered(std::move(result), select), select);
}

Query Resolver::ordered(Query query, Part select) {
  const bool matters = select["limitCount"] || select["limitOffset"] || depth_ <= 1;
  if (!query || !select["sortClause"] || !matters) return query;
  std::vector<ir::SortKey> keys;
  for (const Part wrapped : select["sortClause"]) {
    const Part sort_by = wrapped["SortBy"];
    const Part node = sort_by["node"];
    const std::size_t place = node.inside().location();
    std::size_t index = query.names.size();
    if (const Part number = node["A_Const"]["ival"]) {
      index = static_cast<std::size_t>(std::max<std::int64_t>(0, number.number("ival") - 1));
    } else if (const Part fields = node["ColumnRef"]["fields"]; fields && fields.size() == 1) {
      const Identifier name = name_of(fields.first()["String"].text("sval"));
      index = static_cast<std::size_t>(std::find(query.names.begin(), query.names.end(), name) - query.names.begin());
    }
    if (index >= query.names.size()) {
      reporter_.error(place, Code::unknown_column, "ORDER BY of a set operation names a column of its first SELECT, or its number");
      return {};
    }
    auto key = sort_key(sort_by, {ir::column_of(*query.relation, static_cast<int>(index)), place});
    if (!key) return {};
    keys.push_back(std::move(*key));
  }
  query.relation = ir::sort(query.relation, std::move(keys));
  return query;
}

std::optional<std::int64_t> Resolver::row_count(Part constant, std::string_view what) {
  const Part number = constant["A_Const"]["ival"];
  const Part large = constant["A_Const"]["fval"];
  if (number && whole_number(constant["A_Const"]) >= 0) return whole_number(constant["A_Const"]);
  if (large) {
    const auto value = ir::parse_value(large.text("fval"), ir::Type::of(ir::TypeKind::int64));
    if (value && std::get<std::int64_t>(*value) >= 0) return std::get<std::int64_t>(*value);
  }
  reporter_.unsupported(constant.inside().location(), std::string(what) + " wants a whole number, written as a constant");
  return std::nullopt;
}

Query Resolver::limited(Query query, Part select) {
  const Part count_part = select["limitCount"];
  const Part offset_part = select["limitOffset"];
  if (!query || (!count_part && !offset_part)) return query;
  if (select.text("limitOption") == "LIMIT_OPTION_WITH_TIES") {
    reporter_.unsupported(count_part.inside().location(), "FETCH ... WITH TIES is not portable", "filter by rank() over (order by ...)");
    return {};
  }
  std::optional<std::int64_t> count;
  const bool all = count_part["A_Const"].flag("isnull");
  if (count_part && !all) {
    count = row_count(count_part, "LIMIT");
    if (!count) return {};
  }
  std::optional<std::int64_t> offset = 0;
  if (offset_part && !offset_part["A_Const"].flag("isnull")) offset = row_count(offset_part, "OFFSET");
  if (!offset) return {};
  if (!count && *offset == 0) return query;
  query = settled(std::move(query));
  if (!std::holds_alternative<ir::Sort>(query.relation->node)) {
    reporter_.warning((count_part ? count_part : offset_part).inside().location(), Code::nondeterministic_order,
                      "LIMIT without ORDER BY takes other rows each time", {}, "say which rows: order by ... limit ...");
  }
  query.relation = ir::limit(query.relation, count, *offset, reporter_.mark((*offset > 0 ? offset_part : count_part).inside().location()));
  return query;
}

}  // namespace penstock::sql
