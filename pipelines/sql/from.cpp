#include <algorithm>
#include <utility>

#include "pipelines/base/suggest.h"
#include "pipelines/sql/resolver.h"

namespace penstock::sql {
namespace {

/// The parser gives joins no place: that of the first table in them does.
std::size_t place_of(Part part) {
  for (int steps = 0; steps < 64 && part; ++steps) {
    if (const auto location = part.location()) return location;
    const Part inside = part["JoinExpr"];
    part = inside ? inside["rarg"] : part.inside();
  }
  return 0;
}

ir::Join::Kind kind_of(Part join) {
  const std::string_view type = join.text("jointype");
  if (type == "JOIN_LEFT") return ir::Join::Kind::left;
  if (type == "JOIN_RIGHT") return ir::Join::Kind::right;
  return type == "JOIN_FULL" ? ir::Join::Kind::full : ir::Join::Kind::inner;
}

ir::RelationPtr with_columns(const ir::RelationPtr& relation, const OpenColumns& names) {
  ir::Columns columns = relation->columns;
  for (const Identifier& name : names) columns.push_back({name, ir::Type{}, true});
  if (const auto* native = std::get_if<ir::Native>(&relation->node)) {
    return ir::native(ir::Native{native->texts, native->values, std::move(columns), native->reads});
  }
  const auto* scan = std::get_if<ir::Scan>(&relation->node);
  return scan ? ir::scan(scan->table, std::move(columns), scan->alias) : relation;
}

ir::RelationPtr with_alias(const ir::RelationPtr& relation, const Identifier& name) {
  const auto* scan = std::get_if<ir::Scan>(&relation->node);
  if (!scan || scan->alias == name || (scan->alias.empty() && scan->table.name == name)) return relation;
  return ir::scan(scan->table, scan->columns, name);
}

std::vector<Identifier> names_of(const ir::Columns& columns) {
  std::vector<Identifier> names;
  names.reserve(columns.size());
  for (const ir::Column& column : columns) names.push_back(column.name);
  return names;
}

}  // namespace

FromItem Resolver::from(Part list, const Frame* outer) {
  FromItem all;
  for (const Part part : list) {
    FromItem item = from_item(part, outer);
    if (!item) return {};
    all = all ? joined_on(ir::Join::Kind::cross, std::move(all), std::move(item), nullptr) : std::move(item);
    if (!check_distinct_names(all.scope, place_of(part))) return {};
  }
  // A SELECT without FROM gives one row.
  if (!all) all.relation = ir::values({}, {{}});
  return all;
}

FromItem Resolver::from_item(Part part, const Frame* outer) {
  const std::string_view tag = part.tag();
  const Part inside = part.inside();
  const std::size_t place = place_of(part);
  if (!descend(place)) return {};
  ++depth_;
  FromItem item;
  if (tag == "RangeVar") {
    item = table(inside);
  } else if (tag == "RangeSubselect") {
    item = derived_table(inside, outer);
  } else if (tag == "JoinExpr") {
    item = join(inside, outer);
  } else if (tag == "RangeFunction") {
    const Part function = inside["functions"].first()["List"]["items"].first()["FuncCall"];
    reporter_.unsupported(function.location(), "functions in FROM are not portable",
                          "list the values: from (values (1), (2)) as t(x), or read a table of them");
  } else if (tag == "RangeTableSample") {
    reporter_.unsupported(place, "TABLESAMPLE gives other rows each time", "filter by a hash of the key: md5(key) < '1'");
  } else {
    reporter_.unsupported(place, "this kind of table is not supported in FROM (" + std::string(tag) + ")");
  }
  --depth_;
  return item;
}

FromItem Resolver::named(ir::RelationPtr relation, Identifier name, std::vector<Identifier> columns, Part alias, std::size_t place) {
  if (alias) name = name_of(alias.text("aliasname"));
  std::size_t index = 0;
  for (const Part column : alias["colnames"]) {
    if (index >= columns.size()) {
      reporter_.error(place, Code::column_count_mismatch,
                      "\"" + name.text() + "\" has " + std::to_string(columns.size()) + " columns, and more names are given");
      return {};
    }
    columns[index++] = name_of(column["String"].text("sval"));
  }
  FromItem item;
  item.scope.columns = relation->columns;
  item.scope.items.push_back({std::move(name), std::move(columns), 0, nullptr});
  item.relation = std::move(relation);
  return item;
}

FromItem Resolver::table(Part part) {
  const Identifier name = name_of(part.text("relname"));
  const std::string_view schema = part.text("schemaname");
  const std::size_t place = part.location();
  if (schema.empty()) {
    for (auto common = common_tables_.rbegin(); common != common_tables_.rend(); ++common) {
      if (common->name == name) return named(common->relation, name, common->columns, part["alias"], place);
    }
  }
  const std::string written = (schema.empty() ? "" : std::string(schema) + ".") + name.text();
  const components::Input* input = tables_ && part.text("catalogname").empty() ? tables_->find(written) : nullptr;
  if (input && input->relation) return table_of(*input, part);
  report_unknown_table(written, place);
  return {};
}

FromItem Resolver::table_of(const components::Input& input, Part part) {
  const std::size_t place = part.location();
  ir::RelationPtr relation = input.relation;
  OpenColumns* open = nullptr;
  if (input.open) {
    open = &open_[place];
    if (!open->empty()) relation = with_columns(relation, *open);
  }
  const Identifier name = name_of(part.text("relname"));
  std::vector<Identifier> columns = names_of(relation->columns);
  FromItem item = named(std::move(relation), name, std::move(columns), part["alias"], place);
  if (!item) return {};
  item.scope.items.front().open = open;
  item.relation = with_alias(item.relation, item.scope.items.front().name);
  return item;
}

void Resolver::report_unknown_table(const std::string& name, std::size_t place) {
  if (!tables_) {
    reporter_.unsupported(place, "a table cannot be named here", "join it in a step before");
    return;
  }
  std::vector<std::string> known = tables_->names();
  for (const CommonTable& common : common_tables_) known.push_back(common.name.text());
  std::string suggestion = did_you_mean(name, known);
  std::string help = "a table is a step, or declared under sources:";
  if (name.find('.') != std::string::npos) help = "tables of the target are declared under sources: and used by their short name";
  reporter_.error(place, Code::unknown_table, "there is no step or source \"" + name + "\"", std::move(suggestion), std::move(help));
}

FromItem Resolver::derived_table(Part part, const Frame* outer) {
  const Part select = part["subquery"]["SelectStmt"];
  const std::size_t place = place_of(select["targetList"].first());
  if (part.flag("lateral")) {
    reporter_.unsupported(place, "LATERAL is not portable", "use a window function, or a subquery in the SELECT list");
    return {};
  }
  Query rows = settled(query(select, outer));
  if (!rows) return {};
  return named(std::move(rows.relation), {}, std::move(rows.names), part["alias"], place);
}

bool Resolver::check_distinct_names(const NameScope& scope, std::size_t place) {
  for (std::size_t i = 0; i < scope.items.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (scope.items[i].name.empty() || scope.items[i].name != scope.items[j].name) continue;
      reporter_.error(place, Code::duplicate_name, "table name \"" + scope.items[i].name.text() + "\" is used twice in FROM", {},
                      "give one an alias: from t as a join t as b on ...");
      return false;
    }
  }
  return true;
}

