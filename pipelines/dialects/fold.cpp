#include "pipelines/dialects/fold.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "pipelines/dialects/usage.h"
#include "pipelines/ir/rewrite.h"

namespace penstock::dialects {
namespace {

using JoinKind = ir::Join::Kind;

// WHERE is evaluated before everything else but FROM: what was folded in later keeps an operator out.
bool takes_rows(const Select& select) { return !select.grouped && !select.windowed && !select.distinct && !select.is_limited(); }

// The order of rows means nothing to the operator above; only a Limit or the caller looks at it.
void forget_order(Select& select) {
  if (!select.is_limited()) select.order.clear();
}

std::string_view what_is(const Select& select) {
  if (select.is_limited()) return "limited";
  if (select.distinct) return "distinct";
  if (select.windowed) return "windowed";
  if (select.grouped) return "grouped";
  if (select.from.size() > 1) return "joined";
  return select.where.empty() ? "computed" : "filtered";
}

bool keeps_left(JoinKind kind) { return kind == JoinKind::inner || kind == JoinKind::cross || kind == JoinKind::left; }

bool is_symmetric(JoinKind kind) { return kind == JoinKind::inner || kind == JoinKind::cross; }

bool fits_as_left(const Select& select, JoinKind kind) {
  if (!takes_rows(select) || select.from.empty()) return false;
  return keeps_left(kind) || (select.where.empty() && all_plain(*select.env));
}

bool fits_as_right(const Select& select, JoinKind kind) {
  if (!takes_rows(select) || select.from.size() != 1) return false;
  return is_symmetric(kind) || (select.where.empty() && all_plain(*select.env));
}

// Which sides of a join an expression reads.
class Sides final : public ir::Walker {
 public:
  explicit Sides(int left_columns) : left_columns_(left_columns) {}

  bool left = false;
  bool right = false;

 protected:
  void enter_expression(const ir::Expression& expression) override {
    const auto* column = std::get_if<ir::ColumnRef>(&expression.node);
    if (column != nullptr && column->depth == 0) (column->column < left_columns_ ? left : right) = true;
    if (std::holds_alternative<ir::Subquery>(expression.node)) left = right = true;
  }

 private:
  int left_columns_;
};

bool equates_sides(const ir::Expression& condition, int left_columns) {
  const auto* call = std::get_if<ir::Call>(&condition.node);
  if (call == nullptr) return false;
  if (call->function == ir::Function::logical_and) {
    return std::any_of(call->arguments.begin(), call->arguments.end(),
                       [&](const ir::ExpressionPtr& part) { return equates_sides(*part, left_columns); });
  }
  if (call->function != ir::Function::equal) return false;
  Sides first(left_columns);
  Sides second(left_columns);
  first.walk(*call->arguments[0]);
  second.walk(*call->arguments[1]);
  return first.left != first.right && second.left != second.right && first.left != second.left;
}

Slot column_slot(const Source& source, int column, const ir::Type& type) {
  Slot slot;
  slot.source = &source;
  slot.column = column;
  slot.weight = 1;
  slot.is_text = type.is_text();
  return slot;
}

}  // namespace

Folder::Folder(const FoldRules& rules, QueryArena& arena, PrintCommon print_common)
    : rules_(rules), arena_(arena), print_common_(std::move(print_common)) {}

std::vector<std::string> Folder::unique_names(const ir::Columns& columns) {
  std::vector<std::string> names;
  names.reserve(columns.size());
  for (const auto& column : columns) names.push_back(column.name.text());
  std::unordered_set<std::string_view> seen;
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (int suffix = 2; names[i].empty() || seen.contains(names[i]); ++suffix) {
      names[i] = columns[i].name.text() + "_" + std::to_string(suffix);
    }
    seen.insert(names[i]);
  }
  return names;
}

Env* Folder::make_env(std::vector<Slot> slots, const Env* outer) {
  Env& env = arena_.envs.emplace_back();
  env.slots = std::move(slots);
  env.outer = outer;
  return &env;
}

