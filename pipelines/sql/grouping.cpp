#include <algorithm>
#include <utility>

#include "pipelines/ir/equal.h"
#include "pipelines/sql/select.h"

namespace penstock::sql {
namespace {

using ir::Function;

/// Finds aggregates and window functions in an expression that may hold none.
class PlaceholderFinder final : public ir::Walker {
 public:
  bool found = false;

 protected:
  void enter_expression(const ir::Expression& expression) override {
    const auto* read = std::get_if<ir::ColumnRef>(&expression.node);
    found = found || (read && read->column >= kAggregateBase);
  }
};

bool has_placeholder(const ir::Expression& expression) {
  PlaceholderFinder finder;
  finder.walk(expression);
  return finder.found;
}

/// Columns that together tell every row from every other, where the operators prove it.
std::optional<std::vector<int>> proven_key(const ir::Relation& relation) {
  std::vector<int> key;
  if (const auto* grouped = std::get_if<ir::Aggregate>(&relation.node)) {
    for (std::size_t i = 0; i < grouped->keys.size(); ++i) key.push_back(static_cast<int>(i));
    return key;
  }
  if (const auto* filtered = std::get_if<ir::Filter>(&relation.node)) return proven_key(*filtered->input);
  if (const auto* common = std::get_if<ir::Common>(&relation.node)) return proven_key(*common->input);
  if (const auto* windowed = std::get_if<ir::Window>(&relation.node)) return proven_key(*windowed->input);
  if (const auto* projected = std::get_if<ir::Project>(&relation.node)) {
    const auto inner = proven_key(*projected->input);
    if (!inner) return std::nullopt;
    for (const int wanted : *inner) {
      const auto kept = std::find_if(projected->columns.begin(), projected->columns.end(), [wanted](const ir::NamedExpression& column) {
        const auto* read = std::get_if<ir::ColumnRef>(&column.expression->node);
        return read && read->depth == 0 && read->column == wanted;
      });
      if (kept == projected->columns.end()) return std::nullopt;
      key.push_back(static_cast<int>(kept - projected->columns.begin()));
    }
    return key;
  }
  const auto* set = std::get_if<ir::SetOperation>(&relation.node);
  const bool distinct_set =
      set && (set->kind == ir::SetOperation::Kind::union_distinct || set->kind == ir::SetOperation::Kind::except_distinct ||
              set->kind == ir::SetOperation::Kind::intersect_distinct);
  if (!distinct_set && !std::holds_alternative<ir::Distinct>(relation.node)) return std::nullopt;
  for (std::size_t i = 0; i < relation.columns.size(); ++i) key.push_back(static_cast<int>(i));
  return key;
}

bool names_column(const std::vector<ir::ExpressionPtr>& expressions, int column) {
  return std::any_of(expressions.begin(), expressions.end(), [column](const ir::ExpressionPtr& expression) {
    const auto* read = std::get_if<ir::ColumnRef>(&expression->node);
    return read && read->depth == 0 && read->column == column;
  });
}

}  // namespace

std::optional<int> SelectBuilder::add_group(Part part) {
  Frame frame = frame_;
  frame.clause = "GROUP BY";
  bool wrong = false;
  Operand operand;
  if (const auto index = ordinal(part, "GROUP BY", wrong)) {
    operand = {items_[*index].expression, part.inside().location()};
  } else if (wrong) {
    return std::nullopt;
  } else {
    // A name means a column of FROM first, and only then one of the SELECT list.
    const Part fields = part["ColumnRef"]["fields"];
    if (fields && fields.size() == 1) {
      const Identifier name = name_of(fields.first()["String"].text("sval"));
      const std::size_t place = part.inside().location();
      const auto has = [&name](const ScopeItem& item) {
        return std::find(item.columns.begin(), item.columns.end(), name) != item.columns.end();
      };
      const bool in_from = std::any_of(from_.scope.items.begin(), from_.scope.items.end(), has);
      const Item* item = in_from ? nullptr : item_named(name, place, wrong);
      if (wrong) return std::nullopt;
      if (item) operand = {item->expression, place};
    }
    if (!operand) operand = resolver_.expression(part, frame);
  }
  if (!operand) return std::nullopt;
  if (has_placeholder(*operand.expression)) {
    reporter_.error(operand.place, Code::misplaced_aggregate, "GROUP BY cannot hold an aggregate or a window function", {},
                    "compute it in a subquery and group by its column");
    return std::nullopt;
  }
  ir::ExpressionPtr key = resolver_.settled(std::move(operand.expression));
  const auto same =
      std::find_if(groups_.begin(), groups_.end(), [&key](const ir::NamedExpression& one) { return ir::is_equal(*one.expression, *key); });
  const int index = static_cast<int>(same - groups_.begin());
  if (same == groups_.end()) groups_.push_back({{}, std::move(key)});
  return index;
}

bool SelectBuilder::read_having() {
  if (!select_["havingClause"]) return true;
  Frame frame = frame_;
  frame.clause = "HAVING";
  frame.aggregates = true;
  frame.aliases = &aliases_;
  having_ = resolver_.condition(select_["havingClause"], frame, "HAVING");
  return having_ != nullptr;
}

bool SelectBuilder::read_distinct_on() {
  const Part list = select_["distinctClause"];
  if (!list || list.first().is_empty()) return true;
  Frame frame = frame_;
  frame.clause = "DISTINCT ON";
  frame.aggregates = true;
  frame.windows = true;
  for (const Part part : list) {
    Operand operand = output_or_expression(part, frame, "DISTINCT ON");
    if (!operand) return false;
    distinct_on_.push_back(std::move(operand));
  }
  for (std::size_t i = 0; i < order_.size() && i < distinct_on_.size(); ++i) {
    const auto same = [&](const Operand& one) { return ir::is_equal(*one.expression, *order_[i].key.expression); };
    if (std::any_of(distinct_on_.begin(), distinct_on_.end(), same)) continue;
    reporter_.error(order_[i].place, Code::sql_syntax, "ORDER BY must start with the expressions of DISTINCT ON");
    return false;
  }
  return true;
}

// The name of the SELECT list for a key or call that stands there by itself, so that the SQL reads as it was written.
Identifier SelectBuilder::name_for(const ir::Expression& raw, std::string_view fallback, std::set<Identifier>& taken) const {
  for (const Item& item : items_) {
    if (item.named && ir::is_equal(*item.expression, raw) && !taken.contains(item.name)) return unique_name(item.name, taken);
  }
  const auto* read = std::get_if<ir::ColumnRef>(&raw.node);
  if (read && read->depth == 0 && static_cast<std::size_t>(read->column) < from_.scope.columns.size()) {
    return unique_name(from_.scope.columns[static_cast<std::size_t>(read->column)].name, taken);
  }
  return unique_name(Identifier::exact(std::string(fallback)), taken);
}

bool SelectBuilder::lift(ir::Rewriter& lifting) {
  for (Item& item : items_) item.expression = lifting.rewrite(item.expression);
  for (Order& order : order_) order.key.expression = lifting.rewrite(order.key.expression);
  for (Operand& operand : distinct_on_) operand.expression = lifting.rewrite(operand.expression);
  if (having_) having_ = lifting.rewrite(having_);
  for (ir::WindowCall& call : calls_.windows) {
    for (ir::ExpressionPtr& argument : call.arguments) argument = lifting.rewrite(argument);
    for (ir::ExpressionPtr& key : call.partition_by) key = lifting.rewrite(key);
    for (ir::SortKey& key : call.order_by) key.expression = lifting.rewrite(key.expression);
    if (call.filter) call.filter = lifting.rewrite(call.filter);
  }
  return true;
}

bool SelectBuilder::lift_groups() {
  const bool aggregated = !select_["groupClause"].is_empty() || !calls_.aggregates.empty() || !calls_.groupings.empty() || having_;
  if (!aggregated) return true;
  if (!check_groupings()) return false;
  if (groups_.empty() && calls_.aggregates.empty()) {
    reporter_.unsupported(items_.front().place, "this SELECT makes one group of all rows and computes nothing from it",
                          "leave GROUP BY () and HAVING out");
    return false;
  }
  std::set<Identifier> taken;
  for (std::size_t i = 0; i < groups_.size(); ++i)
    groups_[i].name = name_for(*groups_[i].expression, "key_" + std::to_string(i + 1), taken);
  std::vector<ir::Aggregate::NamedCall> calls;
  for (std::size_t i = 0; i < calls_.aggregates.size(); ++i) {
    const ir::AggregateCall& call = calls_.aggregates[i];
    const ir::ExpressionPtr placeholder = ir::column(kAggregateBase + static_cast<int>(i), call.type, call.nullable);
    calls.push_back({name_for(*placeholder, ir::spec(call.function).name, taken), call});
  }
  std::vector<Identifier> flags;
  for (std::size_t i = 0; i < calls_.groupings.size(); ++i) {
    flags.push_back(
        name_for(*ir::column(kGroupingBase + static_cast<int>(i), ir::Type::of(ir::TypeKind::int32), false), "grouping", taken));
  }
  relation_ = grouped(calls, flags);
  GroupLifting lifting(groups_, calls_, from_.scope.columns, reporter_);
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    if (relation_->columns[i].nullable) lifting.make_nullable(static_cast<int>(i));
  }
  lift(lifting);
  if (!lifting.is_good()) return false;
  if (having_) relation_ = ir::filter(relation_, having_);
  return true;
}