FromItem Resolver::joined_on(ir::Join::Kind kind, FromItem left, FromItem right, ir::ExpressionPtr condition) {
  FromItem item;
  item.relation = ir::join(kind, left.relation, right.relation, std::move(condition));
  item.scope = joined(std::move(left.scope), std::move(right.scope));
  item.scope.columns = item.relation->columns;
  return item;
}

FromItem Resolver::join(Part part, const Frame* outer) {
  const std::size_t place = place_of(part["rarg"]);
  FromItem left = from_item(part["larg"], outer);
  FromItem right = from_item(part["rarg"], outer);
  if (!left || !right) return {};
  if (part.flag("isNatural")) {
    reporter_.unsupported(place, "NATURAL JOIN changes its meaning whenever a table gets a column",
                          "write using (key), or on a.key = b.key");
    return {};
  }
  if (part["alias"]) {
    reporter_.unsupported(place, "an alias for a whole join is not supported", "put the join into a subquery and name that");
    return {};
  }
  const ir::Join::Kind kind = kind_of(part);
  if (!part["usingClause"].is_empty()) return join_using(kind, std::move(left), std::move(right), part["usingClause"]);
  if (!part["quals"]) return joined_on(ir::Join::Kind::cross, std::move(left), std::move(right), nullptr);
  NameScope both = joined(left.scope, right.scope);
  both.columns = left.scope.columns;
  both.columns.append(right.scope.columns);
  if (!check_distinct_names(both, place)) return {};
  Frame frame;
  frame.scope = &both;
  frame.outer = outer;
  frame.clause = "ON";
  ir::ExpressionPtr on = condition(part["quals"], frame, "ON");
  return on ? joined_on(kind, std::move(left), std::move(right), std::move(on)) : FromItem{};
}