Slot Folder::slot_of(const ir::ExpressionPtr& expression, const Env* env) const {
  if (const auto* column = std::get_if<ir::ColumnRef>(&expression->node); column && column->depth == 0) {
    Slot slot = env->slots[static_cast<std::size_t>(column->column)];
    slot.place = expression->place;
    return slot;
  }
  Slot slot;
  slot.kind = Slot::Kind::expression;
  slot.weight = weight_of(*expression, *env);
  slot.expression = expression.get();
  slot.env = env;
  slot.place = expression->place;
  return slot;
}

Select* Folder::select_from_source(Source source, const ir::Columns& columns, const Env* outer, bool declared) {
  Source& kept = arena_.sources.emplace_back(std::move(source));
  std::vector<Slot> slots;
  slots.reserve(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    slots.push_back(column_slot(kept, static_cast<int>(i), columns[i].type));
    slots.back().declared = declared;
    slots.back().trimmed = columns[i].trimmed;
  }
  Select& select = arena_.selects.emplace_back();
  select.from.push_back(&kept);
  select.env = make_env(std::move(slots), outer);
  select.columns = &columns;
  return &select;
}

Select* Folder::select_from(const Body& body, const ir::Columns& columns, std::string hint, std::string_view what, const Env* outer,
                            bool common) {
  Source source;
  source.columns = unique_names(columns);
  source.hint = std::move(hint);
  if (common) {
    source.kind = Source::Kind::cte;
    source.name = print_common_(body, what.empty() ? source.hint : source.hint + "_" + std::string(what), source.columns);
  } else {
    source.kind = Source::Kind::derived;
    source.body = body;
  }
  return select_from_source(std::move(source), columns, outer, false);
}

Select* Folder::close(Select* select, const Env* outer) {
  forget_order(*select);
  std::string hint = select->from.empty() ? "row" : select->from.front()->hint;
  // What a subquery closes may refer to the rows around it, so it stays in place.
  const bool common = rules_.common_tables && outer == nullptr;
  return select_from(Body{select, nullptr, nullptr}, *select->columns, std::move(hint), what_is(*select), outer, common);
}

void Folder::add_input(SetQuery& set, const ir::Relation& input, const Env* outer) {
  Body body = fold_body(input, outer);
  if (body.select != nullptr) {
    forget_order(*body.select);
    if (body.select->is_limited() && !rules_.ordered_set_inputs) body.select = close(body.select, outer);
  }
  set.inputs.push_back(body);
}

Body Folder::fold_body(const ir::Relation& relation, const Env* outer) {
  if (const auto* native = std::get_if<ir::Native>(&relation.node)) return Body{nullptr, nullptr, native};
  const auto* operation = std::get_if<ir::SetOperation>(&relation.node);
  const bool needs_groups = operation != nullptr && rules_.text_ignores_blanks && operation->kind == ir::SetOperation::Kind::union_distinct;
  if (operation == nullptr || operation->inputs.size() < 2 || needs_groups) {
    return Body{fold_select(relation, outer), nullptr, nullptr};
  }
  SetQuery& set = arena_.sets.emplace_back();
  set.kind = operation->kind;
  set.columns = &relation.columns;
  set.place = operation->place;
  for (const auto& input : operation->inputs) add_input(set, *input, outer);
  return Body{nullptr, &set, nullptr};
}

Select* Folder::fold_select(const ir::Relation& relation, const Env* outer) {
  Select* select = std::visit([&](const auto& node) { return fold_node(node, relation, outer); }, relation.node);
  select->columns = &relation.columns;
  return select;
}

Select* Folder::fold_node(const ir::Scan& node, const ir::Relation& relation, const Env* outer) {
  Source source;
  source.table = &node.table;
  source.hint = node.alias.empty() ? node.table.name.text() : node.alias.text();
  for (const auto& column : node.columns) source.columns.push_back(column.name.text());
  return select_from_source(std::move(source), relation.columns, outer, true);
}

Select* Folder::fold_node(const ir::Values& node, const ir::Relation& relation, const Env* outer) {
  if (node.columns.empty() && node.rows.size() == 1) {
    Select& select = arena_.selects.emplace_back();
    select.env = make_env({}, outer);
    return &select;
  }
  Source source;
  source.kind = Source::Kind::values;
  source.values = &node;
  source.hint = "v";
  source.columns = unique_names(relation.columns);
  return select_from_source(std::move(source), relation.columns, outer, false);
}