void SelectBuilder::check_total_order(const ir::WindowCall& call, std::size_t place) const {
  if (call.function != Function::row_number) return;
  std::vector<ir::ExpressionPtr> expressions = call.partition_by;
  std::size_t deciding = 0;
  for (const ir::SortKey& key : call.order_by) {
    const auto same = [&key](const ir::ExpressionPtr& one) { return ir::is_equal(*one, *key.expression); };
    const bool repeats = std::any_of(expressions.begin(), expressions.end(), same);
    if (!repeats && !std::holds_alternative<ir::Literal>(key.expression->node)) ++deciding;
    expressions.push_back(key.expression);
  }
  if (const auto key = proven_key(*relation_)) {
    if (std::all_of(key->begin(), key->end(), [&](int column) { return names_column(expressions, column); })) return;
  } else if (deciding >= 2) {
    // Nothing is known of the rows, and whoever wrote a second key has thought of ties.
    return;
  }
  reporter_.warning(place, Code::nondeterministic_order, "rows that are equal in this order are numbered in another way each time", {},
                    "add columns to ORDER BY until no two rows of a partition are equal; rank() gives equal rows the same number");
}

bool SelectBuilder::lift_windows() {
  if (calls_.windows.empty() && distinct_on_.empty()) return true;
  for (std::size_t i = 0; i < calls_.windows.size(); ++i) check_total_order(calls_.windows[i], calls_.window_places[i]);
  std::set<Identifier> taken;
  bool repeats = false;
  for (const ir::Column& column : relation_->columns) repeats = !taken.insert(column.name).second || repeats;
  if (repeats) {
    // Two sides of a join may share names; the columns of a window stand beside all of them.
    taken.clear();
    std::vector<ir::NamedExpression> columns;
    for (std::size_t i = 0; i < relation_->columns.size(); ++i) {
      columns.push_back({unique_name(relation_->columns[i].name, taken), ir::column_of(*relation_, static_cast<int>(i))});
    }
    relation_ = ir::project(relation_, std::move(columns));
  }
  const int input_columns = static_cast<int>(relation_->columns.size());
  std::vector<ir::Window::NamedCall> calls;
  for (std::size_t i = 0; i < calls_.windows.size(); ++i) {
    const ir::WindowCall& call = calls_.windows[i];
    const ir::ExpressionPtr placeholder = ir::column(kWindowBase + static_cast<int>(i), call.type, call.nullable);
    calls.push_back({name_for(*placeholder, ir::spec(call.function).name, taken), call});
  }
  WindowLifting lifting(input_columns, calls_);
  lift(lifting);
  if (!distinct_on_.empty()) {
    ir::WindowCall first;
    first.function = Function::row_number;
    first.type = ir::Type::of(ir::TypeKind::int64);
    first.nullable = false;
    for (const Operand& operand : distinct_on_) first.partition_by.push_back(resolver_.settled(operand.expression));
    for (const Order& order : order_) first.order_by.push_back(order.key);
    check_total_order(first, distinct_on_.front().place);
    calls.push_back({unique_name(Identifier::exact("row_number"), taken), first});
  }
  const std::size_t numbered = relation_->columns.size() + calls.size() - 1;
  relation_ = ir::window(relation_, std::move(calls));
  if (!distinct_on_.empty()) {
    const ir::ExpressionPtr number = ir::column_of(*relation_, static_cast<int>(numbered));
    relation_ = ir::filter(relation_, ir::call(Function::equal, {number, ir::literal(std::int64_t{1}, number->type)}));
  }
  return true;
}

}  // namespace penstock::sql