std::optional<MergedColumn> Resolver::using_column(const NameScope& scope, const Identifier& name, std::size_t place) {
  for (const MergedColumn& merged : scope.merged) {
    if (merged.name == name) return merged;
  }
  Frame frame;
  frame.scope = &scope;
  const Operand operand = find_column(name, place, frame);
  if (!operand) return std::nullopt;
  const int position = std::get<ir::ColumnRef>(operand.expression->node).column;
  return MergedColumn{name, {position}, {position}, operand.expression->type};
}

FromItem Resolver::join_using(ir::Join::Kind kind, FromItem left, FromItem right, Part names) {
  const int shift = static_cast<int>(left.scope.columns.size());
  // USING gives its columns no place; the first time the word stands in the text does.
  const std::string& text = reporter_.masked().text;
  const std::size_t using_at = std::min(text.find("using"), text.find("USING"));
  NameScope both = joined(left.scope, right.scope);
  both.columns = left.scope.columns;
  both.columns.append(right.scope.columns);
  std::vector<ir::ExpressionPtr> conditions;
  std::vector<MergedColumn> merged;
  for (const Part part : names) {
    const Identifier name = name_of(part["String"].text("sval"));
    const std::size_t at = std::min(text.find(name.text(), using_at == std::string::npos ? 0 : using_at), text.size());
    const auto one = using_column(left.scope, name, at);
    auto other = using_column(right.scope, name, at);
    if (!one || !other) return {};
    for (int& position : other->sources) position += shift;
    for (int& position : other->hidden) position += shift;
    Operand equal = binary("=", {both.read(*one, 0), at}, {both.read(*other, 0), at}, at);
    if (!equal) return {};
    conditions.push_back(std::move(equal.expression));
    MergedColumn column = kind == ir::Join::Kind::right ? *other : *one;
    if (kind == ir::Join::Kind::full) column.sources.insert(column.sources.end(), other->sources.begin(), other->sources.end());
    column.hidden = one->hidden;
    column.hidden.insert(column.hidden.end(), other->hidden.begin(), other->hidden.end());
    column.type = common_type(one->type, other->type).value_or(ir::Type{});
    merged.push_back(std::move(column));
  }
  FromItem item = joined_on(kind, std::move(left), std::move(right), ir::all_of(std::move(conditions)));
  // A column that is merged again counts only as what it has become.
  std::erase_if(item.scope.merged, [&](const MergedColumn& old) {
    return std::any_of(merged.begin(), merged.end(), [&](const MergedColumn& column) { return column.name == old.name; });
  });
  for (MergedColumn& column : item.scope.merged) merged.push_back(std::move(column));
  item.scope.merged = std::move(merged);
  return item;
}

}  // namespace penstock::sql