Select* Folder::fold_node(const ir::Native& node, const ir::Relation& relation, const Env* outer) {
  Source source;
  source.kind = Source::Kind::native;
  source.native = &node;
  source.hint = "native";
  source.columns = unique_names(relation.columns);
  return select_from_source(std::move(source), relation.columns, outer, false);
}

Select* Folder::fold_node(const ir::Project& node, const ir::Relation& relation, const Env* outer) {
  Select* select = fold_select(*node.input, outer);
  Usage usage(*select->env);
  for (const auto& column : node.columns) usage.add(column.expression);
  const bool computed_outside = usage.subquery && !all_plain(*select->env);
  // Only an aggregate makes one row of all: without it, `select 1 from t` gives as many as t has.
  const bool forgets_group =
      select->grouped && select->keys.empty() && select->having.empty() && !uses_kind(usage, *select->env, Slot::Kind::aggregate);
  if (select->distinct || computed_outside || forgets_group || !may_write_out(usage, *select->env, false)) select = close(select, outer);
  std::vector<Slot> slots;
  slots.reserve(node.columns.size());
  for (const auto& column : node.columns) slots.push_back(slot_of(column.expression, select->env));
  if (apart_ != nullptr && apart_->contains(&relation)) return apart(select, std::move(slots), relation, outer);
  select->env = make_env(std::move(slots), outer);
  return select;
}

// Where a block would be merged with its reader and its columns copied, the computed ones come from a derived table behind the rows, which
// conditions on the other columns pass by.
Select* Folder::apart(Select* select, std::vector<Slot> slots, const ir::Relation& relation, const Env* outer) {
  if (!rules_.copies_inlined || !takes_rows(*select) || select->from.empty()) {
    select->env = make_env(std::move(slots), outer);
    select->columns = &relation.columns;
    return close(select, outer);
  }
  Source& source = arena_.sources.emplace_back();
  source.kind = Source::Kind::derived;
  source.lateral = true;
  source.hint = "shared";
  std::vector<Slot> computed;
  ir::Columns& columns = arena_.columns.emplace_back();
  for (const int place : apart_->at(&relation)) {
    const ir::Column& column = relation.columns[static_cast<std::size_t>(place)];
    Slot& slot = slots[static_cast<std::size_t>(place)];
    computed.push_back(std::exchange(slot, column_slot(source, static_cast<int>(columns.size()), column.type)));
    slot.trimmed = column.trimmed;
    source.columns.push_back(column.name.text());
    columns.push_back(column);
  }
  Select& block = arena_.selects.emplace_back();
  block.apart = true;
  block.env = make_env(std::move(computed), outer);
  block.columns = &columns;
  source.body = Body{&block, nullptr, nullptr};
  select->from.push_back(&source);
  select->env = make_env(std::move(slots), outer);
  return select;
}

Select* Folder::fold_node(const ir::Filter& node, const ir::Relation& /*relation*/, const Env* outer) {
  Select* select = fold_select(*node.input, outer);
  Usage usage(*select->env);
  usage.add(node.predicate);
  const bool computed_outside = usage.subquery && !all_plain(*select->env);
  if (select->windowed || select->is_limited() || computed_outside || !may_write_out(usage, *select->env, true)) {
    select = close(select, outer);
  }
  const Bound predicate{node.predicate.get(), select->env};
  if (select->grouped) {
    select->having.push_back(predicate);
  } else {
    select->where.push_back({predicate, nullptr, false});
  }
  return select;
}

Select* Folder::semi_join(const ir::Join& node, Select* left, Select* right, const Env* outer) {
  if (left->grouped || left->windowed || left->is_limited() || left->from.empty()) left = close(left, outer);
  forget_order(*right);
  right->distinct = false;
  if (!takes_rows(*right) || right->from.empty()) right = close(right, outer);
  std::vector<Slot> both = left->env->slots;
  both.insert(both.end(), right->env->slots.begin(), right->env->slots.end());
  Condition condition;
  condition.semi = right;
  condition.anti = node.kind == JoinKind::anti;
  if (node.condition) condition.predicate = {node.condition.get(), make_env(std::move(both), outer)};
  left->where.push_back(condition);
  return left;
}

