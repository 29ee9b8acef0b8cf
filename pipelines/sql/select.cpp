#include "pipelines/sql/select.h"

#include <algorithm>
#include <utility>

#include "pipelines/ir/equal.h"

namespace penstock::sql {
namespace {

bool is_distinct(Part select) { return static_cast<bool>(select["distinctClause"]); }

/// SELECT DISTINCT has one empty node there, DISTINCT ON its expressions.
bool is_distinct_on(Part select) { return is_distinct(select) && !select["distinctClause"].first().is_empty(); }

bool has_limit(Part select) { return select["limitCount"] || select["limitOffset"]; }

std::string_view type_word(Part type) {
  std::string_view name;
  for (const Part one : type["names"]) name = one["String"].text("sval");
  return name;
}

}  // namespace

std::string_view implied_name(Part expression) {
  const std::string_view tag = expression.tag();
  const Part inside = expression.inside();
  if (tag == "ColumnRef") {
    std::string_view name;
    for (const Part field : inside["fields"]) name = field["String"].text("sval");
    return name;
  }
  if (tag == "FuncCall") {
    std::string_view name;
    for (const Part one : inside["funcname"]) name = one["String"].text("sval");
    return name;
  }
  if (tag == "TypeCast") {
    const std::string_view name = implied_name(inside["arg"]);
    return name.empty() ? type_word(inside["typeName"]) : name;
  }
  if (tag == "CaseExpr") {
    const std::string_view name = implied_name(inside["defresult"]);
    return name.empty() ? "case" : name;
  }
  if (tag == "CoalesceExpr") return "coalesce";
  if (tag == "MinMaxExpr") return inside.text("op") == "IS_LEAST" ? "least" : "greatest";
  if (tag == "A_Expr" && inside.text("kind") == "AEXPR_NULLIF") return "nullif";
  if (tag == "SubLink" && inside.text("subLinkType") == "EXISTS_SUBLINK") return "exists";
  if (tag == "SubLink" && inside.text("subLinkType") == "EXPR_SUBLINK") {
    const Part item = inside["subselect"]["SelectStmt"]["targetList"].first()["ResTarget"];
    return item["name"] ? item.text("name") : implied_name(item["val"]);
  }
  return {};
}

Identifier unique_name(const Identifier& wanted, std::set<Identifier>& taken) {
  Identifier name = wanted;
  for (int number = 2; !taken.insert(name).second; ++number) name = Identifier::exact(wanted.text() + "_" + std::to_string(number));
  return name;
}

SelectBuilder::SelectBuilder(Resolver& resolver, Part select, const Frame* outer, bool keeps_order)
    : resolver_(resolver), reporter_(resolver.reporter_), select_(select), outer_(outer), keeps_order_(keeps_order) {}

Query SelectBuilder::build() {
  read_aliases();
  if (!read_from_and_where()) return {};
  frame_.scope = &from_.scope;
  frame_.outer = outer_;
  frame_.calls = &calls_;
  frame_.groupings = true;
  frame_.aliases = &aliases_;
  frame_.named_windows = select_["windowClause"];
  // Every clause is read, so that every fault is found, before one of them stops the whole.
  const bool items = read_items();
  const bool groups = items && read_groups();
  const bool having = read_having();
  const bool order = items && read_order();
  if (!items || !groups || !having || !order || !read_distinct_on()) return {};
  if (!lift_groups() || !lift_windows()) return {};
  return arranged(project());
}

void SelectBuilder::read_aliases() {
  for (const Part target : select_["targetList"]) {
    const std::string_view name = target["ResTarget"].text("name");
    if (!name.empty()) aliases_.push_back(name_of(name));
  }
}

bool SelectBuilder::read_from_and_where() {
  from_ = resolver_.from(select_["fromClause"], outer_);
  if (!from_) return false;
  relation_ = from_.relation;
  if (!select_["whereClause"]) return true;
  Frame frame;
  frame.scope = &from_.scope;
  frame.outer = outer_;
  frame.clause = "WHERE";
  frame.aliases = &aliases_;
  ir::ExpressionPtr predicate = resolver_.condition(select_["whereClause"], frame, "WHERE");
  // A wrong filter does not hide what is wrong in the list of columns.
  if (predicate) relation_ = ir::filter(relation_, std::move(predicate));
  return true;
}

void SelectBuilder::add_item(Identifier name, bool named, ir::ExpressionPtr expression, std::size_t place) {
  items_.push_back({std::move(name), named, std::move(expression), place});
}

bool SelectBuilder::read_items() {
  Frame frame = frame_;
  frame.clause = "the SELECT list";
  frame.aggregates = true;
  frame.windows = true;
  bool good = true;
  std::size_t alias = 0;
  for (const Part wrapped : select_["targetList"]) {
    const Part target = wrapped["ResTarget"];
    const Part value = target["val"];
    const Part column = value["ColumnRef"];
    bool is_star = false;
    for (const Part field : column["fields"]) is_star = is_star || field.tag() == "A_Star";
    if (is_star) {
      good = read_star(column["fields"], target.location()) && good;
      continue;
    }
    // A wrong name that is also its own alias is no use of an alias.
    Identifier own = target["name"] ? std::exchange(aliases_[alias], {}) : Identifier();
    Operand operand = resolver_.expression(value, frame);
    if (target["name"]) aliases_[alias++] = std::move(own);
    good = good && operand;
    const std::string_view name = target["name"] ? target.text("name") : implied_name(value);
    add_item(name_of(name.empty() ? "?column?" : name), !name.empty(), std::move(operand.expression), target.location());
  }
  if (good && items_.empty()) {
    reporter_.error(0, Code::sql_syntax, "the SELECT list is empty");
    return false;
  }
  return good;
}

bool SelectBuilder::read_star(Part fields, std::size_t place) {
  const NameScope& scope = from_.scope;
  const bool qualified = fields.size() > 1;
  const Identifier table = qualified ? name_of(fields.first()["String"].text("sval")) : Identifier();
  if (scope.items.empty()) {
    reporter_.error(place, Code::sql_syntax, "* needs a FROM");
    return false;
  }
  const auto add = [&](int position, const Identifier& name) {
    add_item(name, true, ir::placed(scope.read(position, 0), reporter_.mark(place)), place);
  };
  if (!qualified) {
    for (const MergedColumn& merged : scope.merged) add_item(merged.name, true, scope.read(merged, 0), place);
  }
  bool found = false;
  for (const ScopeItem& item : scope.items) {
    if (qualified && item.name != table) continue;
    found = true;
    if (item.open) {
      reporter_.error(place, Code::untyped_column, "the columns of \"" + item.name.text() + "\" are not known, so * cannot be written out",
                      {}, "name the columns, declare them under sources:, or take them from the target with `penstock sources pull`");
      return false;
    }
    for (std::size_t i = 0; i < item.columns.size(); ++i) {
      const int position = item.first + static_cast<int>(i);
      if (qualified || !scope.is_hidden(position)) add(position, item.columns[i]);
    }
  }
  if (found) return true;
  reporter_.error(place, Code::unknown_table, "there is no table \"" + table.text() + "\" in FROM");
  return false;
}

std::optional<std::size_t> SelectBuilder::ordinal(Part part, std::string_view clause, bool& wrong) {
  const Part constant = part["A_Const"];
  if (!constant) return std::nullopt;
  const Part number = constant["ival"];
  const std::int64_t value = number ? number.number("ival") : 0;
  if (number && value >= 1 && static_cast<std::size_t>(value) <= items_.size()) return static_cast<std::size_t>(value - 1);
  wrong = true;
  reporter_.error(
      constant.location(), Code::unknown_column,
      std::string(clause) + (number ? " " + std::to_string(value) + ": the SELECT list has " + std::to_string(items_.size()) + " columns"
                                    : ": a constant is no column"));
  return std::nullopt;
}

const SelectBuilder::Item* SelectBuilder::item_named(const Identifier& name, std::size_t place, bool& ambiguous) {
  const Item* found = nullptr;
  for (const Item& item : items_) {
    if (!item.named || item.name != name || !item.expression) continue;
    if (found && !ir::is_equal(*found->expression, *item.expression)) {
      reporter_.error(place, Code::ambiguous_column, "\"" + name.text() + "\" is the name of two columns of the SELECT list");
      ambiguous = true;
      return nullptr;
    }
    if (!found) found = &item;
  }
  return found;
}

// ORDER BY and DISTINCT ON: a number, the name of an output column, or an expression over FROM, in this order.
Operand SelectBuilder::output_or_expression(Part part, const Frame& frame, std::string_view clause) {
  bool wrong = false;
  if (const auto index = ordinal(part, clause, wrong)) return {items_[*index].expression, part.inside().location()};
  if (wrong) return {};
  const Part fields = part["ColumnRef"]["fields"];
  if (fields && fields.size() == 1) {
    const std::size_t place = part.inside().location();
    const Item* item = item_named(name_of(fields.first()["String"].text("sval")), place, wrong);
    if (wrong) return {};
    if (item) return {item->expression, place};
  }
  return resolver_.expression(part, frame);
}

bool SelectBuilder::read_order() {
  // Rows of a table have no order: it matters for LIMIT and DISTINCT ON, and at the very top for who looks at them.
  Frame frame = frame_;
  frame.clause = "ORDER BY";
  frame.aggregates = true;
  frame.windows = true;
  for (const Part wrapped : select_["sortClause"]) {
    const Part sort_by = wrapped["SortBy"];
    Operand operand = output_or_expression(sort_by["node"], frame, "ORDER BY");
    const std::size_t place = operand.place;
    auto key = resolver_.sort_key(sort_by, std::move(operand));
    if (!key) return false;
    order_.push_back({std::move(*key), place});
  }
  return true;
}

std::vector<ir::NamedExpression> SelectBuilder::output_columns(std::set<Identifier>& taken) const {
  std::vector<ir::NamedExpression> columns;
  for (std::size_t i = 0; i < items_.size(); ++i) {
    const Item& item = items_[i];
    const Identifier name = item.named ? item.name : Identifier::exact("column" + std::to_string(i + 1));
    columns.push_back({unique_name(name, taken), item.expression});
  }
  return columns;
}

Query SelectBuilder::project() {
  Query query;
  for (const Item& item : items_) {
    query.names.push_back(item.name);
    query.places.push_back(item.place);
    query.unnamed.push_back(!item.named);
  }
  std::set<Identifier> taken;
  std::vector<ir::NamedExpression> columns = output_columns(taken);
  bool is_identity = columns.size() == relation_->columns.size();
  for (std::size_t i = 0; is_identity && i < columns.size(); ++i) {
    const auto* read = std::get_if<ir::ColumnRef>(&columns[i].expression->node);
    is_identity = read && read->depth == 0 && read->column == static_cast<int>(i) && columns[i].name == relation_->columns[i].name;
  }
  query.relation = is_identity ? relation_ : ir::project(relation_, std::move(columns));
  return query;
}

Query SelectBuilder::arranged(Query query) {
  // At the very top an order is shown where it costs no other column; a table made from the rows has none.
  const auto is_shown = [this](const Order& order) {
    return std::any_of(items_.begin(), items_.end(),
                       [&](const Item& item) { return ir::is_equal(*item.expression, *order.key.expression); });
  };
  const bool shows_order = keeps_order_ && !is_distinct_on(select_) && std::all_of(order_.begin(), order_.end(), is_shown);
  const bool sorts = !order_.empty() && (has_limit(select_) || shows_order);
  if (!is_distinct(select_) && !sorts && !has_limit(select_)) return query;
  query = resolver_.settled(std::move(query));
  const bool distinct = is_distinct(select_) && !is_distinct_on(select_);
  if (distinct) query.relation = ir::distinct(query.relation);
  if (!sorts) return resolver_.limited(std::move(query), select_);
  std::vector<ir::SortKey> keys;
  std::vector<ir::NamedExpression> hidden;
  std::set<Identifier> taken;
  std::vector<ir::NamedExpression> columns = output_columns(taken);
  for (const Order& order : order_) {
    const auto same =
        std::find_if(items_.begin(), items_.end(), [&](const Item& item) { return ir::is_equal(*item.expression, *order.key.expression); });
    auto index = static_cast<std::size_t>(same - items_.begin());
    if (same == items_.end()) {
      if (distinct) {
        reporter_.error(order.place, Code::sql_unsupported, "with DISTINCT, ORDER BY can only name columns of the SELECT list");
        return {};
      }
      index = columns.size();
      columns.push_back({unique_name(Identifier::exact("order_key"), taken), order.key.expression});
    }
    ir::SortKey key = order.key;
    key.expression = ir::column_for(*columns[index].expression, static_cast<int>(index));
    keys.push_back(std::move(key));
  }
  const bool has_hidden = columns.size() > items_.size();
  if (has_hidden) {
    for (ir::NamedExpression& column : columns) column.expression = resolver_.settled(std::move(column.expression));
    query.relation = ir::project(relation_, std::move(columns));
  }
  query.relation = ir::sort(query.relation, std::move(keys));
  query = resolver_.limited(std::move(query), select_);
  if (!query || !has_hidden) return query;
  std::vector<ir::NamedExpression> shown;
  for (std::size_t i = 0; i < items_.size(); ++i) {
    shown.push_back({query.relation->columns[i].name, ir::column_of(*query.relation, static_cast<int>(i))});
  }
  query.relation = ir::project(query.relation, std::move(shown));
  return query;
}

}  // namespace penstock::sql