Select* Folder::fold_node(const ir::Join& node, const ir::Relation& /*relation*/, const Env* outer) {
  Select* left = fold_select(*node.left, outer);
  Select* right = fold_select(*node.right, outer);
  if (node.kind == JoinKind::semi || node.kind == JoinKind::anti) return semi_join(node, left, right, outer);
  forget_order(*left);
  forget_order(*right);
  if (!fits_as_left(*left, node.kind)) left = close(left, outer);
  if (!fits_as_right(*right, node.kind)) right = close(right, outer);
  std::vector<Slot> both = left->env->slots;
  both.insert(both.end(), right->env->slots.begin(), right->env->slots.end());
  const Env* env = make_env(std::move(both), outer);
  Source* added = right->from.front();
  added->join = node.condition == nullptr ? JoinKind::cross : node.kind;
  if (node.kind == JoinKind::cross) added->join = JoinKind::cross;
  if (added->join != JoinKind::cross) added->on = {node.condition.get(), env};
  added->by_equality = node.condition != nullptr && equates_sides(*node.condition, static_cast<int>(node.left->columns.size()));
  left->from.push_back(added);
  left->where.insert(left->where.end(), right->where.begin(), right->where.end());
  left->env = env;
  return left;
}

// Some targets group by columns only, and nowhere does a constant key mean what it says (1 would be the first column), so such keys
// become columns of a closed block.
Select* Folder::group_by_columns(const ir::Aggregate& node, Select* input, const Env* outer, std::vector<Slot>& keys) {
  std::vector<Slot> slots = input->env->slots;
  ir::Columns& columns = arena_.columns.emplace_back(*input->columns);
  std::vector<std::size_t> places;
  for (const auto& key : node.keys) {
    const auto* column = std::get_if<ir::ColumnRef>(&key.expression->node);
    const bool plain =
        column != nullptr && column->depth == 0 && input->env->slots[static_cast<std::size_t>(column->column)].kind == Slot::Kind::column;
    places.push_back(plain ? static_cast<std::size_t>(column->column) : slots.size());
    if (plain) continue;
    slots.push_back(slot_of(key.expression, input->env));
    columns.push_back({key.name, key.expression->type, key.expression->nullable});
  }
  input->env = make_env(std::move(slots), outer);
  input->columns = &columns;
  Select* closed = close(input, outer);
  keys.clear();
  for (const std::size_t place : places) keys.push_back(closed->env->slots[place]);
  return closed;
}

Select* Folder::fold_node(const ir::Aggregate& node, const ir::Relation& /*relation*/, const Env* outer) {
  Select* select = fold_select(*node.input, outer);
  forget_order(*select);
  Usage usage(*select->env);
  for (const auto& key : node.keys) {
    usage.add(key.expression);
    usage.add(key.expression);
  }
  for (const auto& call : node.calls) usage.add(call.call);
  const bool computed_outside = usage.subquery && !all_plain(*select->env);
  if (!takes_rows(*select) || computed_outside || !may_write_out(usage, *select->env, false)) select = close(select, outer);
  std::vector<Slot> slots;
  bool by_columns = false;
  for (const auto& key : node.keys) {
    slots.push_back(slot_of(key.expression, select->env));
    const Slot& slot = slots.back();
    const bool plain = slot.kind == Slot::Kind::column;
    by_columns = by_columns || is_constant(slot) || slot.weight >= kHeaviest || (!plain && !rules_.group_by_computed);
  }
  if (by_columns) select = group_by_columns(node, select, outer, slots);
  select->keys = slots;
  select->grouped = true;
  for (const auto& call : node.calls) {
    Slot slot;
    slot.kind = Slot::Kind::aggregate;
    slot.weight = 3;
    slot.aggregate = &call.call;
    slot.env = select->env;
    slots.push_back(slot);
  }
  select->env = make_env(std::move(slots), outer);
  return select;
}

Select* Folder::fold_node(const ir::Window& node, const ir::Relation& /*relation*/, const Env* outer) {
  Select* select = fold_select(*node.input, outer);
  forget_order(*select);
  Usage usage(*select->env);
  for (const auto& call : node.calls) usage.add(call.call);
  const bool nested = select->windowed && uses_kind(usage, *select->env, Slot::Kind::window);
  const bool computed_outside = usage.subquery && !all_plain(*select->env);
  if (nested || computed_outside || select->distinct || select->is_limited() || !may_write_out(usage, *select->env, true)) {
    select = close(select, outer);
  }
  std::vector<Slot> slots = select->env->slots;
  for (const auto& call : node.calls) {
    Slot slot;
    slot.kind = Slot::Kind::window;
    slot.weight = 8;
    slot.window = &call.call;
    slot.env = select->env;
    slots.push_back(slot);
  }
  select->windowed = true;
  select->env = make_env(std::move(slots), outer);
  return select;
}

Select* Folder::fold_node(const ir::SetOperation& node, const ir::Relation& relation, const Env* outer) {
  if (node.inputs.size() == 1) return fold_select(*node.inputs.front(), outer);
  if (rules_.text_ignores_blanks && node.kind == ir::SetOperation::Kind::union_distinct) {
    SetQuery& set = arena_.sets.emplace_back();
    set.columns = &relation.columns;
    for (const auto& input : node.inputs) add_input(set, *input, outer);
    const Body body{nullptr, &set, nullptr};
    return distinct_by_groups(select_from(body, relation.columns, "combined", "", outer, rules_.common_tables && outer == nullptr), outer);
  }
  return select_from(fold_body(relation, outer), relation.columns, "combined", "", outer, rules_.common_tables && outer == nullptr);
}

// Grouping by every column is the same, and the writer can make a group's equality exact.
Select* Folder::distinct_by_groups(Select* select, const Env* outer) {
  const bool constant = std::any_of(select->env->slots.begin(), select->env->slots.end(), [](const Slot& slot) {
    return slot.kind == Slot::Kind::expression && (slot.weight >= kHeaviest || is_constant(slot));
  });
  if (select->grouped || select->windowed || constant) select = close(select, outer);
  select->grouped = true;
  select->keys = select->env->slots;
  return select;
}

Select* Folder::fold_node(const ir::Distinct& node, const ir::Relation& /*relation*/, const Env* outer) {
  Select* select = fold_select(*node.input, outer);
  forget_order(*select);
  if (select->is_limited()) select = close(select, outer);
  if (rules_.text_ignores_blanks) return distinct_by_groups(select, outer);
  select->distinct = true;
  return select;
}

Select* Folder::fold_node(const ir::Sort& node, const ir::Relation& /*relation*/, const Env* outer) {
  Select* select = fold_select(*node.input, outer);
  Usage usage(*select->env);
  for (const auto& key : node.keys) usage.add(key.expression);
  const bool computed_outside = usage.subquery && !all_plain(*select->env);
  const bool windowed = !rules_.windows_in_order && uses_kind(usage, *select->env, Slot::Kind::window);
  if (select->is_limited() || select->distinct || computed_outside || windowed || !may_write_out(usage, *select->env, true)) {
    select = close(select, outer);
  }
  select->order.clear();
  for (const auto& key : node.keys) {
    if (!is_constant(*key.expression, *select->env)) select->order.push_back({&key, select->env});
  }
  return select;
}

Select* Folder::fold_node(const ir::Limit& node, const ir::Relation& /*relation*/, const Env* outer) {
  Select* select = fold_select(*node.input, outer);
  if (select->is_limited()) select = close(select, outer);
  select->limit = node.count;
  select->offset = node.offset;
  select->limit_place = node.place;
  return select;
}

Select* Folder::fold_node(const ir::Common& node, const ir::Relation& relation, const Env* outer) {
  if (!rules_.common_tables) return select_from(fold_body(*node.input, nullptr), relation.columns, node.name.text(), "", outer, false);
  auto found = commons_.find(&relation);
  if (found == commons_.end()) {
    std::vector<std::string> names = unique_names(relation.columns);
    std::string name = print_common_(fold_body(*node.input, nullptr), node.name.text(), names);
    found = commons_.emplace(&relation, std::pair(std::move(name), std::move(names))).first;
  }
  Source source;
  source.kind = Source::Kind::cte;
  source.name = found->second.first;
  source.columns = found->second.second;
  source.hint = node.name.text();
  return select_from_source(std::move(source), relation.columns, outer, false);
}

}  // namespace penstock::dialects
